//! The most suspect samples, and why.

use mislabel_consensus::{Explainer, Explanation, MemberVote, NearSample, Reconstruction};
use mislabel_core::{Result, Run};
use mislabel_methods::{Dataset, Report};
use rayon::prelude::*;
use serde::Serialize;

use crate::pictures::exhibit::{Exhibit, Exhibits, Size};

/// A suspect sample.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Suspect {
    /// The place in the ranking: 1 for the most suspect, the least place where samples tie.
    pub rank: usize,
    /// The sample's number.
    pub sample: usize,
    /// The sample's name, where the dataset has names.
    pub id: Option<String>,
    /// The given label.
    pub given: u32,
    /// The suggested label.
    pub suggested: u32,
    /// Whether the label is flagged.
    pub flagged: bool,
    /// Label quality in [0, 1]: LOWER is more suspect.
    pub quality: f64,
    /// The method's own score.
    pub score: f64,
    /// What the sample shows.
    pub exhibit: Exhibit,
    /// Reconstruction errors, where the method has some.
    pub reconstruction: Option<Reconstruction>,
    /// The nearest samples with the given label, the nearest first; none without embeddings.
    pub same_class: Vec<NearSample>,
    /// The nearest samples with other labels, the nearest first; none without embeddings.
    pub other_classes: Vec<NearSample>,
    /// What the members of a consensus say.
    pub votes: Vec<MemberVote>,
}

/// The first `top` samples of the `ranking`, each with so many near samples.
pub(crate) fn suspects(
    report: &Report,
    data: &Dataset<'_>,
    exhibits: &Exhibits<'_>,
    ranking: &[usize],
    (top, nearest): (usize, usize),
    run: &Run<'_>,
) -> Result<Vec<Suspect>> {
    let chosen = &ranking[..top.min(ranking.len())];
    let explained: Vec<Option<Explanation>> = match data.embeddings() {
        Some(source) => {
            let explainer = Explainer { nearest, ..report.explainer() };
            explainer.explanations(source, data.given(), chosen, run)?.into_iter().map(Some).collect()
        }
        None => vec![None; chosen.len()],
    };
    let rows: Vec<u32> = chosen.iter().map(|row| *row as u32).collect();
    let shown = exhibits.of_all(&rows, Size::Large, run)?;
    let parts = chosen.par_iter().zip(explained).zip(shown).enumerate();
    Ok(parts.map(|(place, ((row, why), exhibit))| suspect(report, data, (place, *row), why, exhibit)).collect())
}

fn suspect(
    report: &Report,
    data: &Dataset<'_>,
    (place, row): (usize, usize),
    why: Option<Explanation>,
    exhibit: Exhibit,
) -> Suspect {
    let issues = &report.issues;
    let rank = why.as_ref().map_or(place + 1, |why| why.rank);
    let reconstruction = why.as_ref().and_then(|why| why.reconstruction);
    let (same_class, other_classes, votes) =
        why.map(|why| (why.same_class, why.other_classes, why.votes)).unwrap_or_default();
    Suspect {
        rank,
        sample: row,
        id: data.id(row).map(Into::into),
        given: data.given().values()[row],
        suggested: issues.suggested().values()[row],
        flagged: issues.is_issue()[row],
        quality: issues.quality().as_slice()[row],
        score: issues.score()[row],
        exhibit,
        reconstruction,
        same_class,
        other_classes,
        votes,
    }
}
