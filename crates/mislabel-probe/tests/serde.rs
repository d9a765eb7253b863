//! Parameters survive JSON, an empty map is the default, unknown names are refused.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Debug;

use mislabel_probe::{FeatureScaling, Probe, Sampling, SoftmaxRegression, Temperature};
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
    is_a_map_of_defaults::<SoftmaxRegression>();
}

#[test]
fn a_probe_survives_and_an_empty_map_is_the_default_one() {
    let same = |a: &Probe, b: &Probe| to_value(a).unwrap() == to_value(b).unwrap();
    assert!(same(&from_value(json!({})).unwrap(), &Probe::default()));
    let probe = Probe { sampling: Sampling::OutOfSample { folds: 3 }, seed: 7, ..Probe::default() };
    let written = to_value(probe).unwrap();
    assert_eq!(written["sampling"], json!({"out-of-sample": {"folds": 3}}));
    assert!(same(&from_value(written).unwrap(), &probe));
    assert!(from_value::<Probe>(json!({"folds": 3})).is_err());
}

#[test]
fn names_are_in_kebab_case() {
    assert_eq!(survives(FeatureScaling::UnitNorm), "unit-norm");
    assert_eq!(survives(Sampling::InSample), "in-sample");
    assert!(from_value::<Sampling>(json!({"out-of-sample": {"folds": 3, "seed": 1}})).is_err());
}

#[test]
fn a_temperature_is_checked() {
    assert_eq!(survives(Temperature::new(2.0).unwrap()), 2.0);
    assert!(from_value::<Temperature>(json!(-1.0)).is_err());
}
