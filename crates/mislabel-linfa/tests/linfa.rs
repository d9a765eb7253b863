//! linfa's regression agrees with ours, and what linfa lacks is filled in or refused.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use mislabel_core::{
    ClassEvidence, Embeddings, Error, Labels, ProbabilityMatrix, Result, Run, progress_fn, split_seed,
};
use mislabel_linfa::{Failure, Linfa, LinfaLogistic, Rows, Training};
use mislabel_probe::{Classifier, Probe, Sampling, SoftmaxRegression, TrainingSet};
use ndarray::Array2;

/// Both searches end where the gradient is below a tolerance, ours in f32 products: probabilities of the common
/// optimum are known to about 1e-4 in each.
const AGREEMENT: f64 = 5e-4;

fn case(n: usize, classes: usize) -> (Array2<f32>, Labels) {
    let uniform = |i: usize, j: usize| split_seed(5, &[i as u64, j as u64]) as f64 / u64::MAX as f64;
    let signal = |i: usize, j: usize| if i % classes == j { 0.6 } else { 0.0 };
    let rows = Array2::from_shape_fn((n, 6), |(i, j)| (2.0 * uniform(i, j) - 1.0 + signal(i, j)) as f32);
    (rows, Labels::new((0..n).map(|i| (i % classes) as u32).collect(), classes).unwrap())
}

fn evidence<C: Classifier>(classifier: C, rows: &Array2<f32>, given: &Labels) -> Result<ProbabilityMatrix> {
    Probe::of(classifier).evidence(&Embeddings::new(rows.view())?, given, &Run::quiet())
}

fn assert_agree(ours: &ProbabilityMatrix, theirs: &ProbabilityMatrix) {
    let differ = (&ours.view() - &theirs.view()).iter().fold(0.0_f64, |most, by| most.max(by.abs()));
    assert!(differ < AGREEMENT, "{differ}");
}

#[test]
fn at_the_same_strength_linfa_and_ours_predict_the_same() {
    for (classes, l2) in [(2, 1.0), (2, 0.1), (3, 1.0), (5, 0.3), (5, 10.0)] {
        let (rows, given) = case(150, classes);
        let ours = SoftmaxRegression { l2: Some(l2), tolerance: 1e-7, ..SoftmaxRegression::default() };
        let theirs = LinfaLogistic { l2, gradient_tolerance: 1e-6, ..LinfaLogistic::default() };
        assert_agree(&evidence(ours, &rows, &given).unwrap(), &evidence(theirs, &rows, &given).unwrap());
    }
}

#[test]
fn the_test_above_could_fail() {
    let (rows, given) = case(150, 3);
    let ours = SoftmaxRegression { l2: Some(1.0), ..SoftmaxRegression::default() };
    let theirs = LinfaLogistic { l2: 1.3, ..LinfaLogistic::default() };
    let [ours, theirs] = [evidence(ours, &rows, &given).unwrap(), evidence(theirs, &rows, &given).unwrap()];
    assert!((&ours.view() - &theirs.view()).iter().any(|by| by.abs() > 3.0 * AGREEMENT));
}

/// The binary regression of linfa gives one column: another classifier behind the same adapter.
#[test]
fn any_training_function_serves() {
    let (rows, given) = case(60, 2);
    let binary = Linfa(|training: &Training| -> Result<_, Failure> {
        let model = LogisticRegression::default().alpha(1.0).gradient_tolerance(1e-6).fit(training)?;
        let second_is_positive = model.labels().pos.class == 1;
        Ok(move |rows: &Rows| {
            let positive = model.predict_probabilities(rows);
            Rows::from_shape_fn((rows.nrows(), 2), |(i, class)| {
                if (class == 1) == second_is_positive { positive[i] } else { 1.0 - positive[i] }
            })
        })
    });
    let multinomial = LinfaLogistic { gradient_tolerance: 1e-6, ..LinfaLogistic::default() };
    assert_agree(&evidence(binary, &rows, &given).unwrap(), &evidence(multinomial, &rows, &given).unwrap());
}

#[test]
fn absent_classes_have_probability_0_and_the_others_their_place() {
    let (rows, given) = case(60, 2);
    let spread = Labels::new(given.values().iter().map(|label| 1 + 3 * label).collect(), 7).unwrap();
    let plain = evidence(LinfaLogistic::default(), &rows, &given).unwrap();
    let mapped = evidence(LinfaLogistic::default(), &rows, &spread).unwrap();
    assert_eq!(mapped.view().column(1), plain.view().column(0));
    assert_eq!(mapped.view().column(4), plain.view().column(1));
    for absent in [0, 2, 3, 5, 6] {
        assert!(mapped.view().column(absent).iter().all(|p| *p == 0.0));
    }
}

#[test]
fn one_class_is_certain() {
    let (rows, _) = case(10, 2);
    let given = Labels::new(vec![2; 10], 3).unwrap();
    let training = TrainingSet::new(rows.view(), &given, None).unwrap();
    let model = LinfaLogistic::default().fit(&training, &Run::quiet()).unwrap();
    let p = model.probabilities(rows.view()).unwrap();
    assert!(p.outer_iter().all(|p| p.to_vec() == [0.0, 0.0, 1.0]));
    assert_eq!(model.probabilities(Array2::zeros((0, 6)).view()).unwrap().dim(), (0, 3));
    assert!(matches!(model.probabilities(Array2::zeros((1, 5)).view()), Err(Error::LengthMismatch { .. })));
}

#[test]
fn weights_are_refused() {
    let (rows, given) = case(10, 2);
    let weights = [1.0; 10];
    let training = TrainingSet::new(rows.view(), &given, Some(&weights)).unwrap();
    let error = LinfaLogistic::default().fit(&training, &Run::quiet()).err().unwrap();
    assert_eq!(error.to_string(), "a weighted fit is undefined: linfa's classifiers take no sample weights");
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    let (rows, given) = case(10, 2);
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let refused = evidence(LinfaLogistic { l2: bad, ..LinfaLogistic::default() }, &rows, &given);
        assert!(matches!(refused, Err(Error::Parameter { name: "l2", .. })));
        let refused = evidence(LinfaLogistic { gradient_tolerance: bad, ..LinfaLogistic::default() }, &rows, &given);
        assert!(matches!(refused, Err(Error::Parameter { name: "gradient_tolerance", .. })));
    }
}

#[test]
fn errors_of_linfa_and_predictions_of_the_wrong_shape_are_reported() {
    let (rows, given) = case(10, 2);
    let failing = Linfa(|_: &Training| -> Result<fn(&Rows) -> Rows, Failure> { Err("no luck".into()) });
    assert_eq!(evidence(failing, &rows, &given).unwrap_err().to_string(), "no luck");
    let narrow = Linfa(|_: &Training| -> Result<_, Failure> { Ok(|rows: &Rows| Rows::ones((rows.nrows(), 1))) });
    assert!(matches!(evidence(narrow, &rows, &given), Err(Error::LengthMismatch { expected: 2, found: 1, .. })));
    let none = Linfa(|_: &Training| -> Result<_, Failure> { Ok(|rows: &Rows| rows.map(|_| f64::NAN)) });
    assert!(evidence(none, &rows, &given).is_err());
}

#[test]
fn awkward_rows_give_probabilities_or_an_error() {
    for scale in [0.0_f32, 1e-30, 1e18, 1e38] {
        let (rows, given) = case(24, 3);
        let rows = rows.mapv(|x| x * scale);
        for scaling in [mislabel_probe::FeatureScaling::None, mislabel_probe::FeatureScaling::UnitNorm] {
            let probe = Probe { scaling, sampling: Sampling::InSample, ..Probe::of(LinfaLogistic::default()) };
            let outcome = probe.evidence(&Embeddings::new(rows.view()).unwrap(), &given, &Run::quiet());
            assert!(scaling == mislabel_probe::FeatureScaling::None || outcome.is_ok(), "{scale}");
        }
    }
}

#[test]
fn cancelling_is_obeyed() {
    let (rows, given) = case(10, 2);
    let stop = progress_fn(|_, _, _| std::ops::ControlFlow::Break(()));
    let probe = Probe::of(LinfaLogistic::default());
    let outcome = probe.evidence(&Embeddings::new(rows.view()).unwrap(), &given, &Run::quiet().with_progress(&stop));
    assert!(matches!(outcome, Err(Error::Cancelled { .. })));
}
