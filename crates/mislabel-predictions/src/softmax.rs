//! The softmax of stored logits, made as it is read.

use std::fmt;

use mislabel_core::checks::{rows_in_range, same_length};
use mislabel_core::{EmbeddingSource, ProbabilitySource, Result};
use ndarray::{Array2, ArrayViewMut1, ArrayViewMut2, Axis};
use rayon::prelude::*;

/// Rows converted at a time.
const BLOCK: usize = 256;

/// Predicted probabilities, `(n, k)`: the softmax of every row of `logits`, `(n, k)`, such as a file's. Nothing of `(n, k)` is
/// kept; every reading computes its rows anew, O(k) each.
///
/// ```
/// use mislabel_core::{Embeddings, ProbabilitySource};
/// use mislabel_predictions::Softmax;
/// use ndarray::{Array2, array};
///
/// let logits = array![[0.0_f32, 3.0_f32.ln()], [1e30, -1e30]];
/// let logits = Embeddings::new(logits.view())?;
/// let mut rows = Array2::zeros((2, 2));
/// Softmax::new(&logits).read_rows(0, rows.view_mut())?;
/// assert!((rows[[0, 1]] - 0.75).abs() < 1e-7);
/// assert_eq!(rows.row(1).to_vec(), [1.0, 0.0]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Softmax<'a> {
    logits: &'a dyn EmbeddingSource,
}

impl fmt::Debug for Softmax<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Softmax").field("logits", &self.logits.shape()).finish()
    }
}

impl<'a> Softmax<'a> {
    /// Of a source of finite numbers, `(n, k)`.
    pub fn new(logits: &'a dyn EmbeddingSource) -> Self {
        Self { logits }
    }
}

impl ProbabilitySource for Softmax<'_> {
    fn shape(&self) -> (usize, usize) {
        self.logits.shape()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f64>) -> Result<()> {
        let (n, k) = self.shape();
        rows_in_range(n, start, out.nrows())?;
        same_length("a row of the reading buffer", k, out.ncols())?;
        let blocks: Vec<_> = out.axis_chunks_iter_mut(Axis(0), BLOCK).enumerate().collect();
        blocks.into_par_iter().try_for_each(|(block, mut out)| {
            let mut logits = Array2::zeros(out.dim());
            self.logits.read_rows(start + block * BLOCK, logits.view_mut())?;
            out.zip_mut_with(&logits, |out, logit| *out = f64::from(*logit));
            out.outer_iter_mut().for_each(softmax);
            Ok(())
        })
    }
}

/// In place; relative to the greatest logit no term overflows.
pub(crate) fn softmax(mut row: ArrayViewMut1<'_, f64>) {
    let greatest = row.fold(f64::NEG_INFINITY, |greatest, logit| greatest.max(*logit));
    row.mapv_inplace(|logit| (logit - greatest).exp());
    let total = row.sum();
    row.mapv_inplace(|term| term / total);
}
