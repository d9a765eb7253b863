//! A sample as a row of a table.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::cells;
use crate::error::{Error, Place, Result};
use crate::fields::{self, PLAIN};
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;
use crate::options::WriteOptions;
use crate::reading::Reading;

/// What messages call the format.
pub(super) const NAME: &str = "a table";
/// Names of columns that hold paths, beside `path`.
const PATHS: [&str; 5] = ["image", "filepath", "file_name", "filename", "image_path"];
/// Names of columns that hold given labels, beside `given_label`.
const LABELS: [&str; 3] = ["label", "labels", "class"];
const TRUE_LABEL: &str = "true_label";
const DECISION: [&str; 4] = ["decision", "reviewer", "time", "note"];

/// The order of the columns that have a meaning.
const ORDER: [&str; 18] = [
    "index",
    "id",
    "path",
    "text",
    "given_label",
    "suggested_label",
    "quality",
    "score",
    "is_issue",
    TRUE_LABEL,
    "decision",
    "reviewer",
    "time",
    "note",
    "split",
    "tags",
    "predictions",
    "decisions",
];

/// The columns that a row of `rows` has: those with a meaning, then the others by name. Identity and given label are
/// columns of a table without rows, too.
pub(super) fn columns(rows: &[Map<String, Value>]) -> Vec<String> {
    let always = if rows.is_empty() { vec![PLAIN.index, PLAIN.id, PLAIN.given] } else { Vec::new() };
    let present: BTreeSet<&str> = rows.iter().flat_map(Map::keys).map(String::as_str).chain(always).collect();
    let known = ORDER.iter().copied().filter(|name| present.contains(name));
    let others = present.iter().copied().filter(|name| !ORDER.contains(name));
    known.chain(others).map(Into::into).collect()
}

/// The sample of row `number`.
pub(super) fn sample(mut row: Map<String, Value>, reading: &mut Reading<'_>, number: usize) -> Result<Sample> {
    let mut place = reading.file.row(number);
    let id = row.get(PLAIN.id).map(|id| cells::text(&place, PLAIN.id, id)).transpose()?.flatten();
    if let Some(id) = &id {
        place = place.id(id);
    }
    let mut sample = Sample::new(id.unwrap_or_default());
    name_label(&mut row, reading);
    fields::take(&PLAIN, &mut row, reading, &place, &mut sample)?;
    sample.media = media(&mut row, &place)?;
    let decided = decision(&mut row, reading, &place, sample.given)?;
    if sample.decisions.is_empty() {
        sample.decisions.extend(decided);
    }
    row.retain(|_, value| !cells::is_absent(value));
    for name in row.keys() {
        reading.notes.say(format!("column {name:?} is kept as it is"));
    }
    sample.columns = row;
    identify(&mut sample, reading, number);
    Ok(sample)
}

/// Gives the column of labels the name it has with us.
fn name_label(row: &mut Map<String, Value>, reading: &mut Reading<'_>) {
    let named = reading.options.label_field.clone();
    let known = || LABELS.iter().map(|name| (*name).to_owned()).find(|name| row.contains_key(name));
    let Some(name) = named.or_else(|| if row.contains_key(PLAIN.given) { None } else { known() }) else {
        return;
    };
    if let Some(label) = row.remove(&name) {
        reading.notes.say(format!("column {name:?} holds the given labels"));
        row.insert(PLAIN.given.into(), label);
    }
}

fn media(row: &mut Map<String, Value>, place: &Place) -> Result<Option<Media>> {
    let name = std::iter::once("path").chain(PATHS).find(|name| row.get(*name).is_some_and(is_path));
    if let Some(name) = name {
        let value = row.remove(name).unwrap_or_default();
        let path = value.get("path").unwrap_or(&value);
        return Ok(cells::text(place, name, path)?.map(Media::Path));
    }
    let text = row.remove("text").unwrap_or_default();
    Ok(cells::text(place, "text", &text)?.map(Media::Text))
}

/// A text, or the image of a Hugging Face dataset.
fn is_path(value: &Value) -> bool {
    !cells::is_absent(value.get("path").unwrap_or(value)) && (value.is_string() || value.get("path").is_some())
}

/// The decision in columns of its own.
fn decision(
    row: &mut Map<String, Value>,
    reading: &mut Reading<'_>,
    place: &Place,
    given: Option<u32>,
) -> Result<Option<Decision>> {
    let mut of = |name: &str| cells::text(place, name, &row.remove(name).unwrap_or_default());
    let [name, reviewer, time, note] = [of(DECISION[0])?, of(DECISION[1])?, of(DECISION[2])?, of(DECISION[3])?];
    let label = row.remove(TRUE_LABEL).unwrap_or_default();
    let verdict = match name {
        Some(name) => fields::verdict(reading, place, DECISION[0], &name, &label)?,
        None => match reading.class_of(place, TRUE_LABEL, &label)? {
            Some(label) => Verdict::chosen(given, label),
            None => return Ok(None),
        },
    };
    let time = time.map(|time| fields::time(place, DECISION[2], &time)).transpose()?;
    Ok(Some(Decision { reviewer, time, note, ..Decision::new(verdict) }))
}

/// What has no id is called by its path, or else by its number.
fn identify(sample: &mut Sample, reading: &mut Reading<'_>, number: usize) {
    if sample.index.is_none() {
        reading.notes.say("there is no column index: rows are numbered from 0");
        sample.index = Some(number as u64);
    }
    if sample.id.is_empty() {
        let index = sample.index.unwrap_or_default();
        sample.id = sample.path().map_or_else(|| index.to_string(), Into::into);
    }
}

/// The row of a sample.
pub(super) fn row(set: &SampleSet, sample: &Sample, options: &WriteOptions) -> Result<Map<String, Value>> {
    let mut row = fields::carried(&PLAIN, set, sample, options.suggestions);
    match &sample.media {
        Some(Media::Path(path)) => row.insert("path".into(), path.as_str().into()),
        Some(Media::Text(text)) => row.insert("text".into(), text.as_str().into()),
        None => None,
    };
    if let Some(decision) = sample.decisions.last() {
        put_decision(&mut row, set, sample, decision);
    }
    for (name, value) in &sample.columns {
        if row.contains_key(name) || ORDER.contains(&name.as_str()) {
            return Err(Error::unwritable(
                NAME,
                &sample.id,
                format!("rename its column {name:?}, which has a meaning"),
            ));
        }
        row.insert(name.clone(), value.clone());
    }
    Ok(row)
}

fn put_decision(row: &mut Map<String, Value>, set: &SampleSet, sample: &Sample, decision: &Decision) {
    if sample.decisions.len() == 1 && decision.origin.is_none() {
        row.remove(PLAIN.decisions);
    }
    let label = match decision.verdict {
        Verdict::Keep => sample.given,
        Verdict::Relabel(label) => Some(label),
        Verdict::Unsure | Verdict::Exclude => None,
    };
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            row.insert(name.into(), value.into());
        }
    };
    put(TRUE_LABEL, label.map(|label| set.classes().name(label).into()));
    put(DECISION[0], Some(decision.verdict.name().into()));
    put(DECISION[1], decision.reviewer.clone());
    put(DECISION[2], decision.time.map(|time| time.to_string()));
    put(DECISION[3], decision.note.clone());
}
