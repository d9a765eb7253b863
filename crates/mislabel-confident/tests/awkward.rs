//! Input that is odd or wrong gives a defined result or an error that names it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "functions that only tests call")]

use mislabel_confident::{
    ClassHealth, ClassOverlap, ConfidentJoint, ConfidentLearning, ConfidentThresholds, Ensemble, Filter, IssueCount,
    LabelHealth, LatentEstimation, PriorMethod, Score, Weighting,
};
use mislabel_core::{Error, Judge, Labels, ProbabilityMatrix, ProbabilitySource, Result, Run, TransitionEstimator};
use ndarray::{Array2, ArrayViewMut2, array};

/// Rounding of logarithms and quotients of doubles, at scores below 1.
const ROUNDING: f64 = 1e-15;

fn labels<const N: usize>(values: [u32; N], classes: usize) -> Labels {
    Labels::new(values.to_vec(), classes).unwrap()
}

fn probabilities<const K: usize>(rows: &[[f64; K]]) -> ProbabilityMatrix {
    ProbabilityMatrix::new(Array2::from(rows.to_vec())).unwrap()
}

fn all_detectors() -> impl Iterator<Item = ConfidentLearning> {
    let with = |filter| Score::ALL.map(|score| ConfidentLearning { filter, score, ..ConfidentLearning::default() });
    Filter::ALL.into_iter().flat_map(with)
}

#[test]
fn probabilities_that_are_none_are_refused_before_any_method_sees_them() {
    let message = |rows: Array2<f64>| ProbabilityMatrix::new(rows).unwrap_err().to_string();
    assert_eq!(
        message(array![[0.5, 0.5], [f64::NAN, 0.5]]),
        "predicted probabilities[1, 0] is NaN, expected a number in [0, 1]"
    );
    assert_eq!(message(array![[0.5, 0.5], [0.9, 0.3]]), "predicted probabilities: row 1 sums to 1.2, expected 1");
}

#[test]
fn wrong_shapes_are_named() {
    let model = probabilities(&[[0.5, 0.5], [0.2, 0.8]]);
    let message =
        |given: Labels| ConfidentLearning::default().judge(&model, &given, &Run::quiet()).unwrap_err().to_string();
    assert_eq!(message(labels([0, 1, 1], 2)), "predicted probabilities: 2 entries, expected 3");
    assert_eq!(message(labels([0, 2], 3)), "label 2 at row 1 is not one of the 2 classes");
    assert_eq!(message(labels([0, 1], 3)), "a row of predicted probabilities: 2 entries, expected 3");
    let one_class = probabilities(&[[1.0], [1.0]]);
    let error = ConfidentLearning::default().judge(&one_class, &labels([0, 0], 1), &Run::quiet()).unwrap_err();
    assert!(matches!(error, Error::TooFewClasses { classes: 1, needed: 2, .. }));
}

#[test]
fn classes_without_labels_are_fine_and_may_be_suggested() {
    let model = probabilities(&[[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]);
    let given = labels([0, 1, 1], 2);
    for detector in all_detectors() {
        let issues = detector.judge(&model, &given, &Run::quiet()).unwrap();
        assert_eq!(issues.suggested().values(), [0, 1, 2], "{detector:?}");
        assert_eq!(issues.suggested().class_count(), 3, "{detector:?}");
    }
    let thresholds = ConfidentThresholds::estimate(&model, &given, &Run::quiet()).unwrap();
    assert_eq!(thresholds.view()[2], 2.0, "no probability reaches it");
}

#[test]
fn class_names_survive_when_they_name_all_columns() {
    let model = probabilities(&[[0.8, 0.2], [0.3, 0.7]]);
    let given = labels([0, 1], 2).with_class_names(["cat", "dog"]).unwrap();
    let issues = ConfidentLearning::default().judge(&model, &given, &Run::quiet()).unwrap();
    assert_eq!(issues.suggested().class_name(1), "dog");
}

#[test]
fn a_single_sample_of_a_class_is_never_pruned() {
    let model = probabilities(&[[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.95, 0.05]]);
    let given = labels([0, 0, 0, 1], 2);
    for (filter, flagged) in [(Filter::PruneByNoiseRate, 0), (Filter::PruneByClass, 0), (Filter::PredictedNotGiven, 1)]
    {
        let detector = ConfidentLearning { filter, min_examples_per_class: 0, ..ConfidentLearning::default() };
        assert_eq!(detector.judge(&model, &given, &Run::quiet()).unwrap().flagged(), flagged, "{filter:?}");
    }
}

#[test]
fn labels_of_one_class_give_a_result_where_cleanlab_refuses() {
    let model = probabilities(&[[0.2, 0.8], [0.9, 0.1], [0.1, 0.9]]);
    let given = labels([1, 1, 1], 2);
    for detector in all_detectors() {
        let issues = detector.judge(&model, &given, &Run::quiet()).unwrap();
        let expected = usize::from(detector.filter == Filter::PredictedNotGiven);
        assert_eq!(issues.flagged(), expected, "{detector:?}");
    }
    let health = LabelHealth::estimate(&model, &given, &Run::quiet()).unwrap();
    assert_eq!(health.score, 1.0);
    assert_eq!(IssueCount::Calibrated.issues(&model, &given, &Run::quiet()).unwrap(), 0);
}

#[test]
fn clean_labels_give_no_issue() {
    let model = probabilities(&[[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.1, 0.9]]);
    let given = labels([0, 0, 1, 1], 2);
    for detector in all_detectors() {
        assert_eq!(detector.judge(&model, &given, &Run::quiet()).unwrap().flagged(), 0, "{detector:?}");
    }
    let transition = ConfidentLearning::default().transition(&model, &given, &Run::quiet()).unwrap();
    assert_eq!(transition.view(), Array2::<f64>::eye(2));
}

#[test]
fn one_sample_is_enough() {
    let model = probabilities(&[[0.2, 0.8]]);
    for detector in all_detectors() {
        let issues = detector.judge(&model, &labels([0], 2), &Run::quiet()).unwrap();
        assert_eq!((issues.len(), issues.suggested().class(0)), (1, 1), "{detector:?}");
    }
}

#[test]
fn probabilities_a_little_above_one_keep_quality_in_range_and_finite() {
    let model = probabilities(&[[1.0009, 0.0], [0.0, 1.0009], [1.0009, 0.0]]);
    let given = labels([0, 1, 1], 2);
    for detector in all_detectors() {
        let issues = detector.judge(&model, &given, &Run::quiet()).unwrap();
        assert!(issues.quality().as_slice().iter().all(|q| (0.0..=1.0).contains(q)), "{detector:?}");
    }
}

#[test]
fn a_one_hot_row_that_agrees_scores_zero_entropy_as_in_cleanlab() {
    let model = probabilities(&[[1.0, 0.0], [0.5, 0.5]]);
    let scores = Score::ConfidenceWeightedEntropy.of_labels(&model, &labels([0, 1], 2), false, &Run::quiet()).unwrap();
    assert_eq!(scores[0], 0.0);
    assert!((scores[1] - 3.0_f64.ln() / 2.0).abs() < ROUNDING);
}

#[test]
fn an_impossible_label_scores_as_if_a_millionth_were_left_for_it() {
    let model = probabilities(&[[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]);
    let scores = Score::ConfidenceWeightedEntropy.of_labels(&model, &labels([2, 2], 3), false, &Run::quiet()).unwrap();
    let entropy = 2.0_f64.ln() / 3.0_f64.ln() / 1e-6;
    assert!((scores[0] - (entropy + 1.0).ln() / entropy).abs() < ROUNDING);
}

#[test]
fn ties_for_the_last_place_go_to_the_earlier_samples() {
    // Two of four equal samples of class 0 are confidently of class 1 by a joint of the caller.
    let model = probabilities(&[[0.4, 0.6], [0.4, 0.6], [0.4, 0.6], [0.4, 0.6], [0.1, 0.9], [0.1, 0.9]]);
    let given = labels([0, 0, 0, 0, 1, 1], 2);
    let joint = Some(ConfidentJoint::new(array![[2.0, 2.0], [0.0, 2.0]]).unwrap());
    for filter in [Filter::PruneByNoiseRate, Filter::PruneByClass, Filter::Both] {
        let detector = ConfidentLearning { filter, joint: joint.clone(), ..ConfidentLearning::default() };
        let flags = detector.flags(&model, &given, &Run::quiet()).unwrap();
        assert_eq!(flags.to_vec(), [true, true, false, false, false, false], "{filter:?}");
    }
}

#[test]
fn options_that_make_no_sense_are_errors() {
    let model = probabilities(&[[0.8, 0.2], [0.3, 0.7]]);
    let given = labels([0, 1], 2);
    let message = |detector: ConfidentLearning| detector.judge(&model, &given, &Run::quiet()).unwrap_err().to_string();
    let plain = ConfidentLearning::default;
    for noise_fraction in [-0.1, 1.1, f64::NAN] {
        let expected = format!("parameter noise_fraction is {noise_fraction}: it must be between 0 and 1");
        assert_eq!(message(ConfidentLearning { noise_fraction, ..plain() }), expected);
    }
    let filter = Filter::ConfidentLearning;
    assert_eq!(
        message(ConfidentLearning { filter, noise_fraction: 0.5, ..plain() }),
        "parameter noise_fraction is 0.5: it must be 1 unless the filter prunes"
    );
    assert_eq!(
        message(ConfidentLearning { filter, remove_per_class: Some(vec![1, 1]), ..plain() }),
        "parameter remove_per_class is 2: it must be left out unless the filter prunes"
    );
    assert_eq!(
        message(ConfidentLearning { remove_per_class: Some(vec![1]), ..plain() }),
        "remove_per_class: 1 entries, expected 2"
    );
    let joint = Some(ConfidentJoint::new(Array2::eye(3)).unwrap());
    assert_eq!(message(ConfidentLearning { joint, ..plain() }), "the confident joint: 3 entries, expected 2");
    assert_eq!(
        message(ConfidentLearning { score: Score::ConfidenceWeightedEntropy, adjust: true, ..plain() }),
        "the adjusted confidence-weighted entropy is undefined: \
         thresholds adjust probabilities that are compared, not an entropy"
    );
}

#[test]
fn removing_more_than_there_are_flags_no_predicted_label_and_never_panics() {
    let model = probabilities(&[[0.8, 0.2], [0.3, 0.7], [0.3, 0.7]]);
    let given = labels([0, 0, 1], 2);
    for filter in [Filter::PruneByNoiseRate, Filter::PruneByClass, Filter::Both] {
        for remove in [9, usize::MAX] {
            let remove_per_class = Some(vec![remove; 2]);
            let detector = ConfidentLearning { filter, remove_per_class, ..ConfidentLearning::default() };
            let flags = detector.flags(&model, &given, &Run::quiet()).unwrap();
            assert!(!flags[0] && !flags[2], "{filter:?}");
        }
    }
}

#[test]
fn joints_of_immense_counts_prune_all_that_may_be_pruned() {
    let model = probabilities(&[[0.4, 0.6], [0.3, 0.7], [0.3, 0.7], [0.2, 0.8]]);
    let given = labels([0, 0, 1, 1], 2);
    let joint = Some(ConfidentJoint::new(Array2::from_elem((2, 2), f64::MAX)).unwrap());
    for (filter, flagged) in [(Filter::PruneByNoiseRate, 2), (Filter::PruneByClass, 0), (Filter::Both, 0)] {
        for remove_per_class in [None, Some(vec![1, 1])] {
            let removing = remove_per_class.is_some();
            let detector = ConfidentLearning { filter, joint: joint.clone(), remove_per_class, ..Default::default() };
            let issues = detector.judge(&model, &given, &Run::quiet()).unwrap();
            assert!(issues.flagged() == flagged || removing, "{filter:?}: {} flagged", issues.flagged());
        }
    }
}

#[test]
fn joints_and_thresholds_are_checked() {
    let message = |counts: Array2<f64>| ConfidentJoint::new(counts).unwrap_err().to_string();
    assert_eq!(message(Array2::zeros((0, 0))), "the confident joint must not be empty");
    assert_eq!(message(Array2::zeros((2, 3))), "a row of the confident joint: 3 entries, expected 2");
    assert!(message(array![[1.0, -1.0], [0.0, 1.0]]).contains("[0, 1] is -1"));
    assert!(message(array![[1.0, f64::NAN], [0.0, 1.0]]).contains("[0, 1] is NaN"));
    assert!(message(array![[1.0, f64::INFINITY], [0.0, 1.0]]).contains("[0, 1] is inf"));
    assert!(ConfidentThresholds::new(array![0.5, f64::NAN]).is_err());
    assert!(ConfidentThresholds::new(array![]).is_err());
    let model = probabilities(&[[0.8, 0.2], [0.3, 0.7]]);
    let thresholds = ConfidentThresholds::new(array![0.5, 0.5, 0.5]).unwrap();
    assert!(ConfidentJoint::count_above(&model, &labels([0, 1], 2), &thresholds, &Run::quiet()).is_err());
}

#[test]
fn an_empty_joint_calibrates_to_nothing_and_estimates_stay_finite() {
    let joint = ConfidentJoint::new(Array2::zeros((2, 2))).unwrap();
    let given = labels([0, 1, 1], 2);
    assert_eq!(joint.calibrated(&given).unwrap(), joint);
    for prior in [PriorMethod::Diagonals, PriorMethod::Marginal, PriorMethod::GivenMarginal] {
        for consistent in [false, true] {
            let estimates = LatentEstimation { prior, consistent }.estimates(&joint, &given).unwrap();
            assert!(estimates.prior.iter().all(|p| p.is_finite()), "{prior:?}, {consistent}");
            assert_eq!(estimates.transition().unwrap().view(), Array2::<f64>::eye(2));
        }
    }
    assert!(joint.calibrated(&labels([0, 2], 3)).is_err());
}

#[test]
fn joint_distributions_are_checked_before_classes_are_ranked() {
    let message = |joint: Array2<f64>| ClassHealth::ranking(joint.view(), 10).unwrap_err().to_string();
    assert_eq!(
        message(array![[0.5, 0.2], [0.2, 0.2]]),
        "the joint distribution: row 0 sums to 1.0999999999999999, expected 1"
    );
    assert!(message(array![[1.5, -0.5], [0.0, 0.0]]).contains("[0, 0] is 1.5"));
    assert!(ClassOverlap::ranking(Array2::zeros((1, 2)).view(), 10).is_err());
    assert!(ClassOverlap::directed_ranking(Array2::zeros((0, 0)).view(), 10).is_err());
    assert_eq!(ClassOverlap::ranking(array![[1.0]].view(), 10).unwrap(), []);
}

#[test]
fn ensembles_that_cannot_be_weighed_are_errors() {
    let (right, wrong) = (probabilities(&[[0.8, 0.2], [0.3, 0.7]]), probabilities(&[[0.2, 0.8], [0.7, 0.3]]));
    let given = labels([0, 1], 2);
    let message = |weighting: Weighting, models: &[&dyn ProbabilitySource]| {
        Ensemble { weighting, ..Ensemble::default() }.scores(models, &given, &Run::quiet()).unwrap_err().to_string()
    };
    assert_eq!(message(Weighting::Uniform, &[]), "the ensemble must not be empty");
    assert_eq!(
        message(Weighting::Accuracy, &[&wrong]),
        "the accuracy weighting is undefined: no model predicts any given label"
    );
    assert_eq!(message(Weighting::Custom(vec![1.0]), &[&right, &wrong]), "ensemble weights: 1 entries, expected 2");
    assert_eq!(
        message(Weighting::Custom(vec![f64::NAN]), &[&right]),
        "parameter weight is NaN: it must be finite and not negative"
    );
    assert_eq!(
        message(Weighting::LogLossSearch(vec![]), &[&right]),
        "the values of t of the log-loss search must not be empty"
    );
    let wide = probabilities(&[[0.8, 0.2, 0.0], [0.3, 0.7, 0.0]]);
    assert_eq!(message(Weighting::Uniform, &[&right, &wide]), "a model of the ensemble: 3 classes, expected 2");
}

#[test]
fn a_log_loss_search_survives_hopeless_models_and_missing_classes() {
    let hopeless = probabilities(&[[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
    let ensemble = Ensemble { weighting: Weighting::log_loss_search(), ..Ensemble::default() };
    let scores = ensemble.scores(&[&hopeless, &hopeless], &labels([0, 1], 3), &Run::quiet()).unwrap();
    assert_eq!(scores.weights, [0.5, 0.5]);
    assert_eq!(scores.scores, array![0.0, 0.0]);
}

/// A source whose second row cannot be read.
struct Broken;

impl ProbabilitySource for Broken {
    fn shape(&self) -> (usize, usize) {
        (2, 2)
    }

    fn read_rows(&self, _: usize, _: ArrayViewMut2<'_, f64>) -> Result<()> {
        Err(Error::other("the disk is gone"))
    }
}

#[test]
fn a_source_that_fails_is_reported() {
    let given = labels([0, 1], 2);
    for detector in all_detectors() {
        assert_eq!(detector.judge(&Broken, &given, &Run::quiet()).unwrap_err().to_string(), "the disk is gone");
    }
    assert!(ConfidentThresholds::estimate(&Broken, &given, &Run::quiet()).is_err());
}
