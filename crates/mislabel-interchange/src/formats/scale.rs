//! Scale: tasks in batches, a calibration batch, and items with predictions for Nucleus.

use std::path::Path;

use mislabel_core::split_seed;
use serde_json::{Map, Value, json};

use crate::cells;
use crate::error::{Error, Place, Result};
use crate::fields::{self, PREFIXED};
use crate::files::folder::{self, Output};
use crate::files::json;
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

const NAME: &str = "scale";
/// Tasks that a batch takes.
const BATCH: usize = 3000;

pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let tasks = set.samples().iter().map(|sample| task(set, sample, options)).collect::<Result<Vec<_>>>()?;
    let (calibration, rest) = drawn(tasks, options);
    let nucleus = nucleus(set, options)?;
    folder::make(path)?;
    let mut output = Output::default();
    if !calibration.is_empty() {
        batch(&mut output, path, "calibration", &options.name, &calibration)?;
    }
    for (number, part) in rest.chunks(options.batch.unwrap_or(BATCH).clamp(1, BATCH)).enumerate() {
        batch(&mut output, path, &format!("batch-{:04}", number + 1), &options.name, part)?;
    }
    for (name, lines) in ["items", "annotations", "predictions"].iter().zip(&nucleus).filter(|(_, l)| !l.is_empty()) {
        output.file(&path.join(format!("nucleus-{name}.jsonl")), |out| json::write_lines(out, lines.iter()))?;
    }
    output.notes.say("tasks: make one batch for each file, then create a task from every line");
    Ok(output.finish())
}

/// Draws the tasks of the calibration batch at random; the others keep their order.
fn drawn(tasks: Vec<Value>, options: &WriteOptions) -> (Vec<Value>, Vec<Value>) {
    let mut keys: Vec<(u64, usize)> =
        (0..tasks.len()).map(|row| (split_seed(options.seed, &[row as u64]), row)).collect();
    keys.sort_unstable();
    let chosen: std::collections::HashSet<usize> = keys.iter().take(options.calibration).map(|(_, row)| *row).collect();
    let (calibration, rest): (Vec<_>, Vec<_>) =
        tasks.into_iter().enumerate().partition(|(row, _)| chosen.contains(row));
    let values = |tasks: Vec<(usize, Value)>| tasks.into_iter().map(|(_, task)| task).collect();
    (values(calibration), values(rest))
}

/// Writes the tasks of a batch, each with its name.
fn batch(output: &mut Output, path: &Path, name: &str, project: &str, tasks: &[Value]) -> Result<()> {
    let named = tasks.iter().map(|task| {
        let mut task = task.clone();
        task["batch"] = format!("{project}-{name}").into();
        task
    });
    output.file(&path.join(format!("{name}.jsonl")), |out| json::write_lines(out, named))
}

fn task(set: &SampleSet, sample: &Sample, options: &WriteOptions) -> Result<Value> {
    let (kind, attachment) = match &sample.media {
        Some(Media::Path(path)) => ("image", address(path, options)),
        Some(Media::Text(text)) => ("text", text.clone()),
        None => return Err(Error::unwritable(NAME, &sample.id, "it has neither a path nor a text: give one of them")),
    };
    Ok(json!({
        "project": options.name,
        "unique_id": sample.id,
        "attachment_type": kind,
        "attachment": attachment,
        "metadata": metadata(set, sample, options),
    }))
}

fn address(path: &str, options: &WriteOptions) -> String {
    match &options.address_prefix {
        Some(prefix) if !crate::files::media_path::is_address(path) => format!("{prefix}{path}"),
        _ => path.into(),
    }
}

fn metadata(set: &SampleSet, sample: &Sample, options: &WriteOptions) -> Map<String, Value> {
    let mut metadata = fields::carried(&PREFIXED, set, sample, options.suggestions);
    for (name, value) in &sample.columns {
        metadata.entry(name.clone()).or_insert_with(|| value.clone());
    }
    metadata
}

/// Items, annotations and predictions. Quality and labels stand with the item, because only its metadata can be queried.
fn nucleus(set: &SampleSet, options: &WriteOptions) -> Result<[Vec<Value>; 3]> {
    let [mut items, mut annotations, mut predictions] = [const { Vec::new() }; 3];
    for sample in set.samples() {
        let Some(path) = sample.path() else { continue };
        let id = &sample.id;
        let metadata = metadata(set, sample, options);
        items.push(json!({ "reference_id": id, "image_url": address(path, options), "metadata": metadata }));
        let category = |label: u32| json!({ "reference_id": id, "type": "category", "label": set.classes().name(label), "geometry": {}, "metadata": {} });
        annotations.extend(sample.given.map(category));
        let suggested = sample.suggested.filter(|_| options.suggestions).map(|label| {
            let mut prediction = category(label);
            prediction["confidence"] = sample.quality.map(|quality| 1.0 - quality).into();
            prediction
        });
        predictions.extend(suggested);
    }
    Ok([items, annotations, predictions])
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    for (row, task) in json::list_or_lines::<Map<String, Value>>(path, options)?.into_iter().enumerate() {
        let sample = read_task(task, &mut reading, row)?;
        reading.push(sample);
    }
    reading.finish()
}

fn read_task(mut task: Map<String, Value>, reading: &mut Reading<'_>, row: usize) -> Result<Sample> {
    let place = reading.file.row(row);
    let mut of = |name: &str| task.remove(name).unwrap_or_default();
    let id = cells::text(&place, "unique_id", &of("unique_id"))?;
    let task_id = cells::text(&place, "task_id", &of("task_id"))?;
    let Some(id) = id.or(task_id) else {
        return Err(Error::missing(&place, "unique_id", "give what Scale returned"));
    };
    let place = place.id(&id);
    let [status, response, parameters] = [of("status"), of("response"), of("params")];
    let attachment =
        Some(of("attachment")).filter(|a| !a.is_null()).unwrap_or_else(|| parameters["attachment"].clone());
    let kind =
        Some(of("attachment_type")).filter(|a| !a.is_null()).unwrap_or_else(|| parameters["attachment_type"].clone());
    let mut metadata = of("metadata").as_object().cloned().unwrap_or_default();
    let mut sample = Sample::new(id);
    fields::take(&PREFIXED, &mut metadata, reading, &place, &mut sample)?;
    let attachment = cells::text(&place, "attachment", &attachment)?;
    sample.media = attachment.map(|a| if kind == "text" { Media::Text(a) } else { Media::Path(a) });
    sample.decisions.extend(decision(&status, &response, sample.given, reading, &place)?);
    for name in metadata.keys() {
        reading.notes.say(format!("metadata {name:?} is kept as a column"));
    }
    sample.columns = metadata;
    Ok(sample)
}

/// The category of the response, of a task that is completed.
fn decision(
    status: &Value,
    response: &Value,
    given: Option<u32>,
    reading: &mut Reading<'_>,
    place: &Place,
) -> Result<Option<Decision>> {
    if response.is_null() {
        return Ok(None);
    }
    if status.as_str().is_some_and(|status| status != "completed") {
        reading.notes.count("tasks that are not completed are no decisions");
        return Ok(None);
    }
    let field = reading.options.label_field.as_deref().unwrap_or("category");
    let category = response.get(field).or_else(|| response["annotations"].get(field)).unwrap_or(&Value::Null);
    let category = category.get("response").or_else(|| category.get("label")).unwrap_or(category);
    let labels = flattened(category).map(|label| cells::text(place, field, label));
    let labels = labels.filter_map(Result::transpose).collect::<Result<Vec<String>>>()?;
    match labels.as_slice() {
        [] => Err(Error::missing(place, &format!("{field} in the response"), "name the field of the answer")),
        [label] => Ok(Some(Decision::new(Verdict::chosen(given, reading.class(place, "category", label)?)))),
        _ => Err(Error::SeveralLabels { place: place.clone(), field: field.into(), labels }),
    }
}

/// A value, or those of a list of lists.
fn flattened(value: &Value) -> impl Iterator<Item = &Value> {
    let outer = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    outer.iter().flat_map(|inner| inner.as_array().map_or(std::slice::from_ref(inner), Vec::as_slice))
}
