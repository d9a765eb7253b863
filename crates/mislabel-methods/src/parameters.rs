//! Parameters as JSON and TOML.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, Result};

/// `parameters` as JSON.
pub(crate) fn written<P: Serialize>(parameters: &P) -> Value {
    serde_json::to_value(parameters).expect("parameters are numbers, names and lists of them")
}

/// The parameters of `method` from JSON; what is left out has its default.
pub(crate) fn read<P: DeserializeOwned>(method: &'static str, parameters: &Value) -> Result<P> {
    P::deserialize(parameters).map_err(|cause| Error::Parameters { method, reason: cause.to_string() })
}

/// `parameters` as TOML, for people to edit. A parameter that is absent is one that is chosen by the method itself.
pub(crate) fn toml(parameters: &Value) -> String {
    let parameters = without_nulls(parameters);
    toml::to_string_pretty(&parameters).expect("JSON without nulls is TOML")
}

/// `value` without the fields that are null, which TOML does not have.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, field)| !field.is_null());
            Value::Object(kept.map(|(name, field)| (name.clone(), without_nulls(field))).collect())
        }
        Value::Array(values) => Value::Array(values.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}
