//! Parameters survive JSON, an empty map is the default, unknown names are refused.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Debug;

use mislabel_coreset::{
    ClassLeverage, Comparison, CoresetDetector, CoresetEvidence, LewisWeights, MergeReduce, RootLeverage, Sensitivity,
};
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
    is_a_map_of_defaults::<CoresetDetector>();
    is_a_map_of_defaults::<CoresetEvidence>();
    is_a_map_of_defaults::<ClassLeverage>();
    is_a_map_of_defaults::<LewisWeights>();
    is_a_map_of_defaults::<RootLeverage>();
    is_a_map_of_defaults::<MergeReduce>();
}

#[test]
fn sensitivities_are_named_as_in_the_command() {
    for sensitivity in Sensitivity::ALL {
        let written = survives(sensitivity);
        let name = written.as_str().or_else(|| written.as_object()?.keys().next().map(String::as_str));
        assert_eq!(name, Some(sensitivity.name()));
    }
    assert_eq!(survives(Comparison::GivenClass), "given-class");
    let read: Sensitivity = from_value(json!({"lewis": {"rounds": 3}})).unwrap();
    assert_eq!(read, Sensitivity::Lewis(LewisWeights { rounds: 3, ..LewisWeights::default() }));
}
