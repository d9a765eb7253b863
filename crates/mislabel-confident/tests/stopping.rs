//! Confident learning and the consensus of a crowd report as they go, and stop when told to.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_confident::{
    ActiveLab, Annotations, ConfidentLearning, ConsensusMethod, CrowdLab, Ensemble, Filter, LabelHealth, Score,
    Temperature, Weighting,
};
use mislabel_core::{
    Labels, PredictedProbabilities, ProbabilityMatrix, ProbabilitySource, TransitionEstimator, split_seed,
};
use mislabel_testkit::laws::every_report_can_stop;
use ndarray::Array2;

/// Several blocks of rows in every pass.
const SAMPLES: usize = 90;

/// 32 rows of so many probabilities are a block.
const CLASSES: usize = 1_000;

fn uniform(row: usize, column: usize) -> f64 {
    split_seed(7, &[row as u64, column as u64]) as f64 / u64::MAX as f64
}

/// Probabilities that prefer class row modulo `classes`, but for every fifth row.
fn probabilities(classes: usize) -> ProbabilityMatrix {
    let sure = |row: usize, class: usize| class == row % classes && !row.is_multiple_of(5);
    let mut rows = Array2::from_shape_fn((SAMPLES, classes), |(row, class)| {
        uniform(row, class) + if sure(row, class) { classes as f64 } else { 0.0 }
    });
    for mut row in rows.outer_iter_mut() {
        row /= row.sum();
    }
    ProbabilityMatrix::new(rows).unwrap()
}

fn given(classes: usize) -> Labels {
    Labels::new((0..SAMPLES).map(|row| (row % classes) as u32).collect(), classes).unwrap()
}

#[test]
fn every_filter_and_score_stops_at_every_report() {
    let (probabilities, given) = (probabilities(CLASSES), given(CLASSES));
    for filter in Filter::ALL {
        for (score, adjust) in [(Score::SelfConfidence, true), (Score::ConfidenceWeightedEntropy, false)] {
            let judge = ConfidentLearning { filter, score, adjust, ..ConfidentLearning::default() };
            let verdict = every_report_can_stop(&|run| judge.issues(&probabilities, &given, run));
            assert_eq!(verdict, Ok(()), "{judge:?}");
        }
    }
}

#[test]
fn few_classes_with_many_samples_are_pruned_until_told_to_stop() {
    let (probabilities, given) = (probabilities(3), given(3));
    let judge = ConfidentLearning::default();
    assert!(judge.flags(&probabilities, &given, &mislabel_core::Run::quiet()).unwrap().iter().any(|flag| *flag));
    assert_eq!(every_report_can_stop(&|run| judge.flags(&probabilities, &given, run)), Ok(()));
    assert_eq!(every_report_can_stop(&|run| judge.transition(&probabilities, &given, run)), Ok(()));
}

#[test]
fn health_and_ensembles_stop_at_every_report() {
    let (probabilities, given) = (probabilities(CLASSES), given(CLASSES));
    assert_eq!(every_report_can_stop(&|run| LabelHealth::estimate(&probabilities, &given, run)), Ok(()));
    let models: [&dyn ProbabilitySource; 2] = [&probabilities, &probabilities];
    let ensemble = Ensemble { weighting: Weighting::log_loss_search(), ..Ensemble::default() };
    assert_eq!(every_report_can_stop(&|run| ensemble.scores(&models, &given, run)), Ok(()));
}

#[test]
fn the_consensus_of_a_crowd_stops_at_every_report() {
    let probabilities = probabilities(3);
    let model = || PredictedProbabilities::new(probabilities.view()).unwrap();
    let label = |(sample, annotator): (usize, usize)| Some(((sample + usize::from(annotator == 2)) % 3) as u32);
    let annotations = Annotations::new(Array2::from_shape_fn((SAMPLES, 3), label), 3).unwrap();
    for consensus in [ConsensusMethod::BestQuality, ConsensusMethod::MajorityVote] {
        let crowd = CrowdLab { consensus, temperature: Temperature::Fitted, ..CrowdLab::default() };
        assert_eq!(every_report_can_stop(&|run| crowd.consensus(&annotations, &[model()], run)), Ok(()));
    }
    let active = ActiveLab::default();
    assert_eq!(every_report_can_stop(&|run| active.trust(&annotations, &[model()], run)), Ok(()));
    let trust = active.trust(&annotations, &[model()], &mislabel_core::Run::quiet()).unwrap();
    assert_eq!(every_report_can_stop(&|run| trust.unlabeled(&[model()], run)), Ok(()));
}
