//! Generators of transition matrices keep what they promise.

use mislabel_core::{Error, NoiseTransition};
use mislabel_noise::{
    CIFAR10_PAIRS, RandomTransition, class_map_transition, is_learnable, pair_flip_transition, symmetric_transition,
};
use ndarray::array;
use proptest::prelude::*;

/// The trace is a sum of up to 12 entries moved once.
const TOLERANCE: f64 = 1e-9;

fn off_diagonal_zeros(transition: &NoiseTransition) -> usize {
    transition.view().indexed_iter().filter(|((i, j), entry)| i != j && **entry == 0.0).count()
}

fn prior(weights: &[u32]) -> Vec<f64> {
    let sum = f64::from(weights.iter().sum::<u32>());
    weights.iter().map(|weight| f64::from(*weight) / sum).collect()
}

proptest! {
    #[test]
    fn a_random_matrix_has_the_trace_and_the_zeros_asked_for(
        classes in 2..12usize, kept in 0.05..0.999, zero_fraction in 0.0..0.8, seed: u64,
    ) {
        let zeros = (zero_fraction * (classes * (classes - 1)) as f64 + 1e-9) as usize;
        // Rows that must be free of noise to place the zeros take 1 of the trace each.
        let clean = zeros.saturating_sub(classes * (classes - 2)) as f64;
        let trace = clean + kept * (classes as f64 - clean);
        let generator = RandomTransition { classes, trace, zero_fraction, ..RandomTransition::default() };
        let transition = generator.matrix(seed).unwrap();
        prop_assert!((transition.view().diag().sum() - trace).abs() < TOLERANCE);
        prop_assert_eq!(off_diagonal_zeros(&transition), zeros);
        prop_assert!(transition.view().outer_iter().all(|row| (row.sum() - 1.0).abs() < TOLERANCE));
        prop_assert_eq!(generator.matrix(seed).unwrap(), transition);
    }

    #[test]
    fn entries_stay_within_their_bounds(seed: u64) {
        let bounds = RandomTransition {
            classes: 5, trace: 3.5, diagonal: (0.6, 0.8), off_diagonal: (0.02, 0.2), ..RandomTransition::default()
        };
        let transition = bounds.matrix(seed).unwrap();
        for ((i, j), entry) in transition.view().indexed_iter() {
            let (low, high) = if i == j { bounds.diagonal } else { bounds.off_diagonal };
            prop_assert!((low - TOLERANCE..=high + TOLERANCE).contains(entry), "{entry} at {i}, {j}");
        }
    }

    #[test]
    fn a_learnable_matrix_beats_chance_in_every_class(
        weights in prop::collection::vec(1..20u32, 2..7), excess in 0.3..1.0, seed: u64,
    ) {
        let (prior, classes) = (prior(&weights), weights.len());
        let trace = 1.0 + excess * (classes as f64 - 1.0);
        let generator = RandomTransition {
            classes, trace, learnable_under: Some(prior.clone()), ..RandomTransition::default()
        };
        let transition = generator.matrix(seed).unwrap();
        for class in 0..classes {
            let given: f64 = (0..classes).map(|truth| prior[truth] * transition.probability(truth, class)).sum();
            let joint = prior[class] * transition.probability(class, class);
            prop_assert!(joint > prior[class] * given);
        }
    }

    #[test]
    fn learnable_means_joint_above_product_for_every_class_present(
        weights in prop::collection::vec(0..4u32, 4), seed: u64, trace in 0.1..4.0,
    ) {
        prop_assume!(weights.iter().sum::<u32>() > 0);
        let prior = prior(&weights);
        let transition = RandomTransition { classes: 4, trace, ..RandomTransition::default() }.matrix(seed).unwrap();
        let joint = |i: usize, j: usize| prior[i] * transition.probability(i, j);
        let beats = |c: usize| joint(c, c) > prior[c] * (0..4).map(|i| joint(i, c)).sum::<f64>();
        let expected = (0..4).all(|class| prior[class] == 0.0 || beats(class));
        prop_assert_eq!(is_learnable(&transition, &prior).unwrap(), expected);
    }
}

#[test]
fn a_full_trace_is_the_identity() {
    for classes in [2, 3, 10] {
        let generator = RandomTransition { classes, trace: classes as f64, ..RandomTransition::default() };
        assert_eq!(generator.matrix(51).unwrap(), NoiseTransition::identity(classes).unwrap());
    }
}

#[test]
fn more_zeros_than_noisy_rows_can_hold_make_rows_free_of_noise() {
    let half = RandomTransition { classes: 2, trace: 1.6, zero_fraction: 0.5, ..RandomTransition::default() };
    let transition = half.matrix(51).unwrap();
    assert_eq!(off_diagonal_zeros(&transition), 1);
    let mut kept = transition.view().diag().to_vec();
    kept.sort_by(f64::total_cmp);
    assert!((kept[0] - 0.6).abs() < TOLERANCE && kept[1] == 1.0, "{kept:?}");
}

#[test]
fn what_no_matrix_can_have_is_an_error_naming_it() {
    let base = RandomTransition { classes: 3, trace: 2.0, ..RandomTransition::default() };
    let message = |generator: RandomTransition| generator.matrix(51).unwrap_err().to_string();
    let cases = [
        (RandomTransition { classes: 1, ..base.clone() }, "parameter classes is 1: it must be at least 2"),
        (
            RandomTransition { classes: usize::MAX, ..base.clone() },
            "parameter classes is 18446744073709551615: it must be at most 65536",
        ),
        (
            RandomTransition { trace: 3.1, ..base.clone() },
            "parameter trace is 3.1: it must be at least 0 and at most the number of classes",
        ),
        (
            RandomTransition { trace: f64::NAN, ..base.clone() },
            "parameter trace is NaN: it must be at least 0 and at most the number of classes",
        ),
        (
            RandomTransition { zero_fraction: -0.1, ..base.clone() },
            "parameter zero_fraction is -0.1: it must be in [0, 1]",
        ),
        (RandomTransition { diagonal: (0.5, 1.5), ..base.clone() }, "parameter diagonal is 1.5: it must be in [0, 1]"),
        (
            RandomTransition { off_diagonal: (0.5, 0.2), ..base.clone() },
            "parameter off_diagonal is 0.5: it must be at most its upper bound",
        ),
        (RandomTransition { max_tries: 0, ..base.clone() }, "parameter max_tries is 0: it must be at least 1"),
        (
            RandomTransition { diagonal: (0.9, 1.0), ..base.clone() },
            "parameter trace is 2: it must be within reach of the bounds of the entries and of zero_fraction",
        ),
        (
            RandomTransition { zero_fraction: 1.0, ..base.clone() },
            "parameter trace is 2: it must be within reach of the bounds of the entries and of zero_fraction",
        ),
        (
            RandomTransition { trace: 1.0, learnable_under: Some(vec![0.5, 0.25, 0.25]), ..base.clone() },
            "parameter trace is 1: it must be above 1 for a learnable matrix",
        ),
        (
            RandomTransition { learnable_under: Some(vec![0.5, 0.5]), ..base.clone() },
            "the class prior: 2 entries, expected 3",
        ),
        (
            RandomTransition { classes: 10, trace: 1.0001, learnable_under: Some(vec![0.1; 10]), max_tries: 5, ..base },
            "a learnable noise transition matrix is undefined: no matrix drawn within max_tries was",
        ),
    ];
    for (generator, expected) in cases {
        assert_eq!(message(generator), expected);
    }
}

#[test]
fn the_usual_matrices_have_their_entries() {
    assert_eq!(
        pair_flip_transition(3, 0.25).unwrap().view(),
        array![[0.75, 0.25, 0.0], [0.0, 0.75, 0.25], [0.25, 0.0, 0.75]]
    );
    let cifar = class_map_transition(&CIFAR10_PAIRS, 0.4).unwrap();
    assert_eq!((cifar.probability(9, 1), cifar.probability(9, 9), cifar.probability(0, 0)), (0.4, 0.6, 1.0));
    for (classes, rate) in [(1, 0.0), (2, 1.0), (100, 0.3)] {
        let uniform = vec![1.0 / classes as f64; classes];
        for transition in [symmetric_transition(classes, rate).unwrap(), pair_flip_transition(classes, rate).unwrap()] {
            assert!((transition.noise_rate(&uniform).unwrap() - rate).abs() < TOLERANCE);
        }
    }
}

#[test]
fn matrices_without_classes_or_with_bad_rates_are_errors() {
    for matrix in [symmetric_transition, pair_flip_transition] {
        assert!(matches!(matrix(0, 0.1), Err(Error::Empty { .. })));
        assert!(matches!(matrix(1, 0.1), Err(Error::TooFewClasses { .. })));
        assert!(matches!(matrix(usize::MAX, 0.1), Err(Error::Parameter { name: "classes", .. })));
        for rate in [-0.1, 1.1, f64::NAN] {
            assert!(matches!(matrix(3, rate), Err(Error::Parameter { name: "rate", .. })));
        }
    }
    let error = class_map_transition(&[1, 2], 0.1).unwrap_err();
    assert_eq!(error.to_string(), "label 2 at row 1 is not one of the 2 classes");
}
