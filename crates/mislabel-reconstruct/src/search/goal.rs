//! What a search of the classes is for.

use crate::scoring::block_summary::BlockSummary;
use crate::scoring::own_error::OwnError;

/// What becomes of the errors that a search finds.
pub(crate) trait Goal {
    /// A class whose squared error certainly exceeds this changes nothing for the row.
    fn bar(&self, row: usize) -> f32;
    /// Takes the squared error of a row under a class other than its own into account.
    fn offer(&mut self, row: usize, class: u32, squared: f32);
}

impl Goal for BlockSummary {
    fn bar(&self, row: usize) -> f32 {
        self.second[row]
    }

    fn offer(&mut self, row: usize, class: u32, squared: f32) {
        // Classes come in any order; of equal errors the one of the earlier class is the least.
        if squared < self.least[row] || squared == self.least[row] && class < self.class[row] {
            self.second[row] = self.least[row];
            (self.least[row], self.class[row]) = (squared, class);
        } else if squared < self.second[row] {
            self.second[row] = squared;
        }
    }
}

/// Which rows of a block no other class reconstructs so well that χ exceeds the threshold.
pub(crate) struct Passed<'a> {
    pub(crate) own: &'a [OwnError],
    pub(crate) threshold: f64,
    pub(crate) bars: Vec<f32>,
    pub(crate) passed: Vec<bool>,
}

impl Goal for Passed<'_> {
    fn bar(&self, row: usize) -> f32 {
        self.bars[row]
    }

    fn offer(&mut self, row: usize, _: u32, squared: f32) {
        if self.own[row].exceeds(self.threshold, squared) {
            self.passed[row] = false;
            self.bars[row] = f32::NEG_INFINITY;
        }
    }
}
