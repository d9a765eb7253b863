//! How many labels of a slice are wrong, as far as anything tells.

use serde::Serialize;

use crate::decisions::board::Board;
use crate::decisions::share::Share;
use crate::samples::samples::Samples;

/// What flags, probabilities, and decisions say of the labels of a slice.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SliceNoise {
    /// How many labels the method flags; `None` of an empty slice.
    pub flagged: Option<Share>,
    /// How many labels are expected to be wrong: Σ of 1 − quality. `None` where quality is no probability.
    pub expected: Option<f64>,
    /// Of the labels that were decided right or wrong, how many are wrong. It speaks of those that were looked at.
    pub decided: Option<Share>,
}

impl SliceNoise {
    /// Of the samples `rows`. O(rows).
    pub fn of(rows: &[u32], samples: &Samples, board: &Board) -> Self {
        let flagged = rows.iter().filter(|row| samples.flagged(**row as usize)).count();
        let doubts = || rows.iter().map(|&row| 1.0 - samples.quality(row as usize)).sum();
        let told = rows.iter().filter_map(|&row| {
            let given = samples.given(row as usize) as u32;
            board.verdict(row)?.decision.says_wrong(given)
        });
        let told: Vec<bool> = told.collect();
        Self {
            flagged: Share::new(flagged, rows.len()),
            expected: (samples.quality_is_probability() && !rows.is_empty()).then(doubts),
            decided: Share::new(told.iter().filter(|wrong| **wrong).count(), told.len()),
        }
    }
}
