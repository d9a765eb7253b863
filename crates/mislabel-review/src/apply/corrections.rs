//! Which labels change, and which samples go.

use std::collections::BTreeMap;

use mislabel_core::PartialLabels;

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

/// A label that changes, or that a sample gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Correction {
    /// The class that the review saw; `None` where the sample had no label.
    pub from: Option<u32>,
    /// The class that is right.
    pub to: u32,
}

impl Corrections {
    /// What follows from the decisions on `board`, settled by `settlement`.
    ///
    /// # Errors
    /// [`Error::Unknown`] at a decision on a sample that `given` lacks.
    pub fn of(board: &Board, given: &PartialLabels, settlement: Settlement) -> Result<Self> {
        let mut corrections = Self::default();
        for (row, decision) in settlement.decisions(board) {
            let (value, count) = (row.into(), given.len());
            if row as usize >= count {
                return Err(Error::Unknown { what: "sample", value, count });
            }
            let from = given.class(row as usize);
            match decision {
                Decision::Relabel(to) if Some(to) != from => {
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

    /// The samples without a label that get one.
    pub fn labeled(&self) -> usize {
        self.labels.values().filter(|correction| correction.from.is_none()).count()
    }

    /// `given` with the labels that change; samples that were excluded keep theirs.
    ///
    /// # Errors
    /// [`Error::Core`] at a sample or a class that `given` lacks.
    pub fn apply(&self, given: &PartialLabels) -> Result<PartialLabels> {
        Ok(given.with_told(&self.labels.iter().map(|(&row, correction)| (row, correction.to)).collect())?)
    }
}
