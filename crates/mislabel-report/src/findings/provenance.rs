//! Where a report comes from.

use mislabel_methods::Report;
use serde::Serialize;
use serde_json::Value;

use crate::options::Origin;

/// What must be known to make the report again.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Provenance {
    /// The method.
    pub method: &'static str,
    /// Its parameters, each by its full name.
    pub parameters: Vec<(String, String)>,
    /// The version of mislabel.
    pub version: &'static str,
    /// What the caller knows.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Provenance {
    pub(crate) fn new(report: &Report, origin: Origin) -> Self {
        let mut parameters = Vec::new();
        flatten("", &report.parameters, &mut parameters);
        Self { method: report.method, parameters, version: env!("CARGO_PKG_VERSION"), origin }
    }
}

/// Every value below `value` with its path.
fn flatten(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(key, value)| flatten(&below(key), value, found));
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().enumerate().for_each(|(place, value)| flatten(&below(&place.to_string()), value, found));
        }
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        other => found.push((path.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::flatten;

    #[test]
    fn parameters_have_their_full_names() {
        let mut found = Vec::new();
        let parameters =
            json!({ "evidence": { "trim": 1.5, "seed": null }, "members": [{ "name": "rer" }], "list": [1, 2] });
        flatten("", &parameters, &mut found);
        let found: Vec<String> = found.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(found, ["evidence.seed=null", "evidence.trim=1.5", "list=[1,2]", "members.0.name=rer"]);
    }
}
