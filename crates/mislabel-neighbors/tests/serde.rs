//! Parameters survive JSON, an empty map is the default, unknown names are refused.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Debug;

use mislabel_neighbors::{
    Agreement, ClusteredSearch, Distance, Duplicates, ExactSearch, Hoc, KNearest, KnnShapley, Rarity, RelationGraph,
    SelfClean, SimiFeat, SimiFeatRule, Wann, Weighting,
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
    is_a_map_of_defaults::<Agreement>();
    is_a_map_of_defaults::<SimiFeat>();
    is_a_map_of_defaults::<Hoc>();
    is_a_map_of_defaults::<Wann>();
    is_a_map_of_defaults::<RelationGraph>();
    is_a_map_of_defaults::<KnnShapley>();
    is_a_map_of_defaults::<Duplicates>();
    is_a_map_of_defaults::<Rarity>();
    is_a_map_of_defaults::<ExactSearch>();
    is_a_map_of_defaults::<ClusteredSearch>();
    is_a_map_of_defaults::<SelfClean>();
    is_a_map_of_defaults::<KNearest>();
}

#[test]
fn names_are_those_of_the_command() {
    let judge = Agreement { weighting: Weighting::Uniform, ..Agreement::default() };
    assert_eq!(survives(judge)["weighting"], "uniform");
    assert_eq!(survives(Distance::Euclidean), "euclidean");
    assert_eq!(survives(SimiFeatRule::Vote), "vote");
    assert_eq!(survives(SelfClean), json!({}));
}

#[test]
fn any_search_may_be_behind_the_nearest() {
    let search = ClusteredSearch { cells: Some(30), ..ClusteredSearch::default() };
    let written = survives(KNearest { neighbors: Some(10), search });
    assert_eq!(written["search"]["cells"], 30);
    let read: KNearest<ClusteredSearch> = from_value(json!({"neighbors": 10, "search": {"cells": 30}})).unwrap();
    assert_eq!(read, KNearest { neighbors: Some(10), search });
}
