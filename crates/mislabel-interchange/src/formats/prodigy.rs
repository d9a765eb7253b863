//! Prodigy: JSON lines of the choice interface.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::cells;
use crate::error::{Error, Result};
use crate::fields::{self, PREFIXED};
use crate::files::folder::Output;
use crate::files::json;
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;
use crate::model::timestamp::Timestamp;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

const NAME: &str = "prodigy";
/// Keys of Prodigy's own.
const SYSTEM: [&str; 7] = ["_input_hash", "_task_hash", "_view_id", "_session_id", "config", "html", "tokens"];

pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let choices: Vec<Value> = set.classes().names().iter().map(|name| json!({ "id": name, "text": name })).collect();
    let lines = set.samples().iter().map(|sample| line(set, sample, &choices, options)).collect::<Result<Vec<_>>>()?;
    let mut output = Output::default();
    output.file(path, |out| json::write_lines(out, lines.iter()))?;
    output.notes.say("annotate with a recipe whose view is choice; skipped tasks (ignore) are no decisions");
    Ok(output.finish())
}

fn line(set: &SampleSet, sample: &Sample, choices: &[Value], options: &WriteOptions) -> Result<Value> {
    let mut meta = fields::carried(&PREFIXED, set, sample, options.suggestions);
    for (name, value) in &sample.columns {
        meta.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let mut line = json!({ "options": choices, "meta": meta });
    match &sample.media {
        Some(Media::Text(text)) => line["text"] = text.as_str().into(),
        Some(Media::Path(path)) => line["image"] = path.as_str().into(),
        None => return Err(Error::unwritable(NAME, &sample.id, "it has neither a text nor a path: give one of them")),
    }
    if let Some(suggested) = sample.suggested.filter(|_| options.suggestions) {
        line["accept"] = json!([set.classes().name(suggested)]);
    }
    Ok(line)
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    for (row, line) in json::list_or_lines::<Map<String, Value>>(path, options)?.into_iter().enumerate() {
        read_line(line, &mut reading, row)?;
    }
    reading.finish()
}

fn read_line(mut line: Map<String, Value>, reading: &mut Reading<'_>, row: usize) -> Result<()> {
    let place = reading.file.row(row);
    let mut of = |name: &str| line.remove(name).unwrap_or_default();
    let mut meta = of("meta").as_object().cloned().unwrap_or_default();
    let mut sample = Sample::new("");
    fields::take(&PREFIXED, &mut meta, reading, &place, &mut sample)?;
    let (image, text) = (cells::text(&place, "image", &of("image"))?, cells::text(&place, "text", &of("text"))?);
    // An image in the line itself is no path.
    let path = image.filter(|image| !image.starts_with("data:"));
    sample.media = path.map(Media::Path).or(text.map(Media::Text));
    if sample.id.is_empty() {
        sample.id = sample.path().map_or_else(|| row.to_string(), Into::into);
    }
    let place = place.id(&sample.id);
    let accept = cells::texts(&place, "accept", &of("accept"))?;
    let answer = cells::text(&place, "answer", &of("answer"))?;
    let (annotator, time) = (cells::text(&place, "_annotator_id", &of("_annotator_id"))?, of("_timestamp"));
    of("options");
    if let Some(label) = cells::text(&place, "label", &of("label"))? {
        sample.given = Some(sample.given.map_or_else(|| reading.class(&place, "label", &label), Ok)?);
    }
    if accept.len() > 1 {
        return Err(Error::SeveralLabels { place, field: "accept".into(), labels: accept });
    }
    let class = accept.first().map(|label| reading.class(&place, "accept", label)).transpose()?;
    match (answer.as_deref(), class) {
        (None, suggested) => sample.suggested = sample.suggested.or(suggested),
        (Some("accept"), Some(class)) => {
            let seconds = cells::number(&place, "_timestamp", &time)?;
            let time = seconds.and_then(|seconds| Timestamp::from_milliseconds((seconds * 1000.0) as i64).ok());
            let verdict = Verdict::chosen(sample.given, class);
            sample.decisions.push(Decision { reviewer: annotator, time, ..Decision::new(verdict) });
        }
        (Some("accept"), None) => reading.notes.count("accepted tasks without a choice are no decisions"),
        (Some("reject"), _) => reading.notes.count("rejected tasks name no label and are no decisions"),
        (Some("ignore"), _) => reading.notes.count("ignored tasks are no decisions"),
        (Some(other), _) => {
            return Err(Error::value(&place, "answer", format!("{other:?}"), "be accept, reject or ignore"));
        }
    }
    line.retain(|name, value| !SYSTEM.contains(&name.as_str()) && !cells::is_absent(value));
    line.append(&mut meta);
    for name in line.keys() {
        reading.notes.say(format!("field {name:?} is kept as a column"));
    }
    sample.columns = line;
    reading.push_opinion(sample);
    Ok(())
}
