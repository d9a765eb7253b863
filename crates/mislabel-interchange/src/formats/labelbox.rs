//! Labelbox: pre-labels as NDJSON, and the NDJSON of an export.

use std::path::Path;

use mislabel_core::split_seed;
use serde_json::{Map, Value, json};

use crate::cells;
use crate::error::{Error, Place, Result};
use crate::files::folder::{self, Output};
use crate::files::json;
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

/// The radio question of the ontology.
const QUESTION: &str = "label";
/// Larger uploads have been reported to fail.
const BATCH: usize = 900;

pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let label = |sample: &Sample| if options.suggestions { sample.suggested.or(sample.given) } else { sample.given };
    let lines: Vec<Value> = set.samples().iter().filter_map(|s| Some(line(set, s, label(s)?, options))).collect();
    folder::make(path)?;
    let mut output = Output::default();
    for (number, part) in lines.chunks(options.batch.unwrap_or(BATCH).max(1)).enumerate() {
        let file = path.join(format!("labels-{:04}.ndjson", number + 1));
        output.file(&file, |out| json::write_lines(out, part.iter()))?;
    }
    for _ in lines.len()..set.len() {
        output.notes.count("samples without a label are left out");
    }
    output.notes.say("the ids of the samples must be the global keys of the data rows");
    output.notes.say(format!("the ontology needs the radio question {QUESTION:?} with an option for every class"));
    output.notes.say(
        "given labels, qualities and flags have no place in pre-labels: bring them in as metadata of the data rows",
    );
    Ok(output.finish())
}

fn line(set: &SampleSet, sample: &Sample, label: u32, options: &WriteOptions) -> Value {
    let mut answer = json!({ "name": set.classes().name(label) });
    if let Some(quality) = sample.quality.filter(|_| options.suggestions && sample.suggested == Some(label)) {
        answer["confidence"] = (1.0 - quality).into();
    }
    json!({
        "uuid": uuid(options, &sample.id),
        "dataRow": { "globalKey": sample.id },
        "name": QUESTION,
        "answer": answer,
    })
}

/// An identifier in the form of version 4, the same for the same sample and name: a second upload replaces the first.
fn uuid(options: &WriteOptions, id: &str) -> String {
    let hash = twox_hash::XxHash3_128::oneshot(format!("{}\n{id}", options.name).as_bytes());
    let bits = split_seed(options.seed, &[hash as u64, (hash >> 64) as u64]);
    let (high, low) = ((hash >> 64) as u64 ^ bits, hash as u64);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        0x8000 | (low >> 48) & 0x3FFF,
        low & 0xFFFF_FFFF_FFFF
    )
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    json::each_line(path, options, |number, row: Map<String, Value>| {
        let sample = match row.contains_key("dataRow") {
            true => prelabel(row, &mut reading, number)?,
            false => exported(Value::Object(row), &mut reading, number)?,
        };
        reading.push(sample);
        Ok(())
    })?;
    reading.finish()
}

/// A line of an upload.
fn prelabel(row: Map<String, Value>, reading: &mut Reading<'_>, number: usize) -> Result<Sample> {
    let place = reading.file.row(number);
    let key = row["dataRow"].get("globalKey").or_else(|| row["dataRow"].get("id")).unwrap_or(&Value::Null);
    let mut sample = keyed(&place, key)?;
    let answer = row.get("answer").unwrap_or(&Value::Null);
    sample.suggested = reading.class_of(&place.id(&sample.id), "answer", &answer["name"])?;
    let confidence = cells::fraction(&place, "confidence", &answer["confidence"])?;
    sample.quality = confidence.map(|confidence| 1.0 - confidence);
    Ok(sample)
}

fn keyed(place: &Place, key: &Value) -> Result<Sample> {
    match cells::text(place, "global key", key)? {
        Some(key) => Ok(Sample::new(key)),
        None => Err(Error::missing(place, "global key", "give the data rows global keys and export again")),
    }
}

/// A line of an export: a data row, with the labels of every project.
fn exported(row: Value, reading: &mut Reading<'_>, number: usize) -> Result<Sample> {
    let place = reading.file.row(number);
    let data = &row["data_row"];
    let mut sample = keyed(&place, data.get("global_key").filter(|key| !key.is_null()).unwrap_or(&data["id"]))?;
    let place = place.id(&sample.id);
    sample.media = cells::text(&place, "row_data", &data["row_data"])?.map(Media::Path);
    let projects = row["projects"].as_object().into_iter().flat_map(Map::values);
    for label in projects.flat_map(|project| list(&project["labels"])) {
        sample.decisions.extend(decision(label, reading, &place)?);
    }
    Ok(sample)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What one person answered.
fn decision(label: &Value, reading: &mut Reading<'_>, place: &Place) -> Result<Option<Decision>> {
    let field = reading.options.label_field.clone().unwrap_or_else(|| QUESTION.into());
    let mut answers = Vec::new();
    for classification in list(&label["annotations"]["classifications"]) {
        if classification["name"] != field.as_str() {
            let name = classification["name"].as_str().unwrap_or_default();
            reading.notes.count(format!("the question {name:?} is not read (labels are those of {field:?})"));
            continue;
        }
        let several = list(&classification["checklist_answers"]);
        let all = if several.is_empty() { vec![&classification["radio_answer"]] } else { several.iter().collect() };
        answers.extend(all.iter().filter_map(|answer| answer["name"].as_str()).map(String::from));
    }
    if answers.len() > 1 {
        return Err(Error::SeveralLabels { place: place.clone(), field, labels: answers });
    }
    let Some(name) = answers.first() else {
        reading.notes.count("labels without an answer are no decisions");
        return Ok(None);
    };
    let verdict = Verdict::Relabel(reading.class(place, &field, name)?);
    let details = &label["label_details"];
    let reviewer = cells::text(place, "created_by", &details["created_by"])?;
    let time = cells::text(place, "created_at", &details["created_at"])?;
    let time = time.map(|time| crate::fields::time(place, "created_at", &time)).transpose()?;
    Ok(Some(Decision { reviewer, time, ..Decision::new(verdict) }))
}
