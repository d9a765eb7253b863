//! Hardness: how undecided the predictions are, whatever the label.

use mislabel_core::{ProbabilitySource, Result, Run};
use ndarray::Array1;

use crate::entropy::of_logits;
use crate::logits::Logits;
use crate::predictions::of_rows;

/// Hardness of every sample, `(n,)`: the entropy of the softmax of its logits, in nats, from 0 to ln k; `None` where
/// the logits are missing (FiftyOne Brain's definition).
///
/// ```
/// use mislabel_predictions::{Logits, hardness};
/// use ndarray::array;
///
/// let logits = Logits::with_missing(array![[1e30_f32, 0.0], [5.0, 5.0], [0.0, 0.0]], vec![false, false, true])?;
/// assert_eq!(hardness(&logits), [Some(0.0), Some(2.0_f64.ln()), None]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
pub fn hardness(logits: &Logits) -> Vec<Option<f64>> {
    let of_row = |row: usize| logits.row(row).map(|logits| of_logits(logits, None).entropy);
    (0..logits.shape().0).map(of_row).collect()
}

/// The same from predicted probabilities, `(n, k)`, read in blocks; rows are normalized to sum 1 exactly.
///
/// # Errors
/// What the source reports, and [`Error::Cancelled`](mislabel_core::Error::Cancelled).
pub fn hardness_of_probabilities(probabilities: &dyn ProbabilitySource, run: &Run<'_>) -> Result<Array1<f64>> {
    let stage = run.stage("measuring hardness", probabilities.shape().0);
    Ok(Array1::from(of_rows(probabilities, &stage, |_| None, |row| row.entropy)?))
}
