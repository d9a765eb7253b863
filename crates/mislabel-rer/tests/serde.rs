//! Parameters survive JSON, an empty map is the default, unknown names are refused.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Debug;

use mislabel_core::{ErrorSummary, Judge, Labels, Run};
use mislabel_rer::{Denominator, DifficultyScale, KMeans, Rer, SampleSizeCurve, Threshold};
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
    is_a_map_of_defaults::<Rer>();
    is_a_map_of_defaults::<KMeans>();
    is_a_map_of_defaults::<SampleSizeCurve>();
}

#[test]
fn names_are_those_of_the_command() {
    let rer = Rer { threshold: Threshold::Fixed(1.5), denominator: Denominator::WithoutGiven };
    assert_eq!(survives(rer), json!({"threshold": {"fixed": 1.5}, "denominator": "without-given"}));
    assert_eq!(survives(Threshold::Published), "published");
    let names = ["clip-vit-l-14", "clip-vit-b-32", "dinov2", "resnet-50"];
    let scales =
        [DifficultyScale::ClipVitL14, DifficultyScale::ClipVitB32, DifficultyScale::DinoV2, DifficultyScale::ResNet50];
    assert_eq!(scales.map(survives), names.map(Value::from));
    assert_eq!(survives(DifficultyScale::Custom { low: 0.5, high: 1.5 }), json!({"custom": {"low": 0.5, "high": 1.5}}));
}

#[test]
fn a_report_and_its_issues_are_written() {
    let given = Labels::new(vec![0, 0, 1, 1], 2).unwrap();
    let errors = array![[1.0, 4.0], [3.0, 1.0], [4.0, 2.0], [3.0, 1.0]];
    let errors = ErrorSummary::from_dense(errors.view(), &given).unwrap();
    let report = to_value(Rer::default().report(&errors, &given).unwrap()).unwrap();
    assert_eq!(report["ratios"]["values"], json!([0.25, 3.0, 0.5, 1.0 / 3.0]));
    assert_eq!(report["flagged"], 1);
    survives(Rer::default().judge(&errors, &given, &Run::quiet()).unwrap());
}
