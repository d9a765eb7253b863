//! The definitions of FiftyOne Brain, evaluated elsewhere with SciPy's `softmax` and `entropy`.

#![allow(clippy::unwrap_used, reason = "tests")]

use mislabel_core::{Judge, Labels, ProbabilityMatrix, Run};
use mislabel_predictions::{
    Certainty, Logits, Mistakenness, Predictions, hardness, hardness_of_probabilities, uniqueness,
};
use ndarray::{Array2, array};

/// The rounding of a few exponentials and logarithms.
const TOLERANCE: f64 = 1e-12;

fn logits() -> Array2<f32> {
    array![[2.0, -1.0, 0.5], [0.25, 0.5, -0.75], [30.0, 10.0, 20.0], [0.0, 0.0, 4.0]]
}

fn softmax(logits: &Array2<f32>) -> ProbabilityMatrix {
    let mut exponentials = logits.mapv(|logit| f64::from(logit).exp());
    exponentials.outer_iter_mut().for_each(|mut row| row /= row.sum());
    ProbabilityMatrix::new(exponentials).unwrap()
}

fn given() -> Labels {
    Labels::new(vec![0, 0, 2, 2], 3).unwrap()
}

fn close<'a>(found: impl IntoIterator<Item = &'a f64>, expected: &[f64]) {
    let found: Vec<f64> = found.into_iter().copied().collect();
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < TOLERANCE), "{found:?} against {expected:?}");
}

#[test]
fn mistakenness_with_logits_is_fiftyones() {
    let expected =
        [0.231_453_658_326_608_36, 0.685_240_438_762_526_2, 0.999_750_351_911_138_1, 0.081_245_670_344_512_97];
    let issues = Mistakenness::default().judge(&Logits::new(logits()).unwrap(), &given(), &Run::quiet()).unwrap();
    close(issues.score(), &expected);
    close(Mistakenness::default().judge(&softmax(&logits()), &given(), &Run::quiet()).unwrap().score(), &expected);
    assert_eq!(issues.is_issue().to_vec(), [false, true, true, false]);
    assert_eq!(issues.suggested().values(), [0, 1, 0, 2]);
}

#[test]
fn mistakenness_with_confidence_is_fiftyones() {
    let expected =
        [0.107_201_482_705_362_06, 0.742_094_925_253_899, 0.999_977_300_035_165_5, 0.017_668_422_014_048_113];
    let detector = Mistakenness { certainty: Certainty::Confidence, ..Mistakenness::default() };
    close(detector.judge(&Logits::new(logits()).unwrap(), &given(), &Run::quiet()).unwrap().score(), &expected);
    close(detector.judge(&softmax(&logits()), &given(), &Run::quiet()).unwrap().score(), &expected);
}

#[test]
fn hardness_is_the_entropy_of_the_softmax() {
    let expected =
        [0.621_584_604_679_274_5, 0.992_953_448_195_914_6, 0.000_499_420_867_566_600_9, 0.177_323_675_860_577_57];
    let found: Vec<f64> = hardness(&Logits::new(logits()).unwrap()).into_iter().flatten().collect();
    close(&found, &expected);
    close(&hardness_of_probabilities(&softmax(&logits()), &Run::quiet()).unwrap(), &expected);
}

#[test]
fn uniqueness_is_the_weighted_mean_of_three_distances() {
    const EXPECTED: [f64; 3] = [0.307_692_307_692_307_76, 1.0, 0.865_384_615_384_615_4];
    let distances = array![[0.1, 0.2, 0.4], [0.5, 0.5, 0.7], [0.05, 0.9, 1.5]];
    close(&uniqueness(distances.view()).unwrap(), &EXPECTED);
    let huge = uniqueness(distances.mapv(|d| d * 1e308).view()).unwrap();
    close(&huge, &EXPECTED);
}

#[test]
fn a_missing_prediction_is_mistakenness_one_and_suggests_the_given_label() {
    let logits = Logits::with_missing(array![[f32::NAN, 1.0], [1.0, 0.0]], vec![true, false]).unwrap();
    let issues = Mistakenness::default().judge(&logits, &Labels::new(vec![1, 0], 2).unwrap(), &Run::quiet()).unwrap();
    assert_eq!((issues.score()[0], issues.is_issue()[0], issues.suggested().class(0)), (1.0, true, 1));
    assert_eq!(hardness(&logits)[0], None);
    let predictions = Predictions::new(vec![None], 3).unwrap();
    let issues = Mistakenness::default().judge(&predictions, &Labels::new(vec![2], 3).unwrap(), &Run::quiet()).unwrap();
    assert_eq!((issues.quality().as_slice()[0], issues.suggested().class(0)), (0.0, 2));
}
