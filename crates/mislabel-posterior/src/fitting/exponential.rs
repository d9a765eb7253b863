//! Exponentials of many logits at once.

use mislabel_linalg::exponential;
use pulp::Arch;

/// Logits this far below the greatest of their softmax count as −∞: nothing that follows divides a share of 1e-26 by another,
/// which rounding of the greatest one has long made meaningless.
const LEAST: f64 = -60.0;

/// Replaces every value z by e^{z − largest}, 0 for less than −60; `largest` is the greatest value.
pub(crate) fn exponentiate(values: &mut [f64], largest: f64) {
    Arch::new().dispatch(
        #[inline(always)]
        || values.iter_mut().for_each(|value| *value = exponential(*value - largest, LEAST)),
    );
}
