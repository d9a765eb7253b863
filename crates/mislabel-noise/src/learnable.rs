//! Whether noise leaves anything to learn.

use mislabel_core::{NoiseTransition, Result};
use ndarray::ArrayView1;

/// Whether labels given by `transition`, `(k, k)`, tell something of every class that has samples: under the
/// distribution `prior` of true classes, `(k,)`, P(y* = c, ỹ = c) > P(y* = c)·P(ỹ = c) for every c with P(y* = c) > 0
/// (Northcutt, Jiang & Chuang 2021), the condition of cleanlab's `noise_matrix_is_valid`. O(k²).
///
/// ```
/// use mislabel_noise::{is_learnable, symmetric_transition};
///
/// let prior = [0.5, 0.5];
/// assert!(is_learnable(&symmetric_transition(2, 0.4)?, &prior)?);
/// assert!(!is_learnable(&symmetric_transition(2, 0.5)?, &prior)?);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// # Departures
/// cleanlab calls a matrix invalid when a class is absent; here an absent class is left out of the condition.
///
/// # Errors
/// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when `prior` has not k entries,
/// [`Error::OutOfRange`](mislabel_core::Error::OutOfRange) or [`Error::OffSimplex`](mislabel_core::Error::OffSimplex)
/// when it is no distribution.
pub fn is_learnable(transition: &NoiseTransition, prior: &[f64]) -> Result<bool> {
    transition.noise_rate(prior)?; // Checks the prior.
    let given = ArrayView1::from(prior).dot(&transition.view());
    let tells = |class: usize| transition.probability(class, class) > given[class];
    Ok((0..prior.len()).filter(|&class| prior[class] > 0.0).all(tells))
}
