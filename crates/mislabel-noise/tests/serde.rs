//! Parameters survive JSON, an empty map is the default, unknown names are refused.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Debug;

use mislabel_core::{Labels, NoiseTransition};
use mislabel_noise::{Asymmetric, RandomTransition, Recorded, Sampling, Selection, Symmetric, Transition};
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
    is_a_map_of_defaults::<RandomTransition>();
    is_a_map_of_defaults::<Asymmetric>();
    is_a_map_of_defaults::<Symmetric>();
}

#[test]
fn names_are_in_kebab_case() {
    assert_eq!(survives(Sampling::Independent), "independent");
    assert_eq!(survives(Selection::MostConfusable), "most-confusable");
}

#[test]
fn matrices_and_labels_are_checked() {
    let matrix = NoiseTransition::identity(2).unwrap();
    let model = Transition { matrix, sampling: Sampling::Exact };
    assert_eq!(from_value::<Transition>(json!({"matrix": [[1.0, 0.0], [0.0, 1.0]]})).unwrap(), model);
    survives(model);
    assert!(from_value::<Transition>(json!({"matrix": [[0.5, 0.25], [0.0, 1.0]]})).is_err());
    survives(Recorded::at_rate(Labels::new(vec![0, 1], 2).unwrap(), 0.5));
    assert!(from_value::<Recorded>(json!({"labels": {"values": [0, 2], "classes": 2}})).is_err());
}
