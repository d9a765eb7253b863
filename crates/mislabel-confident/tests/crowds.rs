//! Multi-annotator figures equal cleanlab 2.9.0's, with its counting of labels mended (see `make_reference.py`).
#![allow(clippy::unwrap_used, clippy::panic, reason = "functions that only tests call")]

mod reference_values;

use mislabel_confident::{
    ActiveLab, ActiveTrust, Annotations, ConsensusMethod, ConsensusQuality, CrowdConsensus, CrowdLab, Score,
    Temperature, best_temperature,
};
use mislabel_core::{PredictedProbabilities, ProbabilityMatrix, Run};
use ndarray::Array2;
use reference_values::*;
use serde_json::Value;

struct Crowd {
    reference: Value,
    annotations: Annotations,
    one_each: Annotations,
    models: Vec<ProbabilityMatrix>,
    unlabeled: Vec<ProbabilityMatrix>,
}

fn crowds() -> Vec<Crowd> {
    let reference = synthetic();
    let crowd = |reference: &Value| {
        let list = |key: &str| reference[key].as_array().unwrap().iter().map(probabilities).collect::<Vec<_>>();
        let models = list("models");
        let classes = models[0].view().ncols();
        let annotations = |key: &str| {
            let integers = matrix(&reference[key]).mapv(|label| label as i64);
            Annotations::from_integers(integers.view(), classes).unwrap()
        };
        Crowd {
            annotations: annotations("annotations"),
            one_each: annotations("one_each"),
            unlabeled: list("unlabeled"),
            models,
            reference: reference.clone(),
        }
    };
    reference["crowds"].as_array().unwrap().iter().map(crowd).collect()
}

fn views(models: &[ProbabilityMatrix]) -> Vec<PredictedProbabilities<'_>> {
    models.iter().map(|model| PredictedProbabilities::new(model.view()).unwrap()).collect()
}

fn optional(value: &Value) -> Option<f64> {
    value.as_f64()
}

fn assert_consensus(what: &str, ours: &CrowdConsensus, theirs: &Value) {
    let labels: Vec<usize> = ours.labels.values().iter().map(|&label| label as usize).collect();
    assert_eq!(labels, indices(&theirs["consensus"]), "{what}: consensus");
    assert_vector_close(&format!("{what}: quality"), &ours.quality, &theirs["quality"]);
    assert_vector_close(&format!("{what}: agreement"), &ours.agreement, &theirs["agreement"]);
    for (ours, theirs) in ours.label_quality.outer_iter().zip(theirs["detailed"].as_array().unwrap()) {
        for (ours, theirs) in ours.iter().zip(theirs.as_array().unwrap()) {
            assert_same(what, *ours, optional(theirs));
        }
    }
    let stats = |key: &str| theirs["stats"][key].as_array().unwrap();
    for (annotator, ours) in ours.annotators.iter().enumerate() {
        let what = format!("{what}: annotator {annotator}");
        assert_same(&what, ours.quality, optional(&stats("annotator_quality")[annotator]));
        assert_same(&what, Some(ours.agreement), optional(&stats("agreement_with_consensus")[annotator]));
        assert_eq!(Some(ours.worst_class as u64), stats("worst_class")[annotator].as_u64(), "{what}");
        assert_eq!(Some(ours.samples as u64), stats("num_examples_labeled")[annotator].as_u64(), "{what}");
    }
    match &ours.weights {
        Some(weights) => {
            assert_close(what, &weights.models, &numbers(&theirs["model_weight"]));
            assert_close(what, &weights.annotators, &numbers(&theirs["annotator_weight"]));
        }
        None => assert!(theirs.get("model_weight").is_none(), "{what}: weights"),
    }
}

fn assert_same(what: &str, ours: Option<f64>, theirs: Option<f64>) {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => assert!((ours - theirs).abs() <= CLOSE, "{what}: {ours} is not {theirs}"),
        (ours, theirs) => assert_eq!(ours, theirs, "{what}"),
    }
}

#[test]
fn majority_votes_break_ties_as_cleanlab_does() {
    for crowd in crowds() {
        for (probabilities, key) in [(Some(crowd.models[0].view()), "majority"), (None, "majority_alone")] {
            let labels = crowd.annotations.majority_vote(probabilities, &Run::quiet()).unwrap();
            let labels: Vec<usize> = labels.values().iter().map(|&label| label as usize).collect();
            assert_eq!(labels, indices(&crowd.reference[key]), "{key}");
        }
    }
}

#[test]
fn the_consensus_of_one_model_is_cleanlabs_with_every_option() {
    let options = [
        CrowdLab::default(),
        CrowdLab { consensus: ConsensusMethod::MajorityVote, ..CrowdLab::default() },
        CrowdLab { quality: ConsensusQuality::Agreement, ..CrowdLab::default() },
        CrowdLab { temperature: Temperature::Fitted, ..CrowdLab::default() },
        CrowdLab { score: Score::NormalizedMargin, adjust: true, ..CrowdLab::default() },
    ];
    for crowd in crowds() {
        let theirs = crowd.reference["single"].as_array().unwrap();
        assert_eq!(theirs.len(), options.len());
        for (options, theirs) in options.iter().zip(theirs) {
            let ours = options.consensus(&crowd.annotations, &views(&crowd.models[..1]), &Run::quiet()).unwrap();
            assert_consensus(&format!("{options:?}"), &ours, theirs);
        }
    }
}

#[test]
fn the_consensus_of_several_models_is_cleanlabs() {
    for crowd in crowds() {
        let theirs = crowd.reference["ensemble"].as_array().unwrap();
        for (temperature, theirs) in [Temperature::Unscaled, Temperature::Fitted].into_iter().zip(theirs) {
            let options = CrowdLab { temperature, ..CrowdLab::default() };
            let ours = options.consensus(&crowd.annotations, &views(&crowd.models), &Run::quiet()).unwrap();
            assert_consensus(&format!("{options:?}"), &ours, theirs);
        }
    }
}

fn assert_active(what: &str, trust: &ActiveTrust, unlabeled: &[ProbabilityMatrix], theirs: &Value) {
    assert_vector_close(&format!("{what}, labeled"), &trust.scores, &theirs[0]);
    let scores = trust.unlabeled(&views(unlabeled), &Run::quiet()).unwrap();
    assert_vector_close(&format!("{what}, unlabeled"), &scores, &theirs[1]);
}

#[test]
fn active_lab_scores_are_cleanlabs() {
    let active = ActiveLab::default();
    for crowd in crowds() {
        let (models, one) = (views(&crowd.models), views(&crowd.models[..1]));
        let trust = active.trust(&crowd.annotations, &one, &Run::quiet()).unwrap();
        assert_active("one model", &trust, &crowd.unlabeled[..1], &crowd.reference["active"]);
        let trust = active.trust(&crowd.annotations, &models, &Run::quiet()).unwrap();
        assert_active("two models", &trust, &crowd.unlabeled, &crowd.reference["active_ensemble"]);
        let trust = active.trust(&crowd.one_each, &one, &Run::quiet()).unwrap();
        assert_active("one label each", &trust, &crowd.unlabeled[..1], &crowd.reference["active_one_each"]);
        let scores = ActiveTrust::without_labels(1).unlabeled(&views(&crowd.unlabeled[..1]), &Run::quiet()).unwrap();
        assert_vector_close("nothing labeled", &scores, &crowd.reference["active_unlabeled_only"]);
    }
}

#[test]
fn temperatures_differ_from_cleanlabs_because_labels_count_for_their_own_classes() {
    let mut differing = 0;
    for crowd in crowds() {
        let ours: Vec<f64> = views(&crowd.models)
            .iter()
            .map(|m| best_temperature(&crowd.annotations, m, &Run::quiet()).unwrap())
            .collect();
        assert_close("temperatures", &ours, &numbers(&crowd.reference["temperatures"]));
        differing += usize::from(ours != numbers(&crowd.reference["temperatures_of_cleanlab"]));
    }
    assert!(differing > 0, "the reference no longer shows cleanlab's defect");
}

#[test]
fn at_cleanlabs_temperature_its_active_scores_come_out() {
    for crowd in crowds() {
        let temperature = numbers(&crowd.reference["temperatures_of_cleanlab"])[0];
        let active = ActiveLab { temperature: Temperature::Fixed(temperature) };
        let trust = active.trust(&crowd.annotations, &views(&crowd.models[..1]), &Run::quiet()).unwrap();
        assert_active("fixed", &trust, &crowd.unlabeled[..1], &crowd.reference["active_of_cleanlab"]);
    }
}

#[test]
fn a_crowd_that_cannot_be_judged_is_an_error() {
    let two =
        |rows: Vec<f64>| ProbabilityMatrix::new(Array2::from_shape_vec((2, rows.len() / 2), rows).unwrap()).unwrap();
    let model = two(vec![0.5, 0.5, 0.5, 0.5]);
    let crowd = |labels: [[i64; 2]; 2]| Annotations::from_integers(Array2::from(labels.to_vec()).view(), 2).unwrap();
    let message = |annotations: &Annotations, models: &[ProbabilityMatrix]| {
        CrowdLab::default().consensus(annotations, &views(models), &Run::quiet()).unwrap_err().to_string()
    };
    let shared = crowd([[0, 1], [1, 1]]);
    assert_eq!(message(&shared, &[]), "the list of models must not be empty");
    assert_eq!(
        message(&crowd([[0, -1], [-1, 1]]), std::slice::from_ref(&model)),
        "the quality of annotators is undefined: no sample has labels by two annotators"
    );
    let wide = two(vec![0.5, 0.5, 0.0, 0.5, 0.5, 0.0]);
    assert_eq!(message(&shared, &[wide]), "a row of predicted probabilities: 3 entries, expected 2");
    let cold = CrowdLab { temperature: Temperature::Fixed(0.0), ..CrowdLab::default() };
    let error = cold.consensus(&shared, &views(&[model]), &Run::quiet()).unwrap_err();
    assert_eq!(error.to_string(), "parameter temperature is 0: it must be positive and finite");
}

#[test]
fn an_annotator_who_shares_no_sample_has_no_quality() {
    let labels = ndarray::array![[0, 0, -1], [1, 1, -1], [-1, -1, 0], [1, 0, -1]];
    let annotations = Annotations::from_integers(labels.view(), 2).unwrap();
    let model = ProbabilityMatrix::new(ndarray::array![[0.8, 0.2], [0.3, 0.7], [0.6, 0.4], [0.4, 0.6]]).unwrap();
    let consensus = CrowdLab::default().consensus(&annotations, &views(&[model]), &Run::quiet()).unwrap();
    assert_eq!(consensus.annotators[2].quality, None);
    assert_eq!(consensus.annotators[2].agreement, 1.0);
    assert!(consensus.quality.iter().all(|quality| (0.0..=1.0).contains(quality)));
}

#[test]
fn annotations_without_labels_or_classes_are_errors() {
    let message = |labels: Array2<i64>| Annotations::from_integers(labels.view(), 2).unwrap_err().to_string();
    assert_eq!(message(ndarray::array![[0, -1], [1, -1]]), "annotator 1 has no labels");
    assert_eq!(message(ndarray::array![[0, 1], [2, 1]]), "label 2 at row 1 is not one of the 2 classes");
    assert_eq!(message(Array2::zeros((0, 3))), "annotations must not be empty");
    assert_eq!(
        message(ndarray::array![[i64::MAX, 1]]),
        "label 9223372036854775807 at row 0 is not one of the 2 classes"
    );
    let from_triples = Annotations::from_triples(&[(0, 0, 1), (1, 1, 0), (1, 0, 1)], 2).unwrap();
    let from_table = Annotations::from_integers(ndarray::array![[1, -1], [1, 0]].view(), 2).unwrap();
    assert_eq!(from_triples, from_table);
    assert!(Annotations::from_triples(&[], 2).is_err());
}

#[test]
fn temperatures_of_extreme_probabilities_keep_everything_finite() {
    let labels = ndarray::array![[0, 0], [1, 1], [0, 1]];
    let annotations = Annotations::from_integers(labels.view(), 2).unwrap();
    let model = ProbabilityMatrix::new(ndarray::array![[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]).unwrap();
    for temperature in [Temperature::Fitted, Temperature::Fixed(1e-9), Temperature::Fixed(1e9)] {
        let options = CrowdLab { temperature, ..CrowdLab::default() };
        let consensus = options.consensus(&annotations, &views(std::slice::from_ref(&model)), &Run::quiet()).unwrap();
        assert!(consensus.probabilities.iter().all(|p| (0.0..=1.0).contains(p)), "{temperature:?}");
    }
}
