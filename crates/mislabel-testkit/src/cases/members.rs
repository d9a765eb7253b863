//! How far cases may shrink before they are no longer what their strategy promises.

use mislabel_core::Labels;

use crate::cases::case::Case;
use crate::strategies::shrinking::{Simpler, kept};

/// Whether there are at least two classes, each with at least `least` samples.
pub(crate) fn members_kept(labels: &Labels, least: usize) -> bool {
    labels.class_count() > 1 && labels.counts().iter().all(|count| *count >= least)
}

/// Digits that are tried, fewest first.
const DIGITS: std::ops::RangeInclusive<usize> = 1..=4;

impl<C: Case> Simpler for C {
    fn simpler(&self) -> Vec<Self> {
        let whole = (0..self.given().class_count()).rev().filter_map(|class| {
            let rows = rows_of_others(self, class)?;
            self.selected(&rows).without_class(class)
        });
        let fewer = kept(self.given().len()).into_iter().map(|rows| self.selected(&rows));
        let classes = (0..self.given().class_count()).rev().filter_map(|class| self.without_class(class));
        let shorter = DIGITS.filter_map(|digits| self.rounded(digits));
        whole.chain(fewer).chain(classes).chain(self.narrower()).chain(shorter).collect()
    }
}

/// The samples of the other classes, where both `class` and others have samples.
pub(crate) fn rows_of_others<C: Case>(case: &C, class: usize) -> Option<Vec<usize>> {
    let rows: Vec<usize> = (0..case.given().len()).filter(|row| case.given().class(*row) != class).collect();
    if rows.is_empty() || rows.len() == case.given().len() { None } else { Some(rows) }
}
