//! Why samples are suspect, as text and as JSON.

use std::io::{Write, stdout};

use mislabel::consensus::{CombinedIssues, Explanation, NearSample};
use mislabel::io::LabelColumn;
use serde::Serialize;

use crate::failure::{Result, one_line};

/// A member of a consensus in `--json`.
#[derive(Serialize)]
pub(crate) struct MemberRow<'a> {
    pub(crate) name: &'a str,
    pub(crate) weight: f64,
    /// With the other members; 0 for one alone.
    pub(crate) mean_agreement: f64,
}

pub(crate) fn members(combined: &CombinedIssues) -> Vec<MemberRow<'_>> {
    let others = (combined.members.len() - 1).max(1) as f64;
    let agreement = |place: usize| (combined.agreement.row(place).sum() - combined.agreement[[place, place]]) / others;
    let row = |(place, name)| MemberRow { name, weight: combined.weights[place], mean_agreement: agreement(place) };
    combined.members.iter().map(String::as_str).enumerate().map(row).collect()
}

/// An explanation in `--json`; classes as the labels of the file.
#[derive(Serialize)]
pub(crate) struct ExplanationRow<'a> {
    index: usize,
    given_label: String,
    suggested_label: String,
    is_issue: bool,
    quality: f64,
    rank: usize,
    own_error: Option<f64>,
    best_other_label: Option<String>,
    best_other_error: Option<f64>,
    nearest_of_the_same_label: Vec<NearRow>,
    nearest_of_other_labels: Vec<NearRow>,
    members: Vec<VoteRow<'a>>,
}

#[derive(Serialize)]
struct NearRow {
    index: usize,
    label: String,
    cosine: f64,
}

#[derive(Serialize)]
struct VoteRow<'a> {
    name: &'a str,
    weight: f64,
    is_issue: bool,
    suggested_label: String,
    quality: f64,
}

impl<'a> ExplanationRow<'a> {
    pub(crate) fn new(why: &'a Explanation, given: &LabelColumn) -> Self {
        let name = |class: u32| given.labels.class_name(class as usize).into_owned();
        let near = |near: &NearSample| NearRow { index: near.sample, label: name(near.class), cosine: near.similarity };
        let vote = |vote: &'a mislabel::consensus::MemberVote| VoteRow {
            name: &vote.name,
            weight: vote.weight,
            is_issue: vote.is_issue,
            suggested_label: name(vote.suggested),
            quality: vote.quality,
        };
        Self {
            index: why.sample,
            given_label: name(why.given),
            suggested_label: name(why.suggested),
            is_issue: why.is_issue,
            quality: why.quality,
            rank: why.rank,
            own_error: why.reconstruction.map(|errors| errors.own_error),
            best_other_label: why.reconstruction.map(|errors| name(errors.other_class)),
            best_other_error: why.reconstruction.map(|errors| errors.other_error),
            nearest_of_the_same_label: why.same_class.iter().map(near).collect(),
            nearest_of_other_labels: why.other_classes.iter().map(near).collect(),
            members: why.votes.iter().map(vote).collect(),
        }
    }
}

/// Prints explanations as text; names in files may hold line breaks and terminal commands.
pub(crate) fn print_explanations(explanations: &[Explanation], given: &LabelColumn) -> Result<()> {
    let mut out = stdout().lock();
    for why in explanations {
        writeln!(out)?;
        for line in why.text(&given.labels).to_string().lines() {
            writeln!(out, "{}", one_line(line))?;
        }
    }
    Ok(out.flush()?)
}
