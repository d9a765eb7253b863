//! Exponentials of many logits at once.

use mislabel_linalg::exponential;
use pulp::Arch;

/// Logits this far below the greatest of their softmax count as −∞: their share is 1e-87, whose cube is still a normal number,
/// and no gradient moves it.
const LEAST: f64 = -200.0;

/// Replaces every value z by e^{z − largest}, 0 for less than −200; `largest` has the greatest value of every column.
pub(crate) fn exponentiate(values: &mut [f64], largest: &[f64]) {
    Arch::new().dispatch(
        #[inline(always)]
        || values.iter_mut().zip(largest).for_each(|(value, largest)| *value = exponential(*value - largest, LEAST)),
    );
}
