//! The model finds what was put into data that it describes.

use mislabel_core::{ErrorSummary, Labels, NearestErrors, NoiseTransition, Run, VerifiedLabels};
use mislabel_posterior::{Bootstrap, FlagRule, Posterior, PosteriorModel};
use ndarray::{Array1, Array2, array};

/// Were true labels known, a share of .15 of 6,000 samples had a standard error of .0046; classes that overlap leave a
/// few times that.
const RATE: f64 = 0.03;

/// Three standard errors of a share of 200 samples: 3·√(.5·.5/200) = .106.
const OF_200: f64 = 0.1;

/// Four standard errors of a share of .1 of the 1,000 samples of a class: 4·√(.1·.9/1000) = .038.
const OF_A_CLASS: f64 = 0.04;

/// A number in [0, 1) that looks random.
fn chance(seed: usize) -> f64 {
    let mut x = (seed as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// The entry of `shares` that `chance` in [0, 1) falls on.
fn drawn(shares: impl Iterator<Item = f64>, chance: f64) -> usize {
    let mut sum = 0.0;
    shares
        .take_while(|share| {
            sum += share;
            sum <= chance
        })
        .count()
}

const SAMPLES: usize = 6000;
const BETA: f64 = 8.0;

/// Errors drawn evenly, true classes by the classifier they imply, given labels by the transition matrix.
fn data(transition: &NoiseTransition) -> (Array2<f64>, Vec<u32>, Vec<u32>) {
    let k = transition.class_count();
    let errors = Array2::from_shape_fn((SAMPLES, k), |(i, c)| 0.5 + chance(i * k + c));
    let (mut truth, mut given) = (Vec::new(), Vec::new());
    for (i, row) in errors.outer_iter().enumerate() {
        let weights = row.mapv(|error| (-BETA * error).exp());
        let total = weights.sum();
        let class = drawn(weights.iter().map(|w| w / total), chance(1_000_003 + i)).min(k - 1);
        truth.push(class as u32);
        given.push(drawn((0..k).map(|j| transition.probability(class, j)), chance(7_000_001 + i)).min(k - 1) as u32);
    }
    (errors, truth, given)
}

fn nearest(errors: &Array2<f64>, given: &Labels, width: usize) -> NearestErrors {
    let summary = ErrorSummary::from_dense(errors.view(), given).expect("errors");
    let (mut classes, mut values) = (Array2::zeros((SAMPLES, width)), Array2::zeros((SAMPLES, width)));
    for (i, row) in errors.outer_iter().enumerate() {
        let mut others: Vec<usize> = (0..row.len()).filter(|class| *class != given.class(i)).collect();
        others.sort_by(|a, b| row[*a].total_cmp(&row[*b]));
        for (place, class) in others.into_iter().take(width).enumerate() {
            classes[[i, place]] = class as u32;
            values[[i, place]] = row[class] as f32;
        }
    }
    NearestErrors::new(summary, classes, values).expect("nearest errors")
}

fn fitted(errors: &Array2<f64>, given: &[u32], width: usize) -> Posterior {
    let given = Labels::new(given.to_vec(), errors.ncols()).expect("labels");
    PosteriorModel::default().posterior(&nearest(errors, &given, width), &given, &Run::quiet()).expect("a posterior")
}

#[test]
fn the_noise_transition_matrix_and_the_noise_rate_are_those_put_in() {
    let matrix = array![[0.8, 0.2, 0.0, 0.0], [0.0, 0.9, 0.1, 0.0], [0.0, 0.0, 1.0, 0.0], [0.1, 0.1, 0.1, 0.7]];
    let transition = NoiseTransition::from_true_rows(matrix).expect("a matrix");
    let (errors, truth, given) = data(&transition);
    let posterior = fitted(&errors, &given, 3);
    let rate = truth.iter().zip(&given).filter(|(truth, given)| truth != given).count() as f64 / SAMPLES as f64;
    assert!((posterior.noise_rate() - rate).abs() < RATE, "{} {rate}", posterior.noise_rate());
    // The standard error of a share of 0.2 of 1,500 samples is 0.01, more where classes overlap, as here.
    let off = (&posterior.transition().view() - &transition.view()).mapv(f64::abs);
    assert!(off.iter().all(|off| *off < 0.08), "{:.3}", posterior.transition().view());
}

#[test]
fn probabilities_are_calibrated() {
    let transition =
        NoiseTransition::from_true_rows(Array2::from_shape_fn((5, 5), |(i, j)| if i == j { 0.8 } else { 0.05 }));
    let (errors, truth, given) = data(&transition.expect("a matrix"));
    let mistake = fitted(&errors, &given, 4).error_probability();
    for tenth in 0..10 {
        let rows: Vec<usize> = (0..SAMPLES).filter(|row| ((mistake[*row] * 10.0) as usize).min(9) == tenth).collect();
        if rows.len() < 200 {
            continue;
        }
        let expected = rows.iter().map(|row| mistake[*row]).sum::<f64>() / rows.len() as f64;
        let found = rows.iter().filter(|row| truth[**row] != given[**row]).count() as f64 / rows.len() as f64;
        assert!((expected - found).abs() < OF_200, "{expected} {found} of {}", rows.len());
    }
}

#[test]
fn the_nearest_classes_stand_for_all() {
    let k = 30;
    let share = |i: usize, j: usize| if i == j { 0.8 } else { 0.2 / (k - 1) as f64 };
    let transition = NoiseTransition::from_true_rows(Array2::from_shape_fn((k, k), |(i, j)| share(i, j)));
    let (mut errors, _, given) = data(&transition.expect("a matrix"));
    // Most classes are far away, as in embeddings.
    errors.mapv_inplace(|error| if error > 0.8 { error + 1.0 } else { error });
    let (all, some) = (fitted(&errors, &given, k - 1), fitted(&errors, &given, 14));
    let (all, some) = (all.error_probability(), some.error_probability());
    let pairs = all.iter().zip(&some);
    let differences: Array1<f64> = pairs.map(|(all, some)| (all - some).abs()).collect();
    assert!(differences.mean() < Some(0.02), "{:?}", differences.mean());
}

#[test]
fn a_precision_and_a_rate_mean_what_they_say() {
    let transition =
        NoiseTransition::from_true_rows(Array2::from_shape_fn((5, 5), |(i, j)| if i == j { 0.8 } else { 0.05 }));
    let (errors, truth, given) = data(&transition.expect("a matrix"));
    let posterior = fitted(&errors, &given, 4);
    let wrong = |row: usize| truth[row] != given[row];
    for precision in [0.5, 0.7] {
        let flags = posterior.flags(FlagRule::Precision(precision)).expect("flags");
        let flagged: Vec<usize> = (0..SAMPLES).filter(|row| flags[*row]).collect();
        let found = flagged.iter().filter(|row| wrong(**row)).count() as f64 / flagged.len() as f64;
        assert!(flagged.len() > 100 && (found - precision).abs() < OF_200, "{found} of {}", flagged.len());
    }
    let flags = posterior.flags(FlagRule::NoiseRate(0.25)).expect("flags");
    assert_eq!(flags.iter().filter(|flag| **flag).count(), SAMPLES / 4);
}

/// Errors of six classes, of which 0 and 1, 2 and 3, 4 and 5 are hard to tell apart.
fn overlapping() -> Array2<f64> {
    let pair = |i: usize| (6.0 * chance(11 * i + 5)) as usize / 2;
    Array2::from_shape_fn((SAMPLES, 6), |(i, c)| chance(i * 6 + c) * 0.3 + if c / 2 == pair(i) { 0.5 } else { 1.5 })
}

/// The greatest distance of the share of flips that go to the other class of a pair from what it is when any may.
fn direction(posterior: &Posterior) -> f64 {
    let transition = posterior.transition();
    let share = |class: usize| transition.probability(class, class ^ 1) / (1.0 - transition.probability(class, class));
    (0..6).map(|class| (share(class) - 0.2).abs()).fold(0.0, f64::max)
}

#[test]
fn classes_that_overlap_are_no_direction_of_errors_and_directed_errors_are() {
    let errors = overlapping();
    let truth: Vec<u32> = errors
        .outer_iter()
        .enumerate()
        .map(|(row, errors)| {
            let weights = errors.mapv(|error| (-BETA * error).exp());
            let total = weights.sum();
            drawn(weights.iter().map(|weight| weight / total), chance(1_000_003 + row)).min(5) as u32
        })
        .collect();
    let noisy = |other: &dyn Fn(usize, u32) -> u32| -> Vec<u32> {
        let flip =
            |(row, class): (usize, &u32)| if chance(7_000_001 + row) < 0.1 { other(row, *class) } else { *class };
        truth.iter().enumerate().map(flip).collect()
    };
    let anywhere = noisy(&|row, class| (class + 1 + (5.0 * chance(9_000_001 + row)) as u32) % 6);
    let directed = noisy(&|_, class| (class + 2) % 6);
    assert!(direction(&fitted(&errors, &anywhere, 5)) < 0.1, "{}", direction(&fitted(&errors, &anywhere, 5)));
    let posterior = fitted(&errors, &directed, 5);
    let to_next = (0..6).map(|class| posterior.transition().probability(class, (class + 2) % 6));
    assert!(to_next.clone().all(|share| (share - 0.1).abs() < OF_A_CLASS), "{:?}", to_next.collect::<Vec<_>>());
}

#[test]
fn what_neighbors_are_labeled_counts() {
    let even = NoiseTransition::from_true_rows(Array2::from_shape_fn((4, 4), |(i, j)| if i == j { 0.7 } else { 0.1 }));
    let (errors, truth, given) = data(&even.expect("a matrix"));
    let labels = Labels::new(given.clone(), 4).expect("labels");
    // Five of another sample's own true class, as far as neighbors go.
    let mut of_class: Vec<Vec<u32>> = vec![Vec::new(); 4];
    truth.iter().enumerate().for_each(|(row, class)| of_class[*class as usize].push(row as u32));
    let neighbors = Array2::from_shape_fn((SAMPLES, 5), |(row, column)| {
        let same = &of_class[truth[row] as usize];
        same[(chance(5 * row + column + 11) * same.len() as f64) as usize]
    });
    let nearest = nearest(&errors, &labels, 3);
    let without = PosteriorModel::default().posterior(&nearest, &labels, &Run::quiet()).expect("a posterior");
    let with = PosteriorModel::default().posterior_with_neighbors(&nearest, neighbors.view(), &labels, &Run::quiet());
    let right = |posterior: &Posterior| {
        posterior.suggested().values().iter().zip(&truth).filter(|(suggested, truth)| suggested == truth).count()
    };
    let (without, with) = (right(&without), right(&with.expect("a posterior")));
    assert!(with > without + SAMPLES / 50, "{with} {without}");
}

#[test]
fn the_interval_of_the_noise_rate_is_as_wide_as_chance_makes_it() {
    let even = NoiseTransition::from_true_rows(Array2::from_shape_fn((5, 5), |(i, j)| if i == j { 0.8 } else { 0.05 }));
    let (errors, _, given) = data(&even.expect("a matrix"));
    let (given, model) = (Labels::new(given, 5).expect("labels"), PosteriorModel::default());
    let nearest = nearest(&errors, &given, 4);
    let posterior = model.posterior(&nearest, &given, &Run::quiet()).expect("a posterior");
    let bootstrap = Bootstrap { replicates: 12, rounds: 5, seed: 1 };
    let interval = |seed: u64| {
        let bootstrap = Bootstrap { seed, ..bootstrap };
        model.noise_rate_interval(&posterior, &nearest, None, &given, &bootstrap, &Run::quiet()).expect("an interval")
    };
    let (one, again) = (interval(1), interval(1));
    assert_eq!(one, again);
    assert_eq!(one.rate(), posterior.noise_rate());
    // Were true labels known, a share of .2 of 6,000 samples had .005; classes that overlap leave a few times that.
    assert!((0.004..0.03).contains(&one.standard_error()), "{one}");
}

#[test]
fn verified_labels_put_a_wrong_belief_right() {
    let even = NoiseTransition::from_true_rows(Array2::from_shape_fn((5, 5), |(i, j)| if i == j { 0.8 } else { 0.05 }));
    let (errors, truth, given) = data(&even.expect("a matrix"));
    let given = Labels::new(given, 5).expect("labels");
    // Believes that errors crowd where they do not.
    let model = PosteriorModel { boundary: 20.0, ..PosteriorModel::default() };
    let posterior = model.posterior(&nearest(&errors, &given, 4), &given, &Run::quiet()).expect("a posterior");
    let known = VerifiedLabels::none(&given);
    let ask = posterior.verification_sample(200, &known, 3).expect("samples");
    assert_eq!(ask.len(), 200);
    assert_eq!(ask, posterior.verification_sample(200, &known, 3).expect("samples"));
    let answers = ask.iter().map(|row| truth[*row]).collect();
    let verified = VerifiedLabels::new(ask.clone(), answers, &given).expect("answers");
    let (after, noise_rate) = posterior.verified(&given, &verified).expect("a posterior");
    let rate = truth.iter().zip(given.values()).filter(|(truth, given)| truth != given).count() as f64 / SAMPLES as f64;
    let off = |posterior: &Posterior| (posterior.noise_rate() - rate).abs();
    assert!(off(&after) < off(&posterior) && off(&after) < 3.0 * noise_rate.standard_error(), "{noise_rate} {rate}");
    let more = posterior.verification_sample(100, &verified, 4).expect("samples");
    assert!(more.iter().all(|row| verified.of(*row).is_none()));
    assert_eq!(posterior.verification_sample(usize::MAX, &known, 0).expect("samples").len(), SAMPLES);
}

#[test]
fn a_fit_to_some_samples_that_ends_on_all_says_what_a_fit_to_all_says() {
    /// Three standard errors, √(.15·.85/3000), of a rate that 3,000 samples tell.
    const TOLERANCE: f64 = 0.02;
    let even =
        NoiseTransition::from_true_rows(Array2::from_shape_fn((4, 4), |(i, j)| if i == j { 0.85 } else { 0.05 }));
    let (errors, _, given) = data(&even.expect("a matrix"));
    let given = Labels::new(given, 4).expect("labels");
    let errors = nearest(&errors, &given, 3);
    let posterior = |sample: usize, seed: u64| {
        let model = PosteriorModel { sample, seed, ..PosteriorModel::default() };
        model.posterior(&errors, &given, &Run::quiet()).expect("a posterior")
    };
    let (all, some, other) = (posterior(SAMPLES, 0), posterior(3000, 0), posterior(3000, 1));
    let started_elsewhere = posterior(SAMPLES, 1);
    assert!(some != all && some != other, "a sample was drawn");
    assert_eq!(some, posterior(3000, 0));
    for fit in [&some, &other, &started_elsewhere] {
        let (found, expected) = (fit.noise_rate(), all.noise_rate());
        assert!((found - expected).abs() < TOLERANCE, "{found} {expected}");
        let apart =
            fit.quality().as_slice().iter().zip(all.quality().as_slice()).map(|(a, b)| (a - b).abs()).sum::<f64>();
        assert!(apart / SAMPLES as f64 <= TOLERANCE, "{apart}");
    }
    let none = PosteriorModel { sample: 0, ..PosteriorModel::default() };
    assert!(none.posterior(&errors, &given, &Run::quiet()).unwrap_err().to_string().contains("sample is 0"));
}
