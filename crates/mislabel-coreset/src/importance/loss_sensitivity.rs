//! Loss-weighted sensitivity.

use mislabel_core::{Error, Result, Run};
use ndarray::Array1;

use crate::importance::measure::Importance;
use crate::samples::Samples;

/// w_i·ℓ_i / Σ w·ℓ: the share of a sample in the total loss of a fitted model.
///
/// It is the sensitivity at that one model, a lower bound of the sensitivity, and **mostly the importance that finds label
/// errors best**, as well as the losses do: a confident model has its greatest losses on wrong labels. As a sampling
/// distribution it therefore keeps the label errors; use it to review them, or clean them before training on the coreset.
///
/// The losses come with the samples ([`Samples::with_losses`]) and should be out-of-sample. When all losses are 0 every
/// sample has the share of its weight.
///
/// ```
/// use mislabel_core::{Embeddings, Labels, Run};
/// use mislabel_coreset::{Importance, LossSensitivity, Samples};
/// use ndarray::array;
///
/// let (rows, losses) = (array![[1.0_f32], [2.0], [3.0]], array![0.5, 0.0, 1.5]);
/// let (rows, given) = (Embeddings::new(rows.view())?, Labels::new(vec![0, 1, 1], 2)?);
/// let samples = Samples::new(&rows, &given)?;
/// assert!(LossSensitivity.importance(&samples, &Run::quiet()).is_err()); // no losses
/// let importance = LossSensitivity.importance(&samples.with_losses(losses.view())?, &Run::quiet())?;
/// assert_eq!(importance, array![0.25, 0.0, 0.75]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LossSensitivity;

impl Importance for LossSensitivity {
    fn importance(&self, samples: &Samples<'_>, run: &Run<'_>) -> Result<Array1<f64>> {
        let Some(losses) = samples.losses() else {
            let reason = "the samples come without losses";
            return Err(Error::Undefined { quantity: "loss-weighted sensitivity", reason });
        };
        let weighted: Array1<f64> = losses.iter().enumerate().map(|(row, loss)| samples.weight(row) * loss).collect();
        match shares(weighted) {
            Some(shares) => Ok(shares),
            None => Uniform.importance(samples, run),
        }
    }
}

/// Every loss over their sum; `None` when all are 0.
fn shares(losses: Array1<f64>) -> Option<Array1<f64>> {
    let total = losses.sum();
    (total > 0.0).then(|| losses / total)
}

/// w_i/Σw: every sample by its weight. The baseline; it knows nothing of labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Uniform;

impl Importance for Uniform {
    fn importance(&self, samples: &Samples<'_>, _: &Run<'_>) -> Result<Array1<f64>> {
        let total = samples.total_weight();
        Ok((0..samples.given().len()).map(|row| samples.weight(row) / total).collect())
    }
}
