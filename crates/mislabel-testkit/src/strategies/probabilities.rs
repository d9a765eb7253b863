//! Predicted probabilities alone.

use std::ops::RangeInclusive;

use ndarray::{Array1, Array2};
use proptest::prelude::*;

use crate::strategies::numbers::Numbers;

/// How rows are drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows {
    /// Uniform over the simplex: Dirichlet(1, …, 1).
    Uniform,
    /// Mass on few classes.
    Sparse,
    /// All but about 1e-9 on one class.
    NearOneHot,
    /// Exactly 0 and 1.
    OneHot,
    /// Equal shares of 1 to k classes: ties.
    Ties,
}

/// Probabilities, `(n, k)` with n in `samples` and k in `classes`: uniform over the simplex, sparse, near one-hot,
/// exactly one-hot, or with ties; one kind per array.
///
/// ```
/// use mislabel_core::PredictedProbabilities;
/// use mislabel_testkit::probabilities;
/// use mislabel_testkit::proptest::prelude::*;
///
/// proptest!(|(rows in probabilities(1..=9, 1..=4))| {
///     prop_assert!(PredictedProbabilities::new(rows.view()).is_ok());
/// });
/// ```
pub fn probabilities(
    samples: RangeInclusive<usize>,
    classes: RangeInclusive<usize>,
) -> impl Strategy<Value = Array2<f64>> {
    (samples, classes, kinds(), any::<u64>()).prop_map(|(n, k, kind, seed)| drawn((n, k), kind, seed))
}

pub(crate) fn kinds() -> impl Strategy<Value = Rows> {
    prop::sample::select(vec![Rows::Uniform, Rows::Sparse, Rows::NearOneHot, Rows::OneHot, Rows::Ties])
}

pub(crate) fn drawn((n, k): (usize, usize), kind: Rows, seed: u64) -> Array2<f64> {
    let mut numbers = Numbers::new(seed);
    let mut rows = Array2::zeros((n, k));
    for mut row in rows.outer_iter_mut() {
        let weights = weights(kind, k, &mut numbers);
        row.assign(&(&weights / weights.sum()));
    }
    rows
}

/// Weights with a positive sum.
fn weights(kind: Rows, k: usize, numbers: &mut Numbers) -> Array1<f64> {
    let favorite = numbers.below(k);
    let tied = 1 + numbers.below(k);
    Array1::from_shape_fn(k, |class| match kind {
        Rows::Uniform => numbers.exponential() + f64::MIN_POSITIVE,
        Rows::Sparse => numbers.exponential().powi(8) + f64::MIN_POSITIVE,
        Rows::NearOneHot if class == favorite => 1.0,
        Rows::NearOneHot => 1e-9 * numbers.uniform(),
        Rows::OneHot => f64::from(u8::from(class == favorite)),
        Rows::Ties => f64::from(u8::from((class + k - favorite) % k < tied)),
    })
}
