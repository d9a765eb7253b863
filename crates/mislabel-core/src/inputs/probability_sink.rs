//! Where predicted probabilities go that are too many for memory.

use std::sync::Mutex;

use ndarray::{Array2, ArrayView2};

use crate::checks::{rows_in_range, same_length};
use crate::error::Result;
use crate::forwarding::forward;
use crate::inputs::probabilities::ProbabilityMatrix;

/// Takes predicted probabilities in blocks of rows, in any order: an array in memory, a file.
///
/// ```
/// use mislabel_core::{ProbabilityArray, ProbabilitySink};
/// use ndarray::array;
///
/// let sink = ProbabilityArray::new(2, 2);
/// sink.put(&[1], array![[0.25, 0.75]].view())?;
/// sink.put(&[0], array![[1.0, 0.0]].view())?;
/// assert_eq!(sink.into_matrix()?.view(), array![[1.0, 0.0], [0.25, 0.75]]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
pub trait ProbabilitySink: Send + Sync {
    /// Takes the rows `probabilities`, `(rows.len(), k)`, each a distribution, of the samples `rows`. Calls may come from
    /// several threads at once.
    ///
    /// # Errors
    /// Whatever keeps the rows from being taken; [`Error::OutOfRange`](crate::Error::OutOfRange) or
    /// [`Error::LengthMismatch`](crate::Error::LengthMismatch) when they do not fit.
    fn put(&self, rows: &[u32], probabilities: ArrayView2<'_, f64>) -> Result<()>;
}

forward! {
    ProbabilitySink {
        fn put(&self, rows: &[u32], probabilities: ArrayView2<'_, f64>) -> Result<()>;
    }
}

/// The sink in memory: 8·n·k bytes.
#[derive(Debug)]
pub struct ProbabilityArray(Mutex<Array2<f64>>);

impl ProbabilityArray {
    /// Room for `samples` rows over `classes` classes, all 0.
    pub fn new(samples: usize, classes: usize) -> Self {
        Self(Mutex::new(Array2::zeros((samples, classes))))
    }

    /// What was put there, `(n, k)`.
    ///
    /// # Errors
    /// As [`ProbabilityMatrix::new`]: a row that was never put is no distribution.
    pub fn into_matrix(self) -> Result<ProbabilityMatrix> {
        ProbabilityMatrix::new(self.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl ProbabilitySink for ProbabilityArray {
    fn put(&self, rows: &[u32], probabilities: ArrayView2<'_, f64>) -> Result<()> {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        same_length("rows of predicted probabilities", rows.len(), probabilities.nrows())?;
        same_length("a row of predicted probabilities", all.ncols(), probabilities.ncols())?;
        for (row, probabilities) in rows.iter().zip(probabilities.outer_iter()) {
            rows_in_range(all.nrows(), *row as usize, 1)?;
            all.row_mut(*row as usize).assign(&probabilities);
        }
        Ok(())
    }
}
