//! How many labels of a slice are wrong, as far as anything tells.

use serde::Serialize;

use crate::decisions::board::Board;
use crate::decisions::share::Share;
use crate::samples::samples::Samples;

/// What flags, probabilities, and decisions say of the labels of a slice.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SliceNoise {
    /// How many labels the method flags; `None` of a slice without any label.
    pub flagged: Option<Share>,
    /// How many labels are expected to be wrong: Σ of 1 − quality. `None` where quality is no probability.
    pub expected: Option<f64>,
    /// Of the labels that were decided right or wrong, how many are wrong. It speaks of those that were looked at.
    pub decided: Option<Share>,
}

impl SliceNoise {
    /// Of the samples `rows` that have a label. O(rows).
    pub fn of(rows: &[u32], samples: &Samples, board: &Board) -> Self {
        let flagged = rows.iter().filter(|row| samples.flagged(**row as usize)).count();
        let doubts: Vec<f64> =
            rows.iter().filter_map(|&row| samples.quality(row as usize)).map(|quality| 1.0 - quality).collect();
        let told = rows.iter().filter_map(|&row| {
            let given = samples.given(row as usize).map(|class| class as u32);
            board.verdict(row)?.decision.says_wrong(given)
        });
        let told: Vec<bool> = told.collect();
        Self {
            flagged: Share::new(flagged, doubts.len()),
            expected: (samples.quality_is_probability() && !doubts.is_empty()).then(|| doubts.iter().sum()),
            decided: Share::new(told.iter().filter(|wrong| **wrong).count(), told.len()),
        }
    }
}
