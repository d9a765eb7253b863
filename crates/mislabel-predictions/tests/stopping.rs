//! Passes over predictions report as they go, and stop when told to.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{Embeddings, Judge, Labels};
use mislabel_predictions::{Logits, Mistakenness, Representativeness, hardness_of_probabilities};
use mislabel_testkit::laws::every_report_can_stop;
use ndarray::Array2;

/// More than four blocks of 256.
const SAMPLES: usize = 1_100;

#[test]
fn every_pass_stops_at_every_report() {
    let logits = Array2::from_shape_fn((SAMPLES, 3), |(row, class)| ((row * 7 + class * 5) % 11) as f32);
    let given = Labels::new((0..SAMPLES).map(|row| (row % 3) as u32).collect(), 3).unwrap();
    let source = Embeddings::new(logits.view()).unwrap();
    let logits = Logits::new(logits.clone()).unwrap();
    let probabilities = logits.softmax().unwrap();
    let judge = Mistakenness::default();
    assert_eq!(every_report_can_stop(&|run| judge.judge(&logits, &given, run)), Ok(()));
    assert_eq!(every_report_can_stop(&|run| judge.judge(&probabilities, &given, run)), Ok(()));
    assert_eq!(every_report_can_stop(&|run| hardness_of_probabilities(&probabilities, run)), Ok(()));
    let values = Representativeness::default();
    assert_eq!(every_report_can_stop(&|run| values.values(&source, &given, run)), Ok(()));
}
