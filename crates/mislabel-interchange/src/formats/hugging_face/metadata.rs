//! `metadata.csv` and `metadata.jsonl`: the labels of an image folder as text.

use std::path::Path;

use serde_json::{Map, Value};

use crate::cells;
use crate::error::{Error, Result};
use crate::fields::{self, PREFIXED};
use crate::files::folder::Output;
use crate::files::media_path::relative;
use crate::files::{delimited, input, json};
use crate::formats::table;
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

/// The name of the format.
pub(super) const NAME: &str = "huggingface";
/// The column of paths relative to the file.
const FILE: &str = "file_name";
const LABEL: &str = "label";

pub(super) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    table::each_row(path, options, |number, mut row| {
        let place = reading.file.row(number);
        let file = row.remove(FILE).or_else(|| row.remove("image_file_name")).unwrap_or_default();
        let Some(file) = cells::text(&place, FILE, &file)? else {
            return Err(Error::missing(&place, FILE, "name the image of every row"));
        };
        let mut sample = Sample::new(file.clone());
        let place = place.id(&file);
        fields::take(&PREFIXED, &mut row, &mut reading, &place, &mut sample)?;
        sample.media = Some(Media::Path(file));
        let field = options.label_field.as_deref().unwrap_or(LABEL);
        let class = reading.class_of(&place, field, &row.remove(field).unwrap_or_default())?;
        relabeled(&mut sample, class);
        keep_columns(&mut sample, row, &mut reading);
        reading.push(sample);
        Ok(())
    })?;
    reading.finish()
}

/// A label that differs from the one that was sent is a decision.
pub(super) fn relabeled(sample: &mut Sample, class: Option<u32>) {
    sample.given = sample.given.or(class);
    if let Some(class) = class.filter(|class| sample.given != Some(*class) && sample.decisions.is_empty()) {
        sample.decisions = vec![Decision::new(Verdict::Relabel(class))];
    }
}

pub(super) fn keep_columns(sample: &mut Sample, mut row: Map<String, Value>, reading: &mut Reading<'_>) {
    row.retain(|_, value| !cells::is_absent(value));
    for name in row.keys() {
        reading.notes.say(format!("column {name:?} is kept as it is"));
    }
    sample.columns = row;
}

pub(super) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let rows = set.samples().iter().map(|sample| row(set, sample, options)).collect::<Result<Vec<_>>>()?;
    let mut output = Output::default();
    output.file(path, |out| match input::extension(path).as_str() {
        "csv" => delimited::write(out, b',', &columns(&rows), &rows),
        _ => json::write_lines(out, rows.iter()),
    })?;
    output.notes.say("the paths are relative to this file: put it into the folder of the images");
    Ok(output.finish())
}

fn columns(rows: &[Map<String, Value>]) -> Vec<String> {
    let others: std::collections::BTreeSet<&String> = rows.iter().flat_map(Map::keys).collect();
    let first = [FILE, LABEL].map(String::from);
    let rest = others.into_iter().filter(|name| !first.contains(name)).cloned();
    first.iter().cloned().chain(rest).collect()
}

fn row(set: &SampleSet, sample: &Sample, options: &WriteOptions) -> Result<Map<String, Value>> {
    let Some(path) = sample.path() else {
        return Err(Error::unwritable(NAME, &sample.id, "it has no path to an image: write Parquet"));
    };
    let mut row = fields::carried(&PREFIXED, set, sample, options.suggestions);
    row.insert(FILE.into(), relative(&sample.id, path, options.media_root.as_deref())?.into());
    row.insert(LABEL.into(), sample.given.map(|given| set.classes().name(given)).into());
    for (name, value) in &sample.columns {
        row.entry(name.clone()).or_insert_with(|| value.clone());
    }
    Ok(row)
}
