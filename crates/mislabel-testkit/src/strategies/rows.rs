//! Embeddings: separable clusters, clusters with ties, and rows that break careless arithmetic.

use mislabel_core::Labels;
use ndarray::{Array2, ArrayView1, Axis, concatenate};
use proptest::prelude::*;

use crate::cases::case::Case;

use crate::cases::rows::LabeledRows;
use crate::strategies::labels::few_or_many;
use crate::strategies::numbers::Numbers;
use crate::strategies::shrinking::Shrinking;

/// Distance of a cluster's center from the origin, in standard deviations of the cluster.
const CENTER: f64 = 12.0;

/// The least samples of a class of separable rows: a method that trims and holds out needs some.
pub(crate) const LEAST_MEMBERS: usize = 12;

/// Normal clusters, one per class, all labels right: 2 to 4 classes of 12 to 20 samples, in up to 8 dimensions.
///
/// The centers lie on different axes, 12 deviations out, so that the clusters are apart in distance and in angle. A
/// counter-example shrinks to 2 classes of 12 samples and 2 features, apart as before.
pub fn separable_rows() -> impl Strategy<Value = LabeledRows> {
    let drawn = (2..=4_usize, LEAST_MEMBERS..=20, 0..=4_usize, any::<u64>())
        .prop_map(|(classes, size, more, seed)| clusters(classes, size, more, &mut Numbers::new(seed)));
    Shrinking::new(drawn, LabeledRows::is_plain)
}

/// Normal clusters with what ties: copies of samples under their label, rows of zeros, a constant feature, an absent class,
/// and a class of one sample; 2 to 4 clusters of 8 to 14 samples.
///
/// A counter-example shrinks to two classes of three samples and whatever ties break it.
pub fn tied_rows() -> impl Strategy<Value = LabeledRows> {
    let drawn = (2..=4_usize, 8..=14_usize, 0..=2_usize, any::<u64>())
        .prop_map(|(classes, size, more, seed)| tied(clusters(classes, size, more, &mut Numbers::new(seed)), seed));
    Shrinking::new(drawn, LabeledRows::is_roomy)
}

fn clusters(classes: usize, size: usize, more: usize, numbers: &mut Numbers) -> LabeledRows {
    let center = |row: usize, column: usize| if row % classes == column { CENTER } else { 0.0 };
    let shape = (classes * size, classes + more);
    let rows = Array2::from_shape_fn(shape, |(i, j)| (center(i, j) + numbers.normal()) as f32);
    let values = (0..shape.0).map(|row| (row % classes) as u32).collect();
    let given = Labels::new(values, classes).expect("labels are below the number of classes");
    LabeledRows::new(rows, given).expect("normal numbers are finite")
}

/// Whether every sample is nearer to the mean of its class than to half the distance to any other class's mean.
pub(crate) fn are_apart(case: &LabeledRows) -> bool {
    let members = case.given.members();
    let means: Vec<_> = (0..case.given.class_count())
        .filter_map(|class| {
            let rows: Vec<usize> = members.rows(class).iter().map(|row| *row as usize).collect();
            case.rows.select(Axis(0), &rows).mean_axis(Axis(0))
        })
        .collect();
    let distance = |a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>| (&a - &b).mapv(|v| v * v).sum().sqrt();
    case.rows.outer_iter().zip(case.given.values()).all(|(row, class)| {
        let own = distance(row, means[*class as usize].view());
        let others = means.iter().enumerate().filter(|(other, _)| *other != *class as usize);
        others.into_iter().all(|(_, mean)| 2.0 * own < distance(row, mean.view()))
    })
}

/// `case` with ties, by chance.
fn tied(case: LabeledRows, seed: u64) -> LabeledRows {
    let mut numbers = Numbers::new(!seed);
    let mut case = with_copies(case, &mut numbers);
    if numbers.below(2) == 0 {
        case = with_constant_feature(&case, [0.0, 0.75][numbers.below(2)]);
    }
    if numbers.below(2) == 0 {
        case = case.with_empty_class();
    }
    if numbers.below(2) == 0 {
        let class = case.given.class_count() as u32;
        case = with_sample(&case.with_empty_class(), class, |column| if column == 0 { -CENTER as f32 } else { 0.0 });
    }
    if numbers.below(3) == 0 {
        let class = case.given.values()[0];
        case = with_sample(&case, class, |_| 0.0);
    }
    let names: Vec<u32> = numbers.permutation(case.given.class_count()).into_iter().map(|class| class as u32).collect();
    case.renamed(&names)
}

/// Some samples once more, anywhere.
fn with_copies(case: LabeledRows, numbers: &mut Numbers) -> LabeledRows {
    let n = case.given.len();
    let mut rows: Vec<usize> = (0..n).collect();
    (0..1 + numbers.below(4)).for_each(|_| rows.insert(numbers.below(rows.len()), numbers.below(n)));
    case.selected(&rows)
}

fn with_constant_feature(case: &LabeledRows, value: f32) -> LabeledRows {
    let column = Array2::from_elem((case.given.len(), 1), value);
    let rows = concatenate![Axis(1), case.rows, column];
    LabeledRows::new(rows, case.given.clone()).expect("the constant is finite")
}

/// One sample more, of `class`, with the features `feature(column)`.
fn with_sample(case: &LabeledRows, class: u32, feature: impl Fn(usize) -> f32) -> LabeledRows {
    let sample = Array2::from_shape_fn((1, case.rows.ncols()), |(_, column)| feature(column));
    let rows = concatenate![Axis(0), case.rows, sample];
    let values = case.given.values().iter().copied().chain([class]).collect();
    let given = case.given.with_values(values).expect("the class is one of the classes");
    LabeledRows::new(rows, given).expect("the features are finite")
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
    let labels = few_or_many(1..=5);
    let drawn = (labels, kinds, 1..=6_usize, any::<u64>()).prop_map(|(given, kind, d, seed)| {
        let d = if matches!(kind, OneFeature) { 1 } else { d };
        LabeledRows::new(awkward(kind, (given.len(), d), seed), given).expect("awkward rows are finite")
    });
    Shrinking::new(drawn, |_| true)
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
