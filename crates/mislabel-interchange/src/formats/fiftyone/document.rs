//! The pieces of FiftyOne's JSON: identifiers, labels, fields.

use serde_json::{Map, Value, json};

use crate::model::sample::Sample;
use crate::reading::Reading;

/// An identifier of 24 hexadecimal digits: the row in the first part, what it identifies in the second. Labels need
/// identifiers of their own, or FiftyOne does not tag them.
pub(super) fn object_id(row: usize, part: u16) -> Value {
    json!({ "$oid": format!("6d69736c{row:012x}{part:04x}") })
}

/// A label of one class.
pub(super) fn classification(id: Value, label: &str, confidence: Option<f64>) -> Value {
    let mut document = json!({ "_id": id, "_cls": "Classification", "tags": [], "label": label });
    if let (Some(confidence), Some(fields)) = (confidence, document.as_object_mut()) {
        fields.insert("confidence".into(), confidence.into());
    }
    document
}

/// The entry of a field in the schema.
pub(super) fn field(name: &str, kind: &str) -> Value {
    json!({ "name": name, "db_field": name, "ftype": format!("fiftyone.core.fields.{kind}") })
}

/// The entry of a field with a label.
pub(super) fn label_field(name: &str) -> Value {
    let mut entry = field(name, "EmbeddedDocumentField");
    if let Some(fields) = entry.as_object_mut() {
        fields.insert("embedded_doc_type".into(), "fiftyone.core.labels.Classification".into());
    }
    entry
}

/// The type of a field that holds `values`.
pub(super) fn field_kind<'a>(values: impl Iterator<Item = &'a Value> + Clone) -> &'static str {
    if values.clone().all(Value::is_boolean) {
        "BooleanField"
    } else if values.clone().all(Value::is_i64) {
        "IntField"
    } else if values.clone().all(Value::is_number) {
        "FloatField"
    } else {
        "StringField"
    }
}

/// A value that a field of the kind takes.
pub(super) fn field_value(kind: &str, value: &Value) -> Value {
    match kind {
        "FloatField" => value.as_f64().map_or(Value::Null, Value::from),
        "StringField" if !value.is_string() && !value.is_null() => value.to_string().into(),
        _ => value.clone(),
    }
}

/// A name that FiftyOne takes for a field: letters, digits and underscores, none of its own.
pub(super) fn field_name(name: &str) -> String {
    const TAKEN: [&str; 9] = [
        "id",
        "filepath",
        "tags",
        "metadata",
        "created_at",
        "last_modified_at",
        super::names::LABEL,
        "media_type",
        "label",
    ];
    let clean: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let starts_well = clean.starts_with(|c: char| c.is_ascii_alphabetic());
    if starts_well && !TAKEN.contains(&clean.as_str()) { clean } else { format!("column_{clean}") }
}

/// The members of an object, or none.
pub(super) fn members(value: &mut Value) -> Map<String, Value> {
    match value.take() {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Gives the sample the fields that are left.
pub(super) fn keep_columns(sample: &mut Sample, document: Map<String, Value>, reading: &mut Reading<'_>) {
    for name in document.keys() {
        reading.notes.say(format!("field {name} is kept as a column"));
    }
    sample.columns = document;
}
