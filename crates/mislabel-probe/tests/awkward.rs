//! Inputs that break careless code: a result that is defined, or an error that names what is off.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use std::ops::ControlFlow;

use mislabel_core::{
    ClassEvidence, Embeddings, Error, Labels, ProbabilityMatrix, Result, Run, WeightedEvidence, progress_fn, split_seed,
};
use mislabel_metrics::Calibration;
use mislabel_probe::{
    Folds, ProbabilityModel, Probe, Sampling, SoftmaxModel, SoftmaxRegression, Temperature, TrainingSet,
    calibration_error,
};
use ndarray::{Array2, array};

/// The fit stops where no entry of the gradient exceeds 1e-4: that of an intercept is what its class's share is off by.
const STOPPED: f64 = 1e-3;

/// Sixty halvings of the range of log temperatures leave nothing but rounding.
const AT_THE_END: f64 = 1e-9;

fn random_rows(n: usize, d: usize) -> Array2<f32> {
    Array2::from_shape_fn((n, d), |(i, j)| (split_seed(7, &[i as u64, j as u64]) % 2000) as f32 / 1000.0 - 1.0)
}

fn labels(values: impl IntoIterator<Item = u32>, classes: usize) -> Labels {
    Labels::new(values.into_iter().collect(), classes).unwrap()
}

fn probed(probe: &Probe, rows: &Array2<f32>, given: &Labels) -> Result<ProbabilityMatrix> {
    probe.evidence(&Embeddings::new(rows.view())?, given, &Run::quiet())
}

fn in_folds(folds: usize) -> Probe {
    Probe { sampling: Sampling::OutOfSample { folds }, ..Probe::default() }
}

fn in_sample() -> Probe {
    Probe { sampling: Sampling::InSample, ..Probe::default() }
}

fn model(rows: &Array2<f32>, given: &Labels, weights: Option<&[f64]>, l2: Option<f64>) -> Result<SoftmaxModel> {
    let training = TrainingSet::new(rows.view(), given, weights)?;
    SoftmaxRegression { l2, ..SoftmaxRegression::default() }.model(&training, &Run::quiet())
}

#[test]
fn all_labels_equal_are_too_few_classes_for_a_probe() {
    let error = probed(&Probe::default(), &random_rows(10, 2), &labels([1; 10], 3)).unwrap_err();
    assert_eq!(error.to_string(), "1 of 3 classes have samples: at least 2 must");
}

#[test]
fn a_regression_on_one_class_is_certain_of_it() {
    for l2 in [None, Some(0.0), Some(1.0)] {
        let fitted = model(&random_rows(10, 2), &labels([1; 10], 3), None, l2).unwrap();
        assert_eq!(fitted.present_classes(), [1]);
        let p = fitted.probabilities(random_rows(3, 2).view()).unwrap();
        assert!(p.outer_iter().all(|p| p.to_vec() == [0.0, 1.0, 0.0]), "{p}");
    }
}

#[test]
fn the_one_sample_of_a_class_gives_its_class_probability_0_where_it_is_held_out_itself() {
    let given = labels((0..30).map(|i| if i == 7 { 2 } else { i % 2 }), 3);
    let p = probed(&in_folds(5), &random_rows(30, 3), &given).unwrap();
    let folds = Folds::stratified(&given, 5, 0).unwrap();
    for (row, p) in p.view().outer_iter().enumerate() {
        let held_out_together = folds.assignment()[row] == folds.assignment()[7];
        assert_eq!(p[2] == 0.0, held_out_together, "sample {row}: {p}");
    }
}

#[test]
fn classes_without_samples_have_probability_0() {
    for probe in [in_folds(3), in_sample()] {
        let p = probed(&probe, &random_rows(20, 3), &labels((0..20).map(|i| 1 + 3 * (i % 2)), 9)).unwrap();
        assert_eq!(p.view().ncols(), 9);
        for absent in [0, 2, 3, 5, 6, 7, 8] {
            assert!(p.view().column(absent).iter().all(|p| *p == 0.0));
        }
    }
}

#[test]
fn folds_must_be_two_to_n() {
    let (rows, given) = (random_rows(6, 2), labels([0, 1, 0, 1, 0, 1], 2));
    let refused = |folds| probed(&in_folds(folds), &rows, &given).unwrap_err().to_string();
    assert_eq!(refused(0), "parameter folds is 0: it must be at least 2");
    assert_eq!(refused(1), "parameter folds is 1: it must be at least 2");
    assert!(refused(7).contains("at most the number of samples"), "{}", refused(7));
    assert!(refused(usize::MAX).contains("at most the number of samples"));
    assert!(probed(&in_folds(6), &rows, &given).is_ok());
}

#[test]
fn two_samples_of_two_classes_are_each_predicted_from_the_other() {
    let p = probed(&in_folds(2), &array![[0.0], [1.0]], &labels([0, 1], 2)).unwrap();
    assert_eq!(p.into_array(), array![[0.0, 1.0], [1.0, 0.0]]);
}

#[test]
fn rows_that_tell_nothing_give_the_shares_of_the_training_labels() {
    let given = labels((0..40).map(|i| u32::from(i % 4 == 0)), 2);
    for rows in [Array2::zeros((40, 3)), Array2::from_elem((40, 1), 0.7_f32), Array2::from_elem((40, 2), 3e38)] {
        for probe in [in_folds(4), in_sample()] {
            let p = probed(&probe, &rows, &given).unwrap();
            // 30 of the 40 labels, of which a fold holds out ten: seven or eight.
            let shares = [22.0 / 30.0, 0.75, 23.0 / 30.0];
            let is_share = |p: &f64| shares.iter().any(|share| (p - share).abs() < STOPPED);
            assert!(p.view().column(0).iter().all(is_share), "{}", p.view());
        }
    }
}

/// Probabilities do not depend on the unit of the rows, though the strength is relative to it.
#[test]
fn huge_and_tiny_rows_give_the_probabilities_of_ordinary_ones() {
    let (rows, given) = (random_rows(60, 3), labels((0..60).map(|i| i % 3), 3));
    for scaling in [mislabel_probe::FeatureScaling::None, mislabel_probe::FeatureScaling::UnitNorm] {
        for probe in [in_folds(4), in_sample()].map(|probe| Probe { scaling, ..probe }) {
            let ordinary = probed(&probe, &rows, &given).unwrap();
            for scale in [1e18_f32, 1e-18, 1e37, 1e-37] {
                let scaled = probed(&probe, &rows.mapv(|x| x * scale), &given).unwrap();
                let differs = (&ordinary.view() - &scaled.view()).iter().fold(0.0_f64, |a, b| a.max(b.abs()));
                assert!(differs < 2e-3, "{scale}: {differs}");
            }
        }
    }
}

#[test]
fn one_huge_row_among_ordinary_ones_does_no_harm() {
    let given = labels((0..60).map(|i| i % 3), 3);
    for huge in [1e18_f32, 1e38, -3e38] {
        let mut rows = random_rows(60, 3);
        rows.row_mut(5).fill(huge);
        for scaling in [mislabel_probe::FeatureScaling::None, mislabel_probe::FeatureScaling::Standardized] {
            assert!(probed(&Probe { scaling, ..in_folds(4) }, &rows, &given).is_ok(), "{huge}");
        }
    }
}

#[test]
fn separable_classes_have_an_optimum_only_with_a_penalty_and_a_result_without() {
    let rows = Array2::from_shape_fn((20, 2), |(i, j)| (i % 2) as f32 * 2.0 - 1.0 + 0.01 * j as f32);
    let given = labels((0..20).map(|i| i % 2), 2);
    for l2 in [Some(0.0), Some(1e-300), Some(1e300), None] {
        let fitted = model(&rows, &given, None, l2).unwrap();
        let p = fitted.probabilities(rows.view()).unwrap();
        assert!(p.iter().all(|p| (0.0..=1.0).contains(p)), "{l2:?}: {p}");
        assert!(l2 == Some(1e300) || p[[0, 0]] > 0.99, "{l2:?}: {p}");
    }
}

#[test]
fn a_sample_of_weight_0_teaches_nothing_and_a_weight_of_2_counts_twice() {
    let (rows, given) = (random_rows(40, 2), labels((0..40).map(|i| i % 2), 2));
    let weights: Vec<f64> = (0..40).map(|i| f64::from(i % 3)).collect();
    let repeated: Vec<usize> = (0..40).flat_map(|i| vec![i; i % 3]).collect();
    let weighted = model(&rows, &given, Some(&weights), Some(0.5)).unwrap();
    let repeated_given = labels(repeated.iter().map(|row| given.values()[*row]), 2);
    let copied = model(&rows.select(ndarray::Axis(0), &repeated), &repeated_given, None, Some(0.5)).unwrap();
    let differ = (&weighted.coefficients() - &copied.coefficients()).mapv(f64::abs);
    assert!(differ.iter().all(|difference| *difference < 2e-3), "{differ}");
}

#[test]
fn only_the_ratios_of_weights_and_strength_matter() {
    let (rows, given) = (random_rows(40, 2), labels((0..40).map(|i| i % 2), 2));
    let fitted = |weight: f64, l2: Option<f64>| {
        let weights = [weight; 40];
        model(&rows, &given, Some(&weights), l2.map(|l2| l2 * weight)).unwrap().coefficients()
    };
    for l2 in [Some(1.0), None] {
        let ordinary = fitted(1.0, l2);
        for weight in [1e-100, 1e-18, 1e18, 1e99] {
            let differ = (&fitted(weight, l2) - &ordinary).mapv(f64::abs);
            assert!(differ.iter().all(|difference| *difference < 1e-3), "{weight} {l2:?}: {differ}");
        }
    }
}

#[test]
fn weights_that_are_none_are_refused_with_their_row() {
    let (rows, given) = (random_rows(6, 2), labels([0, 1, 0, 1, 0, 1], 2));
    for bad in [f64::NAN, -1.0, f64::INFINITY, -1e-300] {
        let mut weights = [1.0; 6];
        weights[3] = bad;
        let error = Probe::default()
            .weighted_evidence(&Embeddings::new(rows.view()).unwrap(), &given, &weights, &Run::quiet())
            .unwrap_err();
        assert!(matches!(error, Error::OutOfRange { what: "sample weights", row: 3, .. }), "{error}");
    }
    let zeros = [0.0; 6];
    assert!(matches!(model(&rows, &given, Some(&zeros), None), Err(Error::Undefined { .. })));
    let short = [1.0; 5];
    assert!(matches!(
        model(&rows, &given, Some(&short), None),
        Err(Error::LengthMismatch { expected: 6, found: 5, .. })
    ));
}

#[test]
fn a_fold_whose_training_set_weighs_nothing_is_undefined() {
    let (rows, given) = (random_rows(6, 2), labels([0, 1, 0, 1, 0, 1], 2));
    let mut weights = [0.0; 6];
    weights[0] = 1.0;
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let refused = Probe::default().weighted_evidence(&embeddings, &given, &weights, &Run::quiet());
    assert!(matches!(refused, Err(Error::Undefined { .. })));
}

#[test]
fn rows_that_are_not_finite_are_refused_with_their_place() {
    let given = labels([0, 1, 0, 1], 2);
    for bad in [f32::NAN, f32::INFINITY] {
        let mut rows = random_rows(4, 2);
        rows[[2, 1]] = bad;
        let refused = TrainingSet::new(rows.view(), &given, None);
        assert!(matches!(refused, Err(Error::NotFinite { row: 2, column: 1, .. })));
    }
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    let (rows, given) = (random_rows(6, 2), labels([0, 1, 0, 1, 0, 1], 2));
    for l2 in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(model(&rows, &given, None, Some(l2)), Err(Error::Parameter { name: "l2", .. })));
    }
    let training = TrainingSet::new(rows.view(), &given, None).unwrap();
    for tolerance in [-1.0, f64::NAN, f64::INFINITY] {
        let regression = SoftmaxRegression { tolerance, ..SoftmaxRegression::default() };
        assert!(matches!(regression.model(&training, &Run::quiet()), Err(Error::Parameter { name: "tolerance", .. })));
    }
}

#[test]
fn no_iterations_give_equal_probabilities() {
    let (rows, given) = (random_rows(6, 2), labels([0, 1, 0, 1, 0, 1], 2));
    let training = TrainingSet::new(rows.view(), &given, None).unwrap();
    let regression = SoftmaxRegression { l2: Some(1.0), max_iterations: 0, ..SoftmaxRegression::default() };
    let fitted = regression.model(&training, &Run::quiet()).unwrap();
    assert!(fitted.probabilities(rows.view()).unwrap().iter().all(|p| *p == 0.5));
    assert!(!fitted.converged());
}

#[test]
fn rows_of_another_width_are_not_predicted() {
    let fitted = model(&random_rows(6, 2), &labels([0, 1, 0, 1, 0, 1], 2), None, Some(1.0)).unwrap();
    let refused = fitted.probabilities(random_rows(3, 4).view());
    assert!(matches!(refused, Err(Error::LengthMismatch { expected: 2, found: 4, .. })));
    assert_eq!(fitted.probabilities(Array2::zeros((0, 2)).view()).unwrap().dim(), (0, 2));
}

#[test]
fn folds_of_ones_own_are_checked() {
    assert!(matches!(Folds::from_assignment(vec![]), Err(Error::Empty { .. })));
    assert!(matches!(Folds::from_assignment(vec![0, 0]), Err(Error::Parameter { name: "folds", .. })));
    assert!(matches!(Folds::from_assignment(vec![0, 2, 0]), Err(Error::Undefined { .. })));
    assert!(matches!(Folds::from_assignment(vec![0, u32::MAX]), Err(Error::Parameter { name: "folds", .. })));
    assert_eq!(Folds::from_assignment(vec![1, 0, 1]).unwrap().held_out(1), [0, 2]);
    let (rows, given) = (random_rows(4, 2), labels([0, 1, 0, 1], 2));
    let folds = Folds::from_assignment(vec![0, 1, 0]).unwrap();
    let refused =
        Probe::default().evidence_in_folds(&Embeddings::new(rows.view()).unwrap(), &given, &folds, &Run::quiet());
    assert!(matches!(refused, Err(Error::LengthMismatch { expected: 4, found: 3, .. })));
}

#[test]
fn cancelling_in_a_fit_ends_it() {
    let (rows, given) = (random_rows(60, 3), labels((0..60).map(|i| i % 3), 3));
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let stop = progress_fn(|_, _, _| ControlFlow::Break(()));
    for probe in [in_folds(3), in_sample()] {
        assert!(matches!(
            probe.evidence(&embeddings, &given, &Run::quiet().with_progress(&stop)),
            Err(Error::Cancelled { .. })
        ));
    }
    let stop_at_the_end =
        progress_fn(|_, done, total| if done == total { ControlFlow::Break(()) } else { ControlFlow::Continue(()) });
    let run = Run::quiet().with_progress(&stop_at_the_end);
    assert!(matches!(in_folds(3).evidence(&embeddings, &given, &run), Err(Error::Cancelled { .. })));
}

#[test]
fn temperatures_are_positive_and_fitted_ones_stay_in_their_range() {
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(Temperature::new(bad), Err(Error::Parameter { name: "temperature", .. })));
    }
    let right = ProbabilityMatrix::new(array![[0.6, 0.4], [0.3, 0.7]]).unwrap();
    let [least, greatest] = Temperature::FITTED;
    let fitted = |given: [u32; 2]| Temperature::fit(&right, &labels(given, 2)).unwrap();
    assert!((fitted([0, 1]).value() / least - 1.0).abs() < AT_THE_END);
    assert!((fitted([1, 0]).value() / greatest - 1.0).abs() < AT_THE_END);
    let sharp = fitted([0, 1]).scale(&right).unwrap();
    assert!(sharp.view()[[0, 0]] > 1.0 - 1e-9);
    for extreme in [1e-300, 1e300] {
        assert!(Temperature::new(extreme).unwrap().scale(&right).is_ok());
    }
}

#[test]
fn probabilities_of_0_stay_0_and_are_left_out_of_a_fitted_temperature() {
    let rows = ProbabilityMatrix::new(array![[0.0, 0.9, 0.1], [0.0, 0.9, 0.1], [1.0, 0.0, 0.0]]).unwrap();
    let with_zero = Temperature::fit(&rows, &labels([1, 2, 2], 3)).unwrap();
    let without = ProbabilityMatrix::new(array![[0.0, 0.9, 0.1], [0.0, 0.9, 0.1]]).unwrap();
    assert_eq!(with_zero, Temperature::fit(&without, &labels([1, 2], 3)).unwrap());
    let scaled = with_zero.scale(&rows).unwrap();
    assert_eq!(scaled.view().row(2).to_vec(), [1.0, 0.0, 0.0]);
    assert_eq!(scaled.view()[[0, 0]], 0.0);
    assert!(matches!(Temperature::fit(&rows, &labels([0, 0, 1], 3)), Err(Error::Undefined { .. })));
}

#[test]
fn labels_that_do_not_fit_the_probabilities_are_refused() {
    let rows = ProbabilityMatrix::new(array![[0.9, 0.1], [0.5, 0.5]]).unwrap();
    assert!(matches!(Temperature::fit(&rows, &labels([0], 2)), Err(Error::LengthMismatch { .. })));
    assert!(matches!(
        Temperature::fit(&rows, &labels([0, 2], 3)),
        Err(Error::LabelOutOfRange { row: 1, label: 2, .. })
    ));
    let refused = calibration_error(&rows, &labels([0, 2], 3), &Calibration::default());
    assert!(matches!(refused, Err(Error::LabelOutOfRange { row: 1, .. })));
}
