//! Embeddings with given labels: separable clusters, and rows that break careless arithmetic.

use mislabel_core::{Detector, Embeddings, LabelIssues, Labels, Result, Run};
use ndarray::{Array2, Axis};
use proptest::prelude::*;

use crate::case::{Case, relabeled, renamed_labels, reordered_labels};
use crate::gaussian::Numbers;

/// Embeddings in memory with given labels.
#[derive(Clone, Debug, PartialEq)]
pub struct LabeledRows {
    /// The embeddings, `(n, d)`, finite.
    pub rows: Array2<f32>,
    /// The given labels, `(n,)`.
    pub given: Labels,
}

impl LabeledRows {
    /// What `detector` says of the rows.
    ///
    /// # Errors
    /// As the detector.
    pub fn judged_by(&self, detector: &dyn Detector) -> Result<LabelIssues> {
        detector.detect(&Embeddings::new(self.rows.view())?, &self.given, &Run::quiet())
    }
}

impl Case for LabeledRows {
    fn given(&self) -> &Labels {
        &self.given
    }

    fn reordered(&self, order: &[usize]) -> Self {
        Self { rows: self.rows.select(Axis(0), order), given: reordered_labels(&self.given, order) }
    }

    fn renamed(&self, names: &[u32]) -> Self {
        Self { rows: self.rows.clone(), given: renamed_labels(&self.given, names) }
    }

    fn relabeled(&self, row: usize, class: u32) -> Self {
        Self { rows: self.rows.clone(), given: relabeled(&self.given, row, class) }
    }

    fn with_labels_of(&self, given: Labels) -> Self {
        Self { rows: self.rows.clone(), given }
    }
}

/// Distance of a cluster's center from the origin, in standard deviations of the cluster.
const CENTER: f64 = 12.0;

/// Normal clusters, one per class, all labels right: 2 to 4 classes of 12 to 20 samples, in up to 8 dimensions.
///
/// The centers lie on different axes, 12 deviations out, so that the clusters are apart in distance and in angle.
pub fn separable_rows() -> impl Strategy<Value = LabeledRows> {
    (2..=4_usize, 12..=20_usize, 0..=4_usize, any::<u64>()).prop_map(|(classes, size, more, seed)| {
        let mut numbers = Numbers::new(seed);
        let center = |row: usize, column: usize| if row % classes == column { CENTER } else { 0.0 };
        let shape = (classes * size, classes + more);
        let rows = Array2::from_shape_fn(shape, |(i, j)| (center(i, j) + numbers.normal()) as f32);
        let values = (0..shape.0).map(|row| (row % classes) as u32).collect();
        LabeledRows { rows, given: Labels::new(values, classes).expect("labels are below the number of classes") }
    })
}

/// How rows are awkward.
#[derive(Clone, Copy, Debug)]
enum Awkward {
    Constant,
    Zero,
    Duplicates,
    Huge,
    Tiny,
    Offset,
    OneFeature,
}

/// Rows of 1 to 24 samples that are finite and otherwise unkind: all equal or zero, duplicates under different
/// labels, values near 1e30 (whose squares are no f32) or 1e-30, a common offset that swamps all differences, a
/// single feature. Classes may be absent, tiny (one or two samples), or all but one empty. A detector may refuse
/// them with an error.
pub fn awkward_rows() -> impl Strategy<Value = LabeledRows> {
    use Awkward::{Constant, Duplicates, Huge, Offset, OneFeature, Tiny, Zero};
    let kinds = prop::sample::select(vec![Constant, Zero, Duplicates, Huge, Tiny, Offset, OneFeature]);
    (crate::labels::labels(1..=24, 1..=5), kinds, 1..=6_usize, any::<u64>()).prop_map(|(given, kind, d, seed)| {
        let d = if matches!(kind, OneFeature) { 1 } else { d };
        LabeledRows { rows: awkward(kind, (given.len(), d), seed), given }
    })
}

fn awkward(kind: Awkward, shape: (usize, usize), seed: u64) -> Array2<f32> {
    let mut numbers = Numbers::new(seed);
    let normal = Array2::from_shape_simple_fn(shape, || numbers.normal() as f32);
    match kind {
        Awkward::Constant => Array2::from_elem(shape, 0.7),
        Awkward::Zero => Array2::zeros(shape),
        Awkward::Duplicates => Array2::from_shape_fn(shape, |(i, j)| normal[[i % shape.0.min(2), j]]),
        Awkward::Huge => normal * 1e30,
        Awkward::Tiny => normal * 1e-30,
        Awkward::Offset => normal * 1e-3 + 1e4,
        Awkward::OneFeature => normal,
    }
}
