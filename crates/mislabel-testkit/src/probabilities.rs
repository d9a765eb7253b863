//! Predicted probabilities, alone and with given labels.

use std::ops::RangeInclusive;

use mislabel_core::Labels;
use ndarray::{Array1, Array2, Axis};
use proptest::prelude::*;

use crate::case::{Case, inverse, relabeled, renamed_labels, reordered_labels};
use crate::gaussian::Numbers;

/// Predicted probabilities with given labels.
#[derive(Clone, Debug, PartialEq)]
pub struct LabeledProbabilities {
    /// The probabilities, `(n, k)`; rows sum to 1.
    pub probabilities: Array2<f64>,
    /// The given labels, `(n,)`.
    pub given: Labels,
}

impl Case for LabeledProbabilities {
    fn given(&self) -> &Labels {
        &self.given
    }

    fn reordered(&self, order: &[usize]) -> Self {
        let probabilities = self.probabilities.select(Axis(0), order);
        Self { probabilities, given: reordered_labels(&self.given, order) }
    }

    fn renamed(&self, names: &[u32]) -> Self {
        let probabilities = self.probabilities.select(Axis(1), &inverse(names));
        Self { probabilities, given: renamed_labels(&self.given, names) }
    }

    fn relabeled(&self, row: usize, class: u32) -> Self {
        Self { given: relabeled(&self.given, row, class), ..self.clone() }
    }

    fn with_labels_of(&self, given: Labels) -> Self {
        Self { given, ..self.clone() }
    }
}

/// How rows are drawn.
#[derive(Clone, Copy, Debug)]
enum Rows {
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
/// use proptest::prelude::*;
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

/// Probabilities above ½ for the given label, which is right: 2 to 5 classes of 6 to 12 samples.
pub fn confident_probabilities() -> impl Strategy<Value = LabeledProbabilities> {
    (2..=5_usize, 6..=12_usize, any::<u64>()).prop_map(|(classes, size, seed)| {
        let mut numbers = Numbers::new(seed);
        let mut probabilities = drawn((classes * size, classes), Rows::Uniform, seed);
        for (row, mut shares) in probabilities.outer_iter_mut().enumerate() {
            let own = 0.7 + 0.2 * numbers.uniform();
            shares *= 1.0 - own;
            shares[row % classes] += own;
        }
        let values = (0..classes * size).map(|row| (row % classes) as u32).collect();
        let given = Labels::new(values, classes).expect("labels are below the number of classes");
        LabeledProbabilities { probabilities, given }
    })
}

/// Any [`probabilities`] with any labels: classes absent, tiny, never predicted, or never given.
pub fn awkward_probabilities() -> impl Strategy<Value = LabeledProbabilities> {
    (crate::labels::labels(1..=24, 1..=5), kinds(), any::<u64>()).prop_map(|(given, kind, seed)| {
        let probabilities = drawn((given.len(), given.class_count()), kind, seed);
        LabeledProbabilities { probabilities, given }
    })
}

fn kinds() -> impl Strategy<Value = Rows> {
    prop::sample::select(vec![Rows::Uniform, Rows::Sparse, Rows::NearOneHot, Rows::OneHot, Rows::Ties])
}

fn drawn((n, k): (usize, usize), kind: Rows, seed: u64) -> Array2<f64> {
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
