//! Parameters survive JSON, an empty map is the default, unknown names are refused.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Debug;

use mislabel_reconstruct::{
    Activation, Autoencoder, Centroid, ClassSearch, EarlyStopping, Gaussian, InputScaling, LikelihoodRatio,
    NearestClasses, RowScaling, SoftLinear, TrainingLength,
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
    is_a_map_of_defaults::<Centroid>();
    is_a_map_of_defaults::<Gaussian>();
    is_a_map_of_defaults::<LikelihoodRatio>();
    is_a_map_of_defaults::<NearestClasses>();
    is_a_map_of_defaults::<SoftLinear>();
    is_a_map_of_defaults::<Autoencoder>();
}

#[test]
fn names_are_those_of_the_command() {
    let model = SoftLinear { search: ClassSearch::Nearest(100), scaling: RowScaling::None, ..SoftLinear::default() };
    let written = survives(model);
    assert_eq!(written["search"], json!({"nearest": 100}));
    assert_eq!(written["scaling"], "none");
    assert_eq!(survives(ClassSearch::Pruned), "pruned");
    assert_eq!(survives(InputScaling::ClassVariance), "class-variance");
    assert_eq!(survives(Activation::Relu), "relu");
}

#[test]
fn an_autoencoder_survives() {
    let early_stopping = Some(EarlyStopping { share: 0.1, patience: 3 });
    let method = Autoencoder { early_stopping, length: TrainingLength::Steps(500), ..Autoencoder::default() };
    let written = survives(method);
    assert_eq!(written["length"], json!({"steps": 500}));
    assert_eq!(written["early_stopping"], json!({"share": 0.1, "patience": 3}));
    survives(Autoencoder::paper());
    assert!(from_value::<EarlyStopping>(json!({"share": 0.1})).is_err());
}
