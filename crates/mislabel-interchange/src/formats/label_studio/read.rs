//! Samples from what Label Studio exports.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::names::{CONTROL, EXCLUDE, NAME, UNSURE};
use crate::cells;
use crate::error::{Error, Place, Result};
use crate::fields::{self, PREFIXED};
use crate::files::media_path::percent_decoded;
use crate::files::{delimited, input, json};
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Prediction, Sample};
use crate::options::{ReadOptions, Received};
use crate::reading::Reading;

/// What a row of JSON_MIN and CSV says of its annotation.
const ANNOTATION: [&str; 7] = ["id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "choice"];

/// A task of the export JSON.
#[derive(Deserialize)]
struct Task {
    data: Map<String, Value>,
    #[serde(default)]
    annotations: Vec<Annotation>,
    #[serde(default)]
    predictions: Vec<Value>,
}

/// What one annotator says of a task.
#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    completed_by: Value,
    #[serde(default)]
    was_cancelled: bool,
    #[serde(default)]
    updated_at: Option<String>,
    #[serde(default)]
    result: Vec<Choice>,
}

/// One control of an annotation or a prediction.
#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    from_name: String,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    origin: Option<String>,
}

/// What a model says of a task.
#[derive(Deserialize)]
struct ModelResult {
    #[serde(default)]
    model_version: Option<String>,
    #[serde(default)]
    score: Option<f64>,
    #[serde(default)]
    result: Vec<Choice>,
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    match input::extension(path).as_str() {
        "json" => {
            for (row, task) in json::document::<Vec<Value>>(path, options)?.into_iter().enumerate() {
                read_task(task, &mut reading, row)?;
            }
        }
        "csv" => delimited::each_row(path, b',', options, |row, cells| flat(cells, &mut reading, row))?,
        "tsv" => delimited::each_row(path, b'\t', options, |row, cells| flat(cells, &mut reading, row))?,
        _ => {
            let expected = "the exports JSON, JSON-MIN, CSV and TSV";
            return Err(Error::Extension { path: path.into(), format: NAME, expected });
        }
    }
    reading.finish()
}

/// A task of JSON, or of JSON_MIN, which has no `data`.
fn read_task(task: Value, reading: &mut Reading<'_>, row: usize) -> Result<()> {
    let place = reading.file.row(row);
    let file = place.file.clone().unwrap_or_default();
    let refuse = |error: serde_json::Error| Error::malformed(&file)(format!("task {row}: {error}"));
    if !task.get("data").is_some_and(Value::is_object) {
        return flat(serde_json::from_value(task).map_err(refuse)?, reading, row);
    }
    let mut task: Task = serde_json::from_value(task).map_err(refuse)?;
    let mut sample = start(&mut task.data, reading, &place, row)?;
    let place = place.id(&sample.id);
    for annotation in task.annotations {
        let decision = decide(annotation, sample.given, reading, &place)?;
        sample.decisions.extend(decision);
    }
    for prediction in task.predictions.into_iter().filter(Value::is_object) {
        let model: ModelResult = serde_json::from_value(prediction).map_err(refuse)?;
        predict(&mut sample, model, reading, &place)?;
    }
    keep_columns(&mut sample, task.data, reading);
    reading.push(sample);
    Ok(())
}

/// A sample with what travelled, and its media.
fn start(data: &mut Map<String, Value>, reading: &mut Reading<'_>, place: &Place, row: usize) -> Result<Sample> {
    let mut sample = Sample::new("");
    fields::take(&PREFIXED, data, reading, place, &mut sample)?;
    let [path, image, text] = ["mislabel_path", "image", "text"].map(|name| data.remove(name).unwrap_or_default());
    let path = cells::text(place, "mislabel_path", &path)?;
    let image = cells::text(place, "image", &image)?.map(|address| path_in(&address));
    let text = cells::text(place, "text", &text)?;
    sample.media = path.or(image).map(Media::Path).or(text.map(Media::Text));
    if sample.id.is_empty() {
        sample.id = sample.path().map_or_else(|| row.to_string(), Into::into);
    }
    Ok(sample)
}

/// The path in the address of a local file; other addresses as they are.
fn path_in(address: &str) -> String {
    let path = address.split_once("/data/local-files/?d=").and_then(|(_, path)| percent_decoded(path));
    path.unwrap_or_else(|| address.into())
}

fn decide(
    annotation: Annotation,
    given: Option<u32>,
    reading: &mut Reading<'_>,
    place: &Place,
) -> Result<Option<Decision>> {
    if annotation.was_cancelled {
        reading.notes.count("annotations that were skipped are no decisions");
        return Ok(None);
    }
    let Some((choice, origin)) = chosen(annotation.result, reading, place)? else {
        reading.notes.count("annotations without a label are no decisions");
        return Ok(None);
    };
    let verdict = verdict(&choice, given, reading, place)?;
    let time = annotation.updated_at.map(|time| fields::time(place, "updated_at", &time)).transpose()?;
    Ok(Some(Decision { reviewer: reviewer(&annotation.completed_by), time, origin, ..Decision::new(verdict) }))
}

/// The number of a user, or an object with an address.
fn reviewer(user: &Value) -> Option<String> {
    let known = ["email", "username", "id"].iter().find_map(|name| user.get(*name)).unwrap_or(user);
    match known {
        Value::Null => None,
        Value::String(name) => Some(name.clone()),
        other => Some(other.to_string()),
    }
}

/// The choice of the control of labels, and how it came about.
fn chosen(results: Vec<Choice>, reading: &mut Reading<'_>, place: &Place) -> Result<Option<(String, Option<String>)>> {
    let control = reading.options.label_field.clone().unwrap_or_else(|| CONTROL.into());
    let mut found = None;
    for result in results {
        let is_choice = result.value.get("choices").is_some();
        if !is_choice || (result.from_name != control && !result.from_name.is_empty()) {
            let kind = result.from_name;
            reading
                .notes
                .count(format!("results of the control {kind:?} are not read (labels are those of {control:?})"));
            continue;
        }
        let choices = cells::texts(place, &control, &result.value["choices"])?;
        let several = found.is_some() && !choices.is_empty();
        if choices.len() > 1 || several {
            let labels = found.map(|(label, _)| label).into_iter().chain(choices).collect();
            return Err(Error::SeveralLabels { place: place.clone(), field: control, labels });
        }
        found = choices.into_iter().next().map(|choice| (choice, result.origin));
    }
    Ok(found)
}

fn verdict(choice: &str, given: Option<u32>, reading: &mut Reading<'_>, place: &Place) -> Result<Verdict> {
    match choice {
        UNSURE => Ok(Verdict::Unsure),
        EXCLUDE => Ok(Verdict::Exclude),
        name => Ok(Verdict::chosen(given, reading.class(place, CONTROL, name)?)),
    }
}

fn predict(sample: &mut Sample, model: ModelResult, reading: &mut Reading<'_>, place: &Place) -> Result<()> {
    let Some((choice, _)) = chosen(model.result, reading, place)? else {
        return Ok(());
    };
    let name = model.model_version.filter(|name| !name.is_empty()).unwrap_or_else(|| "label-studio".into());
    if sample.predictions.iter().any(|known| known.model == name) {
        return Ok(());
    }
    let label = reading.class(place, "predictions", &choice)?;
    let confidence = model.score.filter(|score| (0.0..=1.0).contains(score));
    sample.predictions.push(Prediction { confidence, ..Prediction::new(name, label) });
    Ok(())
}

/// A row of JSON_MIN or CSV: one annotation of a task, the data beside it.
fn flat(mut row: Map<String, Value>, reading: &mut Reading<'_>, number: usize) -> Result<()> {
    let place = reading.file.row(number);
    let control = reading.options.label_field.clone().unwrap_or_else(|| CONTROL.into());
    let label = row.remove(&control).unwrap_or_default();
    let mut about = ANNOTATION.map(|name| row.remove(name).unwrap_or_default());
    let mut sample = start(&mut row, reading, &place, number)?;
    let place = place.id(&sample.id);
    if let Some(choice) = only(&place, &control, label)? {
        let verdict = verdict(&choice, sample.given, reading, &place)?;
        let time = cells::text(&place, ANNOTATION[4], &about[4].take())?;
        let time = time.map(|time| fields::time(&place, ANNOTATION[4], &time)).transpose()?;
        sample.decisions.push(Decision { reviewer: reviewer(&about[1]), time, ..Decision::new(verdict) });
    }
    keep_columns(&mut sample, row, reading);
    reading.push_opinion(sample);
    Ok(())
}

/// The label of a row: a text, or an object with the choices where there are several.
fn only(place: &Place, field: &str, label: Value) -> Result<Option<String>> {
    let parsed = label.as_str().filter(|text| text.starts_with('{')).and_then(|text| serde_json::from_str(text).ok());
    let label: Value = parsed.unwrap_or(label);
    let Some(choices) = label.get("choices") else {
        return cells::text(place, field, &label);
    };
    let labels = cells::texts(place, field, choices)?;
    if labels.len() > 1 {
        return Err(Error::SeveralLabels { place: place.clone(), field: field.into(), labels });
    }
    Ok(labels.into_iter().next())
}

fn keep_columns(sample: &mut Sample, mut data: Map<String, Value>, reading: &mut Reading<'_>) {
    data.retain(|_, value| !cells::is_absent(value));
    for name in data.keys() {
        reading.notes.say(format!("field {name:?} of the data is kept as a column"));
    }
    sample.columns = data;
}
