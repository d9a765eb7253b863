//! Importances and the judge report as they go, and stop when told to.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{ClassEvidence, Embeddings, Judge, Labels, ProbabilityMatrix, split_seed};
use mislabel_coreset::{CoresetDetector, CoresetEvidence, Importance, Samples, Sensitivity};
use mislabel_testkit::laws::every_report_can_stop;
use ndarray::Array2;

/// More than two blocks of 512.
const SAMPLES: usize = 1_100;

fn rows(d: usize) -> Array2<f32> {
    let value = |(row, column): (usize, usize)| split_seed(7, &[row as u64, column as u64]) as f32 / u64::MAX as f32;
    Array2::from_shape_fn((SAMPLES, d), value)
}

fn given() -> Labels {
    Labels::new((0..SAMPLES).map(|row| u32::from(row >= 20)).collect(), 3).unwrap()
}

#[test]
fn importances_stop_at_every_report() {
    let (rows, given) = (rows(30), given());
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let samples = Samples::new(&embeddings, &given).unwrap();
    let reads = |sensitivity: &Sensitivity| !sensitivity.needs_losses() && *sensitivity != Sensitivity::Uniform;
    for sensitivity in Sensitivity::ALL.into_iter().filter(reads) {
        let verdict = every_report_can_stop(&|run| sensitivity.importance(&samples, run));
        assert_eq!(verdict, Ok(()), "{sensitivity:?}");
    }
    let evidence: CoresetEvidence = CoresetEvidence::default();
    assert_eq!(every_report_can_stop(&|run| evidence.evidence(&embeddings, &given, run)), Ok(()));
}

#[test]
fn the_judge_of_probabilities_stops_at_every_report() {
    let probabilities = ProbabilityMatrix::new(Array2::from_elem((SAMPLES, 3), 1.0 / 3.0)).unwrap();
    let judge = CoresetDetector::default();
    assert_eq!(every_report_can_stop(&|run| judge.judge(&probabilities, &given(), run)), Ok(()));
}
