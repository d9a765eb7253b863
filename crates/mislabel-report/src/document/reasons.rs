//! Why a label is suspect, in sentences.

use crate::findings::suspects::Suspect;
use crate::page::ReportPage;
use crate::words::{cut, visible};

/// Characters of a class name within a sentence.
const NAME: usize = 30;

/// The reasons, the plainest first.
pub(crate) fn reasons(page: &ReportPage, suspect: &Suspect) -> Vec<String> {
    [neighbors(page, suspect), reconstruction(page, suspect), votes(suspect)].into_iter().flatten().collect()
}

fn neighbors(page: &ReportPage, suspect: &Suspect) -> Option<String> {
    let other = suspect.other_classes.first()?;
    let theirs = name(page, other.class);
    let Some(own) = suspect.same_class.first() else {
        return Some(format!("It is the only sample of its label. The nearest sample is a {theirs}."));
    };
    let own_name = name(page, suspect.given);
    Some(match own.similarity.total_cmp(&other.similarity) {
        std::cmp::Ordering::Less => format!(
            "The nearest sample is labeled {theirs} (cosine {:.2}). The nearest {own_name} is farther away ({:.2}).",
            other.similarity, own.similarity
        ),
        _ => format!(
            "The nearest sample has the same label (cosine {:.2}). The nearest {theirs} is at {:.2}.",
            own.similarity, other.similarity
        ),
    })
}

fn reconstruction(page: &ReportPage, suspect: &Suspect) -> Option<String> {
    let errors = suspect.reconstruction?;
    let ratio = errors.ratio();
    let (own, other) = (name(page, suspect.given), name(page, errors.other_class));
    Some(match ratio {
        _ if ratio >= 1000.0 => format!("The class {other} explains it, and {own} does not."),
        _ if ratio > 1.0 => format!("The class {other} explains it {ratio:.1} times as well as {own} does."),
        _ => format!("The class {own} explains it {:.1} times as well as {other} does.", 1.0 / ratio.max(1e-3)),
    })
}

fn votes(suspect: &Suspect) -> Option<String> {
    let all = suspect.votes.len();
    let against = suspect.votes.iter().filter(|vote| vote.is_issue).count();
    (all > 0).then(|| format!("{against} of {all} methods flag it."))
}

fn name(page: &ReportPage, class: u32) -> String {
    format!("“{}”", cut(&visible(page.class_name(class)), NAME))
}
