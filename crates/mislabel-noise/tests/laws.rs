//! What every noise model promises, on any labels.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use mislabel_core::{Embeddings, Labels, NoiseModel, NoiseTransition, NoisyLabels, PredictedProbabilities};
use mislabel_noise::{
    Asymmetric, ConfidenceBased, InstanceDependent, Recorded, Sampling, Selection, Symmetric, Transition,
    pair_flip_transition, symmetric_transition,
};
use ndarray::{Array1, Array2};
use proptest::prelude::*;

/// Standard deviations that a sum of independent draws stays within; once in 10^10 it does not.
const DEVIATIONS: f64 = 6.5;

/// The χ² statistic of 4 degrees of freedom exceeds this once in 10^11.
const CHI_SQUARE: f64 = 57.0;

/// Labels over 2 to 6 classes, some perhaps absent, but two present.
fn labels() -> impl Strategy<Value = Labels> {
    (2..7usize).prop_flat_map(|classes| {
        prop::collection::vec(0..classes as u32, 2..200).prop_map(move |mut values| {
            (values[0], values[1]) = (0, 1);
            let names = (0..classes).map(|class| format!("class {class}"));
            Labels::new(values, classes).unwrap().with_class_names(names).unwrap()
        })
    })
}

/// Deterministic numbers in [0, 1) that look random.
fn hash(row: usize, column: usize) -> f64 {
    ((row * 7 + column * 13 + 1) as f64 * 0.754_877_666).fract()
}

fn probabilities(n: usize, classes: usize) -> Array2<f64> {
    let mut rows = Array2::from_shape_fn((n, classes), |(row, class)| hash(row, class) + 0.01);
    for mut row in rows.outer_iter_mut() {
        row /= row.sum();
    }
    rows
}

fn embeddings(truth: &Labels) -> Array2<f32> {
    Array2::from_shape_fn((truth.len(), 3), |(row, column)| {
        (f64::from(u8::from(truth.class(row) == column)) + hash(row, column)) as f32
    })
}

/// Every model at `rate`, and whether it meets the rate exactly.
fn with_models(truth: &Labels, rate: f64, check: impl Fn(&str, bool, &dyn NoiseModel)) {
    let k = truth.class_count();
    let (rows, samples) = (probabilities(truth.len(), k), embeddings(truth));
    let embeddings = Embeddings::new(samples.view()).unwrap();
    let confidence = ConfidenceBased::new(PredictedProbabilities::new(rows.view()).unwrap(), rate);
    let everything_wrong = truth.values().iter().map(|label| (label + 1) % k as u32).collect();
    check("confidence", true, &confidence);
    check("confusable", true, &ConfidenceBased { selection: Selection::MostConfusable, ..confidence });
    check("recorded", true, &Recorded::at_rate(truth.with_values(everything_wrong).unwrap(), rate));
    for sampling in [Sampling::Exact, Sampling::Independent] {
        let exact = sampling == Sampling::Exact;
        check("symmetric", exact, &Symmetric { rate, sampling });
        check("asymmetric", exact, &Asymmetric { rate, targets: None, sampling });
        check("instance", exact, &InstanceDependent { sampling, ..InstanceDependent::new(&embeddings, rate) });
        check("transition", false, &Transition { matrix: symmetric_transition(k, rate).unwrap(), sampling });
    }
}

fn assert_consistent(name: &str, truth: &Labels, noisy: &NoisyLabels) {
    assert_eq!(noisy.given.class_names(), truth.class_names(), "{name}");
    assert_eq!(noisy.given.class_count(), truth.class_count(), "{name}");
    for (row, (given, wanted)) in noisy.given.values().iter().zip(truth.values()).enumerate() {
        assert!((*given as usize) < truth.class_count(), "{name}");
        assert_eq!(noisy.errors.as_slice()[row], given != wanted, "{name}, row {row}");
    }
}

proptest! {
    #[test]
    fn given_labels_are_classes_and_the_mask_is_where_they_differ(truth in labels(), rate in 0.0..=1.0, seed: u64) {
        with_models(&truth, rate, |name, _, model| {
            assert_consistent(name, &truth, &model.corrupt(&truth, seed).unwrap());
        });
    }

    #[test]
    fn the_same_seed_gives_the_same_labels(truth in labels(), rate in 0.0..=1.0, seed: u64) {
        with_models(&truth, rate, |name, _, model| {
            assert_eq!(model.corrupt(&truth, seed).unwrap(), model.corrupt(&truth, seed).unwrap(), "{name}");
        });
    }

    #[test]
    fn exact_models_meet_the_rate_exactly_and_the_others_within_binomial_bounds(
        truth in labels(), rate in 0.0..=1.0, seed: u64,
    ) {
        let n = truth.len() as f64;
        with_models(&truth, rate, |name, exact, model| {
            let errors = model.corrupt(&truth, seed).unwrap().errors.error_count();
            if exact {
                assert_eq!(errors, (rate * n + 1e-9) as usize, "{name}");
            } else {
                let bound = DEVIATIONS * (n * rate * (1.0 - rate)).sqrt() + 7.0;
                assert!((errors as f64 - rate * n).abs() <= bound, "{name}: {errors} of {n} at {rate}");
            }
        });
    }

    #[test]
    fn a_rate_of_zero_changes_nothing_and_a_rate_of_one_everything(truth in labels(), seed: u64) {
        with_models(&truth, 0.0, |name, _, model| {
            assert_eq!(model.corrupt(&truth, seed).unwrap().given, truth, "{name}");
        });
        with_models(&truth, 1.0, |name, _, model| {
            assert_eq!(model.corrupt(&truth, seed).unwrap().errors.error_count(), truth.len(), "{name}");
        });
    }

    #[test]
    fn independent_draws_follow_the_transition_matrix(seed: u64, weights in prop::collection::vec(1..50u32, 25)) {
        let (truth, matrix) = (thousands(), from_weights(&weights));
        let model = Transition { matrix: matrix.clone(), sampling: Sampling::Independent };
        let counts = joint_counts(&truth, &model.corrupt(&truth, seed).unwrap().given);
        for (class, row) in counts.outer_iter().enumerate() {
            let excess = |given: usize| {
                let expected = 1_000.0 * matrix.probability(class, given);
                (row[given] - expected).powi(2) / expected
            };
            prop_assert!((0..5).map(excess).sum::<f64>() < CHI_SQUARE, "class {class}: {row}");
        }
    }

    #[test]
    fn exact_draws_are_within_one_sample_of_the_transition_matrix(
        seed: u64, weights in prop::collection::vec(0..50u32, 25),
    ) {
        let weights: Vec<u32> = weights.iter().enumerate().map(|(i, w)| w + u32::from(i % 6 == 0)).collect();
        let (truth, matrix) = (thousands(), from_weights(&weights));
        let given = Transition::new(matrix.clone()).corrupt(&truth, seed).unwrap().given;
        for (place, count) in joint_counts(&truth, &given).indexed_iter() {
            let expected = 1_000.0 * matrix.probability(place.0, place.1);
            prop_assert!((count - expected).abs() < 1.0, "{place:?}: {count} for {expected}");
        }
    }

    #[test]
    fn symmetric_noise_reaches_every_other_class_alike(seed: u64) {
        let truth = thousands();
        let noisy = Symmetric { rate: 0.8, sampling: Sampling::Exact }.corrupt(&truth, seed).unwrap();
        let counts = joint_counts(&truth, &noisy.given);
        let spread: f64 = (1..5).map(|given| (counts[[0, given]] - 200.0).powi(2) / 200.0).sum();
        prop_assert!(spread < CHI_SQUARE, "{}", counts.row(0));
    }

    #[test]
    fn pair_flips_go_to_the_next_class_only(seed: u64) {
        let truth = thousands();
        let given = Asymmetric { rate: 0.3, ..Asymmetric::default() }.corrupt(&truth, seed).unwrap().given;
        for (given, truth) in given.values().iter().zip(truth.values()) {
            prop_assert!(given == truth || *given == (truth + 1) % 5);
        }
        let by_matrix = Transition::new(pair_flip_transition(5, 0.3).unwrap()).corrupt(&truth, seed).unwrap();
        prop_assert_eq!(by_matrix.errors.error_count(), 1_500);
    }
}

/// 1,000 samples of each of 5 classes.
fn thousands() -> Labels {
    Labels::new((0..5_000).map(|row| row % 5).collect(), 5).unwrap()
}

fn from_weights(weights: &[u32]) -> NoiseTransition {
    let mut matrix = Array2::from_shape_fn((5, 5), |(i, j)| f64::from(weights[5 * i + j]));
    for mut row in matrix.outer_iter_mut() {
        row /= row.sum();
    }
    NoiseTransition::from_true_rows(matrix).unwrap()
}

fn joint_counts(truth: &Labels, given: &Labels) -> Array2<f64> {
    let mut counts = Array2::zeros((truth.class_count(), truth.class_count()));
    for row in 0..truth.len() {
        counts[[truth.class(row), given.class(row)]] += 1.0;
    }
    counts
}

#[test]
fn another_seed_gives_other_labels() {
    let truth = thousands();
    with_models(&truth, 0.3, |name, _, model| {
        let differ = model.corrupt(&truth, 1).unwrap() != model.corrupt(&truth, 2).unwrap();
        assert_eq!(differ, name != "confusable", "{name}");
    });
}

#[test]
fn instance_dependent_noise_is_the_same_on_any_number_of_threads() {
    let truth = thousands();
    let samples = embeddings(&truth);
    let embeddings = Embeddings::new(samples.view()).unwrap();
    let model = InstanceDependent::new(&embeddings, 0.2);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| model.corrupt(&truth, 51).unwrap())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn instance_dependent_noise_falls_between_classes() {
    // Class 0 on [0, 1), class 1 on [2, 3): the nearest to the other class are the last of 0 and the first of 1.
    let truth = Labels::new((0..2_000).map(|row| row / 1_000).collect(), 2).unwrap();
    let place = |row: usize| row as f32 / 1_000.0 + f32::from(u8::from(row >= 1_000));
    let samples = Array2::from_shape_fn((2_000, 1), |(row, _)| place(row));
    let embeddings = Embeddings::new(samples.view()).unwrap();
    let errors = InstanceDependent::new(&embeddings, 0.1).corrupt(&truth, 51).unwrap().errors;
    assert_eq!(errors.error_count(), 200);
    let near = (750..1_250).filter(|&row| errors.as_slice()[row]).count();
    assert!(near >= 160, "{near} of 200 label errors in the quarter nearest to the other class");

    let flat = InstanceDependent { steepness: 0.0, ..InstanceDependent::new(&embeddings, 0.1) };
    let errors = flat.corrupt(&truth, 51).unwrap().errors;
    let near = (750..1_250).filter(|&row| errors.as_slice()[row]).count();
    assert!((30..=70).contains(&near), "{near} where 50 are expected");
}

#[test]
fn exact_instance_dependent_noise_may_hit_neighbors_in_the_data() {
    let truth = thousands();
    let samples = embeddings(&truth);
    let embeddings = Embeddings::new(samples.view()).unwrap();
    let model = InstanceDependent { steepness: 0.0, ..InstanceDependent::new(&embeddings, 0.5) };
    let errors = model.corrupt(&truth, 51).unwrap().errors;
    let both = errors.as_slice().windows(2).filter(|pair| pair[0] && pair[1]).count();
    // 4,999 pairs, a quarter of them both hit: 1,250, give or take 31 or so.
    assert!((1_050..1_450).contains(&both), "{both}");
}

#[test]
fn instance_dependent_noise_survives_identical_and_huge_samples() {
    let truth = Labels::new(vec![0, 1, 1, 2, 2, 2], 4).unwrap();
    for value in [0.0, 1.0, f32::MAX, f32::MIN_POSITIVE] {
        let samples = Array2::from_elem((6, 2), value);
        let embeddings = Embeddings::new(samples.view()).unwrap();
        let noisy = InstanceDependent::new(&embeddings, 0.5).corrupt(&truth, 51).unwrap();
        assert_eq!(noisy.errors.error_count(), 3, "{value}");
        assert!(noisy.given.values().iter().all(|label| *label < 3), "no label becomes an absent class");
    }
}

#[test]
fn confidence_based_noise_gives_the_most_likely_wrong_label() {
    let truth = thousands();
    let rows = probabilities(truth.len(), 5);
    let model = ConfidenceBased::new(PredictedProbabilities::new(rows.view()).unwrap(), 0.25);
    let noisy = model.corrupt(&truth, 51).unwrap();
    for row in (0..truth.len()).filter(|&row| noisy.errors.as_slice()[row]) {
        let wrong = |class: &usize| *class != truth.class(row);
        let best = (0..5).filter(wrong).map(|class| rows[[row, class]]).fold(0.0, f64::max);
        assert_eq!(rows[[row, noisy.given.class(row)]], best);
    }
    let confusable = ConfidenceBased { selection: Selection::MostConfusable, ..model }.corrupt(&truth, 51).unwrap();
    let risk = |noisy: &NoisyLabels| -> f64 {
        let flipped = (0..truth.len()).filter(|&row| noisy.errors.as_slice()[row]);
        flipped.map(|row| rows[[row, noisy.given.class(row)]]).sum()
    };
    assert!(risk(&confusable) > risk(&noisy) + 10.0);
}

#[test]
fn recorded_noise_takes_only_recorded_errors() {
    let truth = thousands();
    let human: Array1<u32> = (0..5_000).map(|row| if row % 4 == 0 { 0 } else { row % 5 }).collect();
    let human = truth.with_values(human.to_vec()).unwrap();
    assert_eq!(Recorded::all(human.clone()).corrupt(&truth, 51).unwrap().errors.error_count(), 1_000);
    let part = Recorded::at_rate(human.clone(), 0.1).corrupt(&truth, 51).unwrap();
    assert_eq!(part.errors.error_count(), 500);
    let from_record = |row: &usize| part.given.values()[*row] == human.values()[*row];
    assert!((0..5_000).filter(|&row| part.errors.as_slice()[row]).all(|row| from_record(&row)));
    assert_eq!(Recorded::at_rate(human.clone(), 0.2).corrupt(&truth, 51).unwrap().given, human);
}

#[test]
fn small_rates_on_small_classes_are_right_on_average() {
    // 5 samples a class at a rate of 0.1: half a flip each, never none for all seeds.
    let truth = Labels::new((0..50).map(|row| row % 10).collect(), 10).unwrap();
    let model = Transition::new(symmetric_transition(10, 0.1).unwrap());
    let errors = (0..400).map(|seed| model.corrupt(&truth, seed).unwrap().errors.error_count()).sum::<usize>();
    // 4,000 draws of one half each: mean 2,000, deviation 32.
    assert!((1_800..2_200).contains(&errors), "{errors}");
}
