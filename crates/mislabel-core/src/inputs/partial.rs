//! Labels that some samples lack.

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

    /// The class of sample `row`, if it has a label. O(log m).
    pub fn class(&self, row: usize) -> Option<u32> {
        let place = self.rows.binary_search(&u32::try_from(row).ok()?).ok()?;
        Some(self.labelled.values()[place])
    }
}
