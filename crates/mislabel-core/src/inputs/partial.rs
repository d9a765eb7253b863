//! Labels that some samples lack.

use std::collections::BTreeMap;

use crate::checks::same_length;
use crate::error::{Error, Result};
use crate::inputs::labels::Labels;

/// The labels of n samples, m ≥ 1 of which have one.
///
/// Samples without a label take no part in fitting; methods may still score them.
///
/// ```
/// use mislabel_core::{Labels, PartialLabels};
///
/// let labels = Labels::new(vec![0, 1], 2)?;
/// let partial = PartialLabels::new(labels, 3, &[1])?;
/// assert_eq!((partial.class(0), partial.class(1), partial.class(2)), (Some(0), None, Some(1)));
/// assert_eq!(partial.rows(), [0, 2]);
/// assert_eq!(partial.unlabelled(), [1]);
/// assert_eq!((partial.place(1), partial.place(2)), (None, Some(1)));
/// assert_eq!(partial.with_told(&[(1, 1)].into())?.labelled().values(), [0, 1, 1]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialLabels {
    labelled: Labels,
    /// `(m,)`, ascending.
    rows: Vec<u32>,
    /// `(n - m,)`, ascending.
    unlabelled: Vec<usize>,
}

impl PartialLabels {
    /// The labels `labelled`, `(m,)`, of all `samples` but those `unlabelled`, which are ascending.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless m and the unlabelled samples are n together, [`Error::SampleOutOfRange`] at an
    /// unlabelled sample of n or more, or one that is not after the one before it.
    pub fn new(labelled: Labels, samples: usize, unlabelled: &[usize]) -> Result<Self> {
        same_length("labels", samples.saturating_sub(unlabelled.len()), labelled.len())?;
        let ascending = |row: usize| row == 0 || unlabelled[row - 1] < unlabelled[row];
        let bad = (0..unlabelled.len()).find(|row| unlabelled[*row] >= samples || !ascending(*row));
        if let Some(row) = bad {
            return Err(Error::SampleOutOfRange { row, sample: unlabelled[row], samples });
        }
        let mut missing = unlabelled.iter().copied().peekable();
        let rows = (0..samples).filter(|row| missing.next_if_eq(row).is_none()).map(|row| row as u32).collect();
        Ok(Self { labelled, rows, unlabelled: unlabelled.to_vec() })
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "one sample has a label")]
    pub fn len(&self) -> usize {
        self.rows.len() + self.unlabelled.len()
    }

    /// The labels of the samples that have one, `(m,)`, in their order.
    pub fn labelled(&self) -> &Labels {
        &self.labelled
    }

    /// The samples with a label, `(m,)`, ascending.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The samples without one, `(n - m,)`, ascending.
    pub fn unlabelled(&self) -> &[usize] {
        &self.unlabelled
    }

    /// Where sample `row` stands among those with a label; `None` where it has none, or does not exist. O(log(n − m)).
    pub fn place(&self, row: usize) -> Option<usize> {
        let before = self.unlabelled.partition_point(|missing| *missing < row);
        (row < self.len() && self.unlabelled.get(before) != Some(&row)).then(|| row - before)
    }

    /// The class of sample `row`, if it has a label. O(log(n − m)).
    pub fn class(&self, row: usize) -> Option<u32> {
        self.place(row).map(|place| self.labelled.values()[place])
    }

    /// The same with a class for each of the samples `told`, whether they had one or not. O(n).
    ///
    /// # Errors
    /// [`Error::SampleOutOfRange`] at a sample of n or more, [`Error::LabelOutOfRange`] at a class of k or more.
    pub fn with_told(&self, told: &BTreeMap<usize, u32>) -> Result<Self> {
        let samples = self.len();
        if let Some((row, (&sample, _))) = told.iter().enumerate().find(|(_, (sample, _))| **sample >= samples) {
            return Err(Error::SampleOutOfRange { row, sample, samples });
        }
        let class = |row: usize| told.get(&row).copied().or_else(|| self.class(row));
        let values = (0..samples).filter_map(class).collect();
        let unlabelled: Vec<usize> = self.unlabelled.iter().copied().filter(|row| !told.contains_key(row)).collect();
        Self::new(self.labelled.with_values(values)?, samples, &unlabelled)
    }
}

impl From<Labels> for PartialLabels {
    /// Every sample has a label.
    fn from(labelled: Labels) -> Self {
        let rows = (0..labelled.len()).map(|row| row as u32).collect();
        Self { labelled, rows, unlabelled: Vec::new() }
    }
}
