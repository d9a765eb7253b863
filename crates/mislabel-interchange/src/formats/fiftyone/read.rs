//! Samples from what FiftyOne exports.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::document::{keep_columns, members};
use super::image_labels::image_labels;
use super::names::{EXCLUDE_TAG, LABEL, NAME, UNSURE_TAG};
use crate::cells;
use crate::error::{Error, Place, Result};
use crate::fields::{self, PREFIXED};
use crate::files::{delimited, input, json};
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Prediction, Sample};
use crate::options::{ReadOptions, Received};
use crate::reading::Reading;

/// Fields of FiftyOne's own that say nothing of a label.
const SYSTEM: [&str; 10] = [
    "_id",
    "id",
    "_media_type",
    "_rand",
    "_dataset_id",
    "_group",
    "created_at",
    "last_modified_at",
    "metadata",
    "_sample_id",
];

#[derive(Deserialize)]
struct Samples {
    samples: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    default_classes: Vec<String>,
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let is_folder = input::is_folder(path)?;
    let (labels, metadata) = (path.join("labels.json"), path.join("metadata.json"));
    if is_folder && input::is_file(&labels)? && !input::is_file(&metadata)? {
        return image_labels(&labels, options);
    }
    match input::extension(path).as_str() {
        _ if is_folder => folder(path, options),
        "csv" => table(path, options),
        "json" => image_labels(path, options),
        _ => Err(Error::Extension {
            path: path.into(),
            format: NAME,
            expected: "a folder, or a file .csv or labels.json",
        }),
    }
}

fn folder(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    let metadata: Metadata = json::document(&path.join("metadata.json"), options)?;
    if !metadata.default_classes.is_empty() {
        reading.declare(metadata.default_classes)?;
    }
    let field = label_field(path, options)?;
    for file in sample_files(path)? {
        reading.file = Place::of(&file);
        let documents: Vec<Map<String, Value>> = match file.parent() == Some(path) {
            true => json::document::<Samples>(&file, options)?.samples,
            false => vec![json::document(&file, options)?],
        };
        for document in documents {
            sample(document, field.as_deref(), &mut reading)?;
        }
    }
    reading.file = Place::of(path);
    reading.finish()
}

/// `samples.json`, or a folder with one file for every sample.
fn sample_files(path: &Path) -> Result<Vec<PathBuf>> {
    let (whole, parts) = (path.join("samples.json"), path.join("samples"));
    if input::is_folder(&parts)? && !input::is_file(&whole)? { input::entries(&parts) } else { Ok(vec![whole]) }
}

/// The field of labels: the one named, or `ground_truth`, or the only one that is not ours.
fn label_field(path: &Path, options: &ReadOptions) -> Result<Option<String>> {
    if options.label_field.is_some() {
        return Ok(options.label_field.clone());
    }
    let metadata: Value = json::document(&path.join("metadata.json"), options)?;
    let entries = metadata["sample_fields"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_label = |entry: &&Value| entry["embedded_doc_type"].as_str().is_some_and(|t| t.contains("Classification"));
    let names = entries.iter().filter(is_label).filter_map(|entry| entry["name"].as_str());
    let theirs: Vec<String> = names.filter(|name| !is_ours(name)).map(Into::into).collect();
    match theirs.as_slice() {
        _ if theirs.iter().any(|name| name == LABEL) => Ok(Some(LABEL.into())),
        [] => Ok(None),
        [only] => Ok(Some(only.clone())),
        _ => Err(Error::SeveralFields { path: path.into(), fields: theirs }),
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with("mislabel_") || name.starts_with("prediction_")
}

/// One sample of `samples.json`.
fn sample(mut document: Map<String, Value>, label_field: Option<&str>, reading: &mut Reading<'_>) -> Result<()> {
    let place = reading.file.row(reading.len());
    let path = cells::text(&place, "filepath", &document.remove("filepath").unwrap_or_default())?;
    let Some(path) = path else {
        return Err(Error::missing(&place, "filepath", "export samples with their paths"));
    };
    let place = place.id(&path);
    let tags = cells::texts(&place, "tags", &document.remove("tags").unwrap_or_default())?;
    let label = label_field.and_then(|name| Some((name, document.remove(name)?)));
    let mut labels = Vec::new();
    for (name, value) in &mut document {
        if let Some(label) = single_label(&place, name, value, reading)? {
            labels.push((name.clone(), label));
        }
    }
    document.retain(|name, value| !SYSTEM.contains(&name.as_str()) && !value.is_null());
    let mut sample = start(&mut document, path, tags, reading, &place)?;
    if let Some((name, mut value)) = label {
        let label = single_label(&place, name, &mut value, reading)?;
        let label = if value.is_null() { label } else { return Err(not_one_label(&place, name, &value)) };
        decide(&mut sample, name, label, reading, &place)?;
    }
    for (name, label) in labels {
        predict(&mut sample, &name, &label, reading, &place)?;
    }
    keep_columns(&mut sample, document, reading);
    reading.push(sample);
    Ok(())
}

fn not_one_label(place: &Place, field: &str, value: &Value) -> Error {
    let kind = value["_cls"].as_str().unwrap_or("a plain value").to_owned();
    Error::value(place, field, kind, "be a Classification: export a field with one label a sample")
}

/// Takes a label of one class out of `value`; whatever else it is stays.
fn single_label(
    place: &Place,
    name: &str,
    value: &mut Value,
    reading: &mut Reading<'_>,
) -> Result<Option<Map<String, Value>>> {
    match value.get("_cls").and_then(Value::as_str) {
        Some("Classification") => Ok(Some(members(value))),
        Some("Classifications") => {
            let mut several: Vec<Value> = match value.take()["classifications"].take() {
                Value::Array(several) => several,
                _ => Vec::new(),
            };
            if several.len() > 1 {
                let label = |one: &Value| one["label"].as_str().unwrap_or_default().to_owned();
                let labels = several.iter().map(label).collect();
                return Err(Error::SeveralLabels { place: place.clone(), field: name.into(), labels });
            }
            Ok(several.first_mut().map(members))
        }
        Some(kind) if reading.options.label_field.as_deref() != Some(name) => {
            reading.notes.count(format!("field {name} ({kind}) is not read"));
            *value = Value::Null;
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// A sample with what travelled, and its identity.
fn start(
    document: &mut Map<String, Value>,
    path: String,
    tags: Vec<String>,
    reading: &mut Reading<'_>,
    place: &Place,
) -> Result<Sample> {
    let mut sample = Sample::new(path.clone());
    fields::take(&PREFIXED, document, reading, place, &mut sample)?;
    sample.media = Some(Media::Path(path));
    sample.tags = tags;
    if let Some(mistakenness) = document.remove("mistakenness") {
        let mistakenness = cells::fraction(place, "mistakenness", &mistakenness)?;
        reading.notes.say("quality is 1 - mistakenness");
        sample.quality = sample.quality.or(mistakenness.map(|mistakenness| 1.0 - mistakenness));
    }
    Ok(sample)
}

/// What the label and the tags say: a label that differs from the one that was sent, or a tag, is a decision.
fn decide(
    sample: &mut Sample,
    field: &str,
    label: Option<Map<String, Value>>,
    reading: &mut Reading<'_>,
    place: &Place,
) -> Result<()> {
    let mut label = label.unwrap_or_default();
    let class = reading.class_of(place, field, &label.remove("label").unwrap_or_default())?;
    for tag in cells::texts(place, "tags of the label", &label.remove("tags").unwrap_or_default())? {
        if !sample.tags.contains(&tag) {
            sample.tags.push(tag);
        }
    }
    let sent = sample.given.is_some();
    sample.given = sample.given.or(class);
    let has = |tag: &str| sample.tags.iter().any(|own| own == tag);
    let verdict = match class {
        _ if has(EXCLUDE_TAG) => Some(Verdict::Exclude),
        _ if has(UNSURE_TAG) => Some(Verdict::Unsure),
        Some(class) if has(&reading.options.reviewed_tag) || (sent && sample.given != Some(class)) => {
            Some(Verdict::chosen(sample.given, class))
        }
        _ => None,
    };
    if let Some(verdict) = verdict {
        sample.decisions = vec![Decision::new(verdict)];
    }
    Ok(())
}

/// A label in another field is what a model says; ours is the suggestion.
fn predict(
    sample: &mut Sample,
    field: &str,
    label: &Map<String, Value>,
    reading: &mut Reading<'_>,
    place: &Place,
) -> Result<()> {
    let Some(class) = reading.class_of(place, field, label.get("label").unwrap_or(&Value::Null))? else {
        return Ok(());
    };
    if field == PREFIXED.suggested {
        sample.suggested = Some(class);
        return Ok(());
    }
    let model = field.strip_prefix("prediction_").unwrap_or(field);
    let confidence = cells::fraction(place, field, label.get("confidence").unwrap_or(&Value::Null))?;
    sample.predictions.push(Prediction { confidence, ..Prediction::new(model, class) });
    Ok(())
}

/// A CSV export: a column for every field, `ground_truth.label` among them.
fn table(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    let field = options.label_field.clone().unwrap_or_else(|| LABEL.into());
    delimited::each_row(path, b',', options, |number, mut row| {
        let place = reading.file.row(number);
        let label = row.remove(&format!("{field}.label")).or_else(|| row.remove(&field)).ok_or_else(|| {
            let remedy = "export fields=[\"mislabel_index\", \"filepath\", \"tags\", \"ground_truth.label\", …], or name the field";
            Error::missing(&place, &format!("{field}.label"), remedy)
        })?;
        let tags = row.remove(&format!("{field}.tags")).unwrap_or_default();
        let mut document = row;
        let label = Value::Object(
            [("_cls".into(), "Classification".into()), ("label".into(), label), ("tags".into(), tags)]
                .into_iter()
                .collect(),
        );
        document.insert(field.clone(), label);
        if let Some(suggested) = document.remove(&format!("{}.label", PREFIXED.suggested)) {
            document.insert(PREFIXED.suggested.into(), suggested);
        }
        document.retain(|_, value| !cells::is_absent(value));
        sample(document, Some(&field), &mut reading)
    })?;
    reading.finish()
}
