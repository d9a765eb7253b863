//! The classes: their sizes, label quality and difficulty.

use mislabel_core::{LabelIssues, Labels};
use mislabel_methods::Report;
use serde::Serialize;

use crate::findings::distribution::Histogram;

/// Bins of the histogram of a class.
const BINS: usize = 20;

/// A class, by the labels given.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ClassRow {
    /// The class.
    pub class: u32,
    /// Its name.
    pub name: String,
    /// Samples with this label.
    pub samples: usize,
    /// Those among them that are flagged.
    pub flagged: usize,
    /// Flagged samples of other labels for which this class is suggested.
    pub suggested: usize,
    /// The mean label quality, in [0, 1]; `None` without samples.
    pub mean_quality: Option<f64>,
    /// The difficulty, mean χ of the class, where the method tells it.
    pub difficulty: Option<f64>,
    /// The class that is suggested most for its flagged samples.
    pub taken_for: Option<u32>,
    /// The label quality of its samples.
    pub quality: Histogram,
}

impl ClassRow {
    /// The share of the samples that is flagged; 0 without samples.
    pub fn flagged_share(&self) -> f64 {
        self.flagged as f64 / self.samples.max(1) as f64
    }
}

/// Every class, `(k,)`, in their order.
pub(crate) fn class_rows(report: &Report, given: &Labels) -> Vec<ClassRow> {
    let issues = &report.issues;
    let members = given.members();
    let suggested = suggested_counts(issues, given);
    let row = |class: usize| {
        let rows = members.rows(class);
        let qualities = || rows.iter().map(|row| issues.quality().as_slice()[*row as usize]);
        let flags = || rows.iter().map(|row| issues.is_issue()[*row as usize]);
        ClassRow {
            class: class as u32,
            name: given.class_name(class).into_owned(),
            samples: rows.len(),
            flagged: flags().filter(|flag| *flag).count(),
            suggested: suggested[class],
            mean_quality: (!rows.is_empty()).then(|| qualities().sum::<f64>() / rows.len() as f64),
            difficulty: report.class_difficulty.get(class).copied().flatten(),
            taken_for: most_suggested(issues, class as u32, rows),
            quality: Histogram::new(BINS, [0.0, 1.0], qualities().zip(flags())),
        }
    };
    (0..given.class_count()).map(row).collect()
}

/// Of how many flagged samples with another label each class is suggested, `(k,)`.
fn suggested_counts(issues: &LabelIssues, given: &Labels) -> Vec<usize> {
    let mut counts = vec![0; given.class_count()];
    let pairs = issues.suggested().values().iter().zip(given.values()).zip(issues.is_issue());
    for ((suggested, _), _) in pairs.filter(|((suggested, given), flag)| **flag && suggested != given) {
        counts[*suggested as usize] += 1;
    }
    counts
}

/// The other class that is suggested most for the flagged ones among `rows`; the first of those that tie.
fn most_suggested(issues: &LabelIssues, own: u32, rows: &[u32]) -> Option<u32> {
    let flagged = rows.iter().filter(|row| issues.is_issue()[**row as usize]);
    let mut suggested: Vec<u32> = flagged.map(|row| issues.suggested().values()[*row as usize]).collect();
    suggested.retain(|class| *class != own);
    suggested.sort_unstable();
    let runs = suggested.chunk_by(|a, b| a == b);
    runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map(|run| run[0])
}

/// The classes with flagged labels or suggestions, those with most first, at most `count`; then in their order.
pub(crate) fn most_affected(classes: &[ClassRow], count: usize) -> Vec<u32> {
    let mut order: Vec<&ClassRow> = classes.iter().filter(|row| row.flagged + row.suggested > 0).collect();
    order.sort_by_key(|row| std::cmp::Reverse(row.flagged + row.suggested));
    order.truncate(count);
    let mut chosen: Vec<u32> = order.iter().map(|row| row.class).collect();
    chosen.sort_unstable();
    chosen
}
