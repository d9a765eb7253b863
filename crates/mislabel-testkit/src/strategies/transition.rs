//! Noise transition matrices.

use std::ops::RangeInclusive;

use mislabel_core::NoiseTransition;
use ndarray::{Array2, Axis};
use proptest::prelude::*;

use crate::strategies::numbers::Numbers;

/// Where the flipped share of a row goes.
#[derive(Clone, Copy, Debug)]
enum Flips {
    /// To all other classes alike.
    Symmetric,
    /// To the next class.
    Pair,
    /// In random shares.
    Random,
}

/// Noise transition matrices, `(k, k)` with k in `classes`: the identity, symmetric, pair-flip and random ones,
/// with flip rates up to 0.9 that differ between classes.
///
/// ```
/// use mislabel_testkit::transitions;
/// use mislabel_testkit::proptest::prelude::*;
///
/// proptest!(|(transition in transitions(2..=6))| {
///     prop_assert!(transition.view().rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-9));
/// });
/// ```
pub fn transitions(classes: RangeInclusive<usize>) -> impl Strategy<Value = NoiseTransition> {
    let flips = prop::sample::select(vec![Flips::Symmetric, Flips::Pair, Flips::Random]);
    let rate = prop_oneof![Just(0.0), 0.0..0.9_f64];
    (classes, flips, rate, any::<u64>()).prop_map(|(k, flips, rate, seed)| matrix(k, flips, rate, seed))
}

fn matrix(k: usize, flips: Flips, rate: f64, seed: u64) -> NoiseTransition {
    let mut numbers = Numbers::new(seed);
    let mut matrix = Array2::from_shape_fn((k, k), |(from, to)| match flips {
        _ if from == to => 0.0,
        Flips::Symmetric => 1.0,
        Flips::Pair => f64::from(u8::from(to == (from + 1) % k)),
        Flips::Random => numbers.exponential() + f64::MIN_POSITIVE,
    });
    for (class, mut row) in matrix.axis_iter_mut(Axis(0)).enumerate() {
        let flipped = if k > 1 { rate * numbers.uniform() } else { 0.0 };
        let total = row.sum().max(f64::MIN_POSITIVE);
        row.mapv_inplace(|share| flipped * (share / total));
        row[class] = 1.0 - flipped;
    }
    NoiseTransition::from_true_rows(matrix).expect("every row sums to 1")
}
