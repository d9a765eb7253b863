//! Parameters survive JSON, an empty map is the default, unknown names are refused.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Debug;

use mislabel_confident::{
    ActiveLab, ConfidentJoint, ConfidentLearning, ConsensusQuality, CrowdLab, Ensemble, Filter, IssueCount,
    LatentEstimation, PriorMethod, Pruned, Score, Temperature, Weighting,
};
use ndarray::array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, json, to_value};

fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) -> Value {
    let written = to_value(&value).unwrap();
    assert_eq!(from_value::<T>(written.clone()).unwrap(), value);
    written
}

fn is_a_map_of_defaults<T: Serialize + DeserializeOwned + PartialEq + Debug + Default>() {
    assert_eq!(from_value::<T>(json!({})).unwrap(), T::default());
    survives(T::default());
    let refusal = from_value::<T>(json!({"misspelt": 1})).unwrap_err().to_string();
    assert!(refusal.contains("unknown field `misspelt`"), "{refusal}");
}

#[test]
fn an_empty_map_is_the_default_and_a_misspelt_field_an_error() {
    is_a_map_of_defaults::<ConfidentLearning>();
    is_a_map_of_defaults::<LatentEstimation>();
    is_a_map_of_defaults::<ActiveLab>();
    is_a_map_of_defaults::<CrowdLab>();
    is_a_map_of_defaults::<Ensemble>();
}

#[test]
fn filters_and_scores_have_the_names_of_cleanlab() {
    Filter::ALL.into_iter().for_each(|filter| assert_eq!(survives(filter), filter.name()));
    Score::ALL.into_iter().for_each(|score| assert_eq!(survives(score), score.name()));
}

#[test]
fn other_names_are_in_kebab_case() {
    assert_eq!(survives(PriorMethod::GivenMarginal), "given-marginal");
    assert_eq!(survives(ConsensusQuality::CrowdLab), "crowdlab");
    assert_eq!(survives(Weighting::LogLossSearch(vec![1.0])), json!({"log-loss-search": [1.0]}));
    assert_eq!(survives(Temperature::Fixed(2.0)), json!({"fixed": 2.0}));
}

#[test]
fn a_confident_joint_is_a_list_of_rows_and_checked() {
    let joint = ConfidentJoint::new(array![[2.0, 1.0], [0.0, 1.0]]).unwrap();
    let judge = ConfidentLearning { joint: Some(joint.clone()), ..ConfidentLearning::default() };
    assert_eq!(survives(judge)["joint"], json!([[2.0, 1.0], [0.0, 1.0]]));
    survives(IssueCount::Joint(joint));
    let refusal = from_value::<ConfidentJoint>(json!([[2.0, -1.0], [0.0, 1.0]])).unwrap_err().to_string();
    assert!(refusal.contains("the confident joint"), "{refusal}");
}

#[test]
fn pruning_is_of_some_evidence_and_the_rest_has_defaults() {
    assert_eq!(from_value::<Pruned<u8>>(json!({"evidence": 3})).unwrap(), Pruned::of(3));
    assert!(from_value::<Pruned<u8>>(json!({})).is_err());
    survives(Pruned { rounds: 1, ..Pruned::of(3) });
}
