//! A search of the classes gives what scoring all of them gives.

use mislabel_core::{Embeddings, ErrorSummary, Labels, Run};
use ndarray::Array2;
use proptest::prelude::*;

use super::reconstructors::Reconstructors;
use super::soft_linear::SoftLinear;
use crate::rows::scaling::{RowScaling, ScaledRows};
use crate::search::class_search::ClassSearch;
use crate::search::prepared_table::PreparedTable;
use crate::search::scope::SearchScope;

/// 20 to 120 rows of 3 to 11 classes; few distinct values, so that rows, means and errors tie, or many.
fn dataset() -> impl Strategy<Value = (Array2<f32>, Labels)> {
    (20_usize..120, 1_usize..24, 3_u32..12, prop_oneof![Just(1_u32), Just(1000)]).prop_flat_map(|(n, d, k, values)| {
        let rows = proptest::collection::vec(0..=values, n * d);
        let labels = proptest::collection::vec(0..k, n);
        (rows, labels).prop_filter_map("two classes have samples", move |(rows, labels)| {
            let rows = rows.into_iter().map(|value| value as f32 / values as f32 - 0.25).collect();
            let labels = Labels::new(labels, k as usize).ok()?;
            (labels.present_classes() > 1).then(|| (Array2::from_shape_vec((n, d), rows).unwrap(), labels))
        })
    })
}

fn summary(
    rows: &Array2<f32>,
    given: &Labels,
    method: &SoftLinear,
    left_out: usize,
    scope: SearchScope,
) -> ErrorSummary {
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let scaled = ScaledRows::new(&embeddings, given, method.scaling).unwrap();
    let mut seen = vec![0; given.class_count()];
    let mut kept = |row: usize| {
        seen[given.class(row)] += 1;
        seen[given.class(row)] == 1 || !row.is_multiple_of(left_out)
    };
    let keep: Vec<bool> = (0..given.len()).map(&mut kept).collect();
    let round = method.round(&scaled, given, &keep, (false, None), &Run::quiet()).unwrap();
    let own = round.own.clone();
    let reconstructors = Reconstructors::new(&scaled, &round.moments, round.models);
    reconstructors.summary_of(&scaled, given, &own, scope, &Run::quiet()).unwrap()
}

proptest! {
    #[test]
    fn a_pruned_search_equals_one_of_all_classes_bit_for_bit_whatever_the_block(
        (rows, given) in dataset(), components in 0_usize..20, tail in 0.0_f64..1.0, block in 1_usize..150,
        left_out in 5_usize..20, shrinkage in 0.01_f64..30.0, normalized: bool, eight_bits: bool,
    ) {
        let scaling = if normalized { RowScaling::UnitNorm } else { RowScaling::None };
        let method = SoftLinear { components, tail, shrinkage, scaling, ..SoftLinear::default() };
        let all = summary(&rows, &given, &method, left_out, SearchScope::default());
        let scope = SearchScope {
            search: ClassSearch::Pruned,
            sample: 15,
            least_classes: 2,
            least_components: 0,
            eight_bits,
            block,
            seed: 3,
            ..SearchScope::default()
        };
        let pruned = summary(&rows, &given, &method, left_out, scope);
        prop_assert_eq!(all.least_other(), pruned.least_other());
        prop_assert_eq!(all.least_other_class(), pruned.least_other_class());
        prop_assert_eq!(all.second_least_other(), pruned.second_least_other());
        prop_assert_eq!(all.own(), pruned.own());
        let sums: Vec<(usize, f64)> = all.sums().collect();
        prop_assert!(pruned.sums().all(|(row, sum)| sums[row].1 == sum));
        prop_assert_eq!(pruned.sampled().map_or(0, |sample| sample.disagreements), 0);
    }

    #[test]
    fn as_many_nearest_means_as_classes_leave_nothing_out((rows, given) in dataset(), components in 4_usize..20) {
        let method = SoftLinear { components, ..SoftLinear::default() };
        let all = summary(&rows, &given, &method, usize::MAX, SearchScope::default());
        let classes = ClassSearch::Nearest(given.class_count());
        let scope = SearchScope {
            search: classes,
            sample: 15,
            least_classes: 2,
            least_components: 0,
            ..SearchScope::default()
        };
        let nearest = summary(&rows, &given, &method, usize::MAX, scope);
        prop_assert_eq!(all.least_other(), nearest.least_other());
        prop_assert_eq!(all.second_least_other(), nearest.second_least_other());
    }
}

#[test]
fn one_nearest_mean_of_many_classes_disagrees_as_often_as_it_says() {
    let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
    let rows =
        Array2::from_shape_fn((2000, 12), |(i, j)| 0.2 * wave(i % 20, j) + wave(i, j + 50) * wave(i % 20, j + 99));
    let given = Labels::new((0..2000).map(|i| i % 20).collect(), 20).unwrap();
    let method = SoftLinear::default();
    let all = summary(&rows, &given, &method, usize::MAX, SearchScope::default());
    let scope = SearchScope {
        search: ClassSearch::Nearest(2),
        sample: 700,
        least_classes: 2,
        least_components: 0,
        ..SearchScope::default()
    };
    let nearest = summary(&rows, &given, &method, usize::MAX, scope);
    let classes = all.least_other_class().iter().zip(nearest.least_other_class());
    let truth = classes.filter(|(a, b)| a != b).count() as f64 / 2000.0;
    let disagreement = nearest.sampled().unwrap().disagreement();
    let (measured, error) = (disagreement.value(), disagreement.standard_error());
    assert!(truth > 0.02 && (measured - truth).abs() < 4.0 * error, "{measured} ± {error} of {truth}");
}

/// 40 overlapping clusters of 60 samples in 50 dimensions, every eleventh label wrong.
fn noisy_clusters() -> (Array2<f32>, Labels) {
    let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
    let rows = Array2::from_shape_fn((2400, 50), |(i, j)| 0.45 * wave(i % 40, j) + wave(i, j + 50));
    let labels = (0..2400).map(|i| ((i % 40 + usize::from(i % 11 == 0)) % 40) as u32).collect();
    (rows, Labels::new(labels, 41).unwrap())
}

#[test]
fn screening_keeps_the_samples_that_scoring_every_class_keeps() {
    let (rows, given) = noisy_clusters();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let method = SoftLinear::default();
    let rows = ScaledRows::new(&embeddings, &given, method.scaling).unwrap();
    let round = method.round(&rows, &given, &vec![true; given.len()], (false, None), &Run::quiet()).unwrap();
    let own = round.own.clone();
    let reconstructors = Reconstructors::new(&rows, &round.moments, round.models);
    let all = SearchScope::default();
    let summary = reconstructors.summary_of(&rows, &given, &own, all, &Run::quiet()).unwrap();
    let prepared = PreparedTable::new(&reconstructors.table, method.scope(&given, 50, &Run::quiet()).unwrap());
    assert!(method.scope(&given, 50, &Run::quiet()).unwrap().prunes(&reconstructors.table));
    for threshold in [0.9, 1.0, 1.06, 1.3] {
        let passed = prepared.passed(&rows, &given, &own, threshold, &Run::quiet()).unwrap();
        let pairs = summary.own().iter().zip(summary.least_other());
        let expected: Vec<bool> = pairs.map(|(own, other)| *own <= threshold * other).collect();
        assert_eq!(passed, expected, "threshold {threshold}");
        assert!(passed.contains(&true) && passed.contains(&false));
    }
}

#[test]
fn a_pruned_search_finds_the_least_two_errors_of_a_search_of_all_classes_bit_for_bit() {
    let (rows, given) = noisy_clusters();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let method = SoftLinear::default();
    let rows = ScaledRows::new(&embeddings, &given, method.scaling).unwrap();
    let round = method.round(&rows, &given, &vec![true; given.len()], (false, None), &Run::quiet()).unwrap();
    let own = round.own.clone();
    let reconstructors = Reconstructors::new(&rows, &round.moments, round.models);
    let summary = |scope| reconstructors.summary_of(&rows, &given, &own, scope, &Run::quiet()).unwrap();
    let all = summary(SearchScope::default());
    let pruned = summary(SearchScope { sample: 500, ..method.scope(&given, 50, &Run::quiet()).unwrap() });
    assert_eq!(all.least_other(), pruned.least_other());
    assert_eq!(all.least_other_class(), pruned.least_other_class());
    assert_eq!(all.second_least_other(), pruned.second_least_other());
    assert_eq!(all.own(), pruned.own());
    assert_eq!(pruned.sampled().map(|sample| (sample.rows.len(), sample.disagreements)), Some((500, 0)));
    let sums: Vec<(usize, f64)> = all.sums().collect();
    assert!(pruned.sums().all(|(row, sum)| sums[row].1 == sum));
}
