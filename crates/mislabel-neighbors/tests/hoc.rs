//! HOC recovers planted noise, and says what it cannot.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{Labels, NoiseTransition, Run, TransitionEstimator};
use mislabel_neighbors::{Distance, Hoc, NeighborGraph, SimiFeat};
use ndarray::{Array2, array};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Six standard errors of a share of .5 of 100,000 samples, √(.5·.5/100,000) = .0016, or of .2 of 60,000, the same.
const SHARES: f64 = 0.01;

/// Samples whose true class is drawn from `prior` and whose two neighbors share it; labels drawn from T.
fn planted(transition: &NoiseTransition, prior: &[f64], n: usize, seed: u64) -> (NeighborGraph, Labels) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = |shares: &[f64]| {
        let mut left = random.random::<f64>();
        let reached = |share: &f64| {
            left -= share;
            left < 0.0
        };
        shares.iter().position(reached).unwrap_or(0)
    };
    let mut truth: Vec<usize> = (0..n).map(|_| draw(prior)).collect();
    truth.sort_unstable();
    let given = truth.iter().map(|class| draw(&transition.view().row(*class).to_vec()) as u32).collect();
    // The next two of the same class, around.
    let starts: Vec<usize> = (0..=prior.len()).map(|class| truth.partition_point(|t| *t < class)).collect();
    let next = |row: usize, step: usize| {
        let (start, end) = (starts[truth[row]], starts[truth[row] + 1]);
        (start + (row - start + step) % (end - start)) as u32
    };
    let indices = Array2::from_shape_fn((n, 2), |(row, place)| next(row, place + 1));
    let graph = NeighborGraph::new(indices, Array2::ones((n, 2)), Distance::Cosine).unwrap();
    (graph, Labels::new(given, prior.len()).unwrap())
}

fn worst(a: &NoiseTransition, b: &NoiseTransition) -> f64 {
    (&a.view() - &b.view()).fold(0.0, |worst, off| worst.max(off.abs()))
}

#[test]
fn a_planted_transition_matrix_and_prior_are_recovered() {
    let transition =
        NoiseTransition::from_true_rows(array![[0.7, 0.2, 0.1], [0.05, 0.9, 0.05], [0.0, 0.4, 0.6]]).unwrap();
    let prior = [0.5, 0.3, 0.2];
    let (graph, given) = planted(&transition, &prior, 100_000, 1);
    let fit = Hoc::default().fit(&graph, &given, &Run::quiet()).unwrap();
    assert!(worst(&fit.transition, &transition) < 0.02, "{:?}", fit.transition);
    assert!(fit.prior.iter().zip(prior).all(|(found, planted)| (found - planted).abs() < SHARES), "{:?}", fit.prior);
    let rate = transition.noise_rate(&fit.prior).unwrap();
    assert!((fit.noise_rate() - rate).abs() < SHARES);
    assert_eq!(Hoc::default().transition(&graph, &given, &Run::quiet()).unwrap(), fit.transition);
}

#[test]
fn forty_classes_with_pair_flips_are_recovered() {
    let flip = |(i, j): (usize, usize)| {
        if i == j {
            0.8
        } else if j == (i + 1) % 40 {
            0.2
        } else {
            0.0
        }
    };
    let transition = NoiseTransition::from_true_rows(Array2::from_shape_fn((40, 40), flip)).unwrap();
    let (graph, given) = planted(&transition, &[1.0 / 40.0; 40], 60_000, 2);
    let fit = Hoc::default().fit(&graph, &given, &Run::quiet()).unwrap();
    assert!(worst(&fit.transition, &transition) < 0.05, "{}", worst(&fit.transition, &transition));
    assert!((fit.noise_rate() - 0.2).abs() < SHARES, "{}", fit.noise_rate());
}

#[test]
fn clean_labels_have_no_noise_and_absent_classes_keep_theirs() {
    let identity = NoiseTransition::identity(2).unwrap();
    let (graph, given) = planted(&identity, &[0.5, 0.5], 1000, 3);
    let given = Labels::new(given.values().iter().map(|class| class * 3).collect(), 5).unwrap(); // classes 0 and 3
    let fit = Hoc::default().fit(&graph, &given, &Run::quiet()).unwrap();
    assert!(fit.noise_rate() < 5e-3, "{}", fit.noise_rate());
    assert_eq!((fit.prior[1], fit.transition.probability(4, 4)), (0.0, 1.0));
    assert_eq!(fit.wrong_shares()[2], 0.0);
}

#[test]
fn one_class_alone_is_without_noise() {
    let (graph, given) = planted(&NoiseTransition::identity(1).unwrap(), &[1.0], 10, 4);
    let fit = Hoc::default().fit(&graph, &given, &Run::quiet()).unwrap();
    assert_eq!((fit.noise_rate(), fit.prior[0]), (0.0, 1.0));
}

#[test]
fn a_class_of_one_sample_is_no_obstacle() {
    let (graph, given) = planted(&NoiseTransition::identity(2).unwrap(), &[0.5, 0.5], 50, 5);
    let mut values = given.values().to_vec();
    values[10] = 2;
    let fit = Hoc::default().fit(&graph, &Labels::new(values, 3).unwrap(), &Run::quiet()).unwrap();
    assert!(fit.noise_rate().is_finite() && fit.wrong_shares().iter().all(|share| (0.0..=1.0).contains(share)));
}

#[test]
fn bad_parameters_and_graphs_are_errors() {
    let (graph, given) = planted(&NoiseTransition::identity(2).unwrap(), &[0.5, 0.5], 50, 6);
    let message = |hoc: Hoc| hoc.fit(&graph, &given, &Run::quiet()).unwrap_err().to_string();
    assert_eq!(message(Hoc { steps: 0, ..Hoc::default() }), "parameter steps is 0: it must be at least 1");
    assert!(message(Hoc { learning_rate: f64::NAN, ..Hoc::default() }).contains("positive and finite"));
    let pair = NeighborGraph::new(array![[1], [0]], array![[0.1], [0.1]], Distance::Cosine).unwrap();
    let error = Hoc::default().fit(&pair, &Labels::new(vec![0, 1], 2).unwrap(), &Run::quiet()).unwrap_err().to_string();
    assert!(error.contains("fewer than two neighbors"), "{error}");
    let short = Labels::new(vec![0, 1], 2).unwrap();
    assert!(
        Hoc::default()
            .fit(&graph, &short, &Run::quiet())
            .unwrap_err()
            .to_string()
            .contains("given labels: 2 entries, expected 50")
    );
    let simifeat = |simifeat: SimiFeat| {
        use mislabel_core::Judge;
        simifeat.judge(&graph, &given, &Run::quiet()).unwrap_err().to_string()
    };
    assert!(simifeat(SimiFeat { neighbors: 1, ..SimiFeat::default() }).contains("parameter neighbors is 1"));
    assert!(simifeat(SimiFeat { draws: 0, ..SimiFeat::default() }).contains("parameter draws is 0"));
    assert!(simifeat(SimiFeat { share: 0.0, ..SimiFeat::default() }).contains("parameter share is 0"));
    assert!(simifeat(SimiFeat { share: f64::NAN, ..SimiFeat::default() }).contains("parameter share is NaN"));
}
