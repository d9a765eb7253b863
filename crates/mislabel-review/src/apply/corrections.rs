//! Which labels change, and which samples go.

use std::collections::BTreeMap;

use mislabel_core::Labels;

use crate::decisions::board::Board;
use crate::decisions::decision::Decision;
use crate::decisions::settlement::Settlement;
use crate::error::{Error, Result};

/// The labels that a review changes, and the samples that it leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Corrections {
    /// The labels that change, by sample.
    pub labels: BTreeMap<usize, Correction>,
    /// The samples that were excluded, ascending.
    pub excluded: Vec<usize>,
}

/// A label that changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Correction {
    /// The class that the review saw.
    pub from: u32,
    /// The class that is right.
    pub to: u32,
}

impl Corrections {
    /// What follows from the decisions on `board`, settled by `settlement`.
    ///
    /// # Errors
    /// [`Error::Unknown`] at a decision on a sample that `given` lacks.
    pub fn of(board: &Board, given: &Labels, settlement: Settlement) -> Result<Self> {
        let mut corrections = Self::default();
        for (row, decision) in settlement.decisions(board) {
            let from = given.values().get(row as usize).copied().ok_or(Error::Unknown {
                what: "sample",
                value: row.into(),
                count: given.len(),
            })?;
            match decision {
                Decision::Relabel(to) if to != from => {
                    corrections.labels.insert(row as usize, Correction { from, to });
                }
                Decision::Exclude => corrections.excluded.push(row as usize),
                _ => {}
            }
        }
        Ok(corrections)
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.excluded.is_empty()
    }

    /// `given` with the labels that change; samples that were excluded keep theirs.
    ///
    /// # Errors
    /// [`Error::Core`] at a sample or a class that `given` lacks.
    pub fn apply(&self, given: &Labels) -> Result<Labels> {
        let mut values = given.values().to_vec();
        for (&row, correction) in &self.labels {
            let count = values.len();
            let value = values.get_mut(row);
            *value.ok_or(Error::Unknown { what: "sample", value: row as u64, count })? = correction.to;
        }
        Ok(given.with_values(values)?)
    }
}
