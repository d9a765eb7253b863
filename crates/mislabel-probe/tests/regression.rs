//! The choice of the L2 strength, and results that do not depend on threads.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{ClassEvidence, Embeddings, Labels, Run, split_seed};
use mislabel_probe::{L2Path, Probe, SoftmaxModel, SoftmaxRegression, TrainingSet};
use ndarray::Array2;

/// A variance of twelve rows, summed in doubles on both sides: rounding, with room.
const VARIANCE: f64 = 1e-6;

fn uniform(i: usize, j: usize) -> f64 {
    2.0 * (split_seed(3, &[i as u64, j as u64]) as f64 / u64::MAX as f64) - 1.0
}

/// Rows of 8 features in which class c stands out by `signal` in feature c, three classes in turn.
fn case(n: usize, signal: f64) -> (Array2<f32>, Labels) {
    let rows = Array2::from_shape_fn((n, 8), |(i, j)| (uniform(i, j) + if i % 3 == j { signal } else { 0.0 }) as f32);
    (rows, Labels::new((0..n).map(|i| (i % 3) as u32).collect(), 3).unwrap())
}

fn fitted(regression: &SoftmaxRegression, (rows, given): &(Array2<f32>, Labels)) -> SoftmaxModel {
    regression.model(&TrainingSet::new(rows.view(), given, None).unwrap(), &Run::quiet()).unwrap()
}

#[test]
fn labels_that_have_nothing_to_do_with_rows_choose_a_strong_penalty_and_clear_ones_a_weak_one() {
    let chosen = |signal| fitted(&SoftmaxRegression::default(), &case(600, signal)).l2();
    let (noise, some, clear) = (chosen(0.0), chosen(0.7), chosen(4.0));
    assert!(noise > 3.0 * some && some > 100.0 * clear, "{noise} {some} {clear}");
}

/// The chosen strength is as likely as those around it, to labels that no fit has seen.
#[test]
fn the_chosen_strength_predicts_new_labels_better_than_much_stronger_and_weaker_ones() {
    use mislabel_probe::ProbabilityModel;
    let (rows, given) = case(3000, 0.7);
    let part = |rows: Array2<f32>, from: usize| {
        let values = given.values()[from..from + rows.nrows()].to_vec();
        (rows, given.with_values(values).unwrap())
    };
    let training = part(rows.slice(ndarray::s![..90, ..]).to_owned(), 0);
    let test = part(rows.slice(ndarray::s![90.., ..]).to_owned(), 90);
    let loss = |l2: Option<f64>| {
        let model = fitted(&SoftmaxRegression { l2, ..SoftmaxRegression::default() }, &training);
        let p = model.probabilities(test.0.view()).unwrap();
        let of = |row: usize| p[[row, test.1.class(row)]].ln();
        (model.l2(), -(0..test.1.len()).map(of).sum::<f64>() / test.1.len() as f64)
    };
    let (l2, chosen) = loss(None);
    for factor in [0.01, 100.0] {
        assert!(chosen < loss(Some(l2 * factor)).1, "{factor} times {l2}");
    }
}

#[test]
fn classes_too_small_to_hold_out_any_sample_have_the_fallback_strength() {
    let (rows, given) = case(12, 1.0);
    let variance = |rows: &Array2<f32>| rows.map(|x| f64::from(*x)).var_axis(ndarray::Axis(0), 0.0).sum();
    let expected = L2Path::FALLBACK * variance(&rows);
    let found = fitted(&SoftmaxRegression::default(), &(rows, given)).l2();
    assert!((found / expected - 1.0).abs() < VARIANCE, "{found} is not {expected}");
}

/// More rows than one block has, several tasks, the choice of a strength, and folds.
#[test]
fn probabilities_are_the_same_to_the_last_bit_on_1_and_on_4_threads() {
    let (rows, given) = case(4000, 0.3);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let embeddings = Embeddings::new(rows.view()).unwrap();
        pool.install(|| Probe::default().evidence(&embeddings, &given, &Run::quiet())).unwrap()
    };
    assert_eq!(on(1), on(4));
}

#[test]
fn other_seeds_make_other_folds() {
    let (rows, given) = case(60, 0.3);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let of = |seed| Probe { seed, ..Probe::default() }.evidence(&embeddings, &given, &Run::quiet()).unwrap();
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}
