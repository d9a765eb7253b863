//! Datumaro: its JSON, the exchange format of CVAT.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::cells;
use crate::error::{Error, Result};
use crate::fields::{self, PREFIXED};
use crate::files::folder::{self, Output};
use crate::files::media_path::relative;
use crate::files::{input, json};
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

const NAME: &str = "datumaro";
/// The subset of samples without a split.
const DEFAULT: &str = "default";

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    categories: Categories,
    items: Vec<Item>,
}

#[derive(Default, Deserialize)]
struct Categories {
    #[serde(default)]
    label: Labels,
}

#[derive(Default, Deserialize)]
struct Labels {
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    #[serde(default)]
    annotations: Vec<Annotation>,
    #[serde(default)]
    attr: Map<String, Value>,
    #[serde(default)]
    image: Option<Image>,
}

#[derive(Deserialize)]
struct Image {
    #[serde(default)]
    path: String,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    label_id: Option<u64>,
    #[serde(default)]
    attributes: Map<String, Value>,
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    for file in subset_files(path)? {
        let document: Document = json::document(&file, options)?;
        let names: Vec<String> = document.categories.label.labels.into_iter().map(|label| label.name).collect();
        reading.file = crate::Place::of(&file);
        reading.declare(names.clone())?;
        let subset = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or(DEFAULT).to_owned();
        for (row, item) in document.items.into_iter().enumerate() {
            read_item(item, &names, &subset, row, &mut reading)?;
        }
    }
    reading.file = crate::Place::of(path);
    reading.finish()
}

/// The files of annotations: one for every subset, or the file itself.
fn subset_files(path: &Path) -> Result<Vec<PathBuf>> {
    if input::is_file(path)? {
        return Ok(vec![path.into()]);
    }
    let folder = path.join("annotations");
    let is_json = |file: &PathBuf| input::extension(file) == "json";
    let files: Vec<PathBuf> = input::entries(&folder)?.into_iter().filter(is_json).collect();
    match files.is_empty() {
        true => Err(Error::Extension { path: path.into(), format: NAME, expected: "a folder with annotations/*.json" }),
        false => Ok(files),
    }
}

fn read_item(mut item: Item, names: &[String], subset: &str, row: usize, reading: &mut Reading<'_>) -> Result<()> {
    let place = reading.file.row(row).id(&item.id);
    let (mut labels, others): (Vec<Annotation>, Vec<_>) =
        item.annotations.into_iter().partition(|annotation| annotation.kind == "label");
    if !others.is_empty() {
        reading.notes.count("annotations other than labels are not read");
    }
    let mut classes = Vec::new();
    for label in &labels {
        let name = label.label_id.and_then(|id| names.get(usize::try_from(id).ok()?));
        let id = label.label_id.map_or("absent".into(), |id| id.to_string());
        classes.push(name.ok_or_else(|| Error::value(&place, "label_id", id, "be the number of a label"))?.clone());
    }
    if classes.len() > 1 {
        return Err(Error::SeveralLabels { place, field: "annotations".into(), labels: classes });
    }
    let mut attributes = labels.pop().map(|label| label.attributes).unwrap_or_default();
    attributes.append(&mut item.attr);
    let mut sample = Sample::new(item.id.clone());
    fields::take(&PREFIXED, &mut attributes, reading, &place, &mut sample)?;
    sample.media = Some(Media::Path(item.image.map(|image| image.path).filter(|p| !p.is_empty()).unwrap_or(item.id)));
    sample.split = sample.split.or((subset != DEFAULT).then(|| subset.into()));
    if let Some(name) = classes.first() {
        decide(&mut sample, reading.class(&place, "label", name)?);
    }
    keep_columns(&mut sample, attributes, reading);
    reading.push(sample);
    Ok(())
}

/// A label that differs from the one that was sent is a decision.
fn decide(sample: &mut Sample, class: u32) {
    let given = *sample.given.get_or_insert(class);
    if given != class {
        sample.decisions = vec![Decision::new(Verdict::Relabel(class))];
    }
}

fn keep_columns(sample: &mut Sample, mut attributes: Map<String, Value>, reading: &mut Reading<'_>) {
    attributes.retain(|_, value| !cells::is_absent(value));
    for name in attributes.keys() {
        reading.notes.say(format!("attribute {name:?} is kept as a column"));
    }
    sample.columns = attributes;
}

pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let mut subsets: Vec<(&str, Vec<Value>)> = Vec::new();
    for sample in set.samples() {
        let name = sample.split.as_deref().unwrap_or(DEFAULT);
        check_subset(sample, name)?;
        let item = item(set, sample, options)?;
        match subsets.iter_mut().find(|(known, _)| *known == name) {
            Some((_, items)) => items.push(item),
            None => subsets.push((name, vec![item])),
        }
    }
    folder::make(path)?;
    let folder = path.join("annotations");
    folder::make(&folder)?;
    let mut output = Output::default();
    let label = |name: &String| json!({ "name": name, "parent": "", "attributes": [] });
    let labels: Vec<Value> = set.classes().names().iter().map(label).collect();
    for (name, items) in subsets {
        output.file(&folder.join(format!("{name}.json")), |out| {
            let start =
                json!({ "info": {}, "categories": { "label": { "labels": labels, "attributes": [] } } }).to_string();
            out.write_all(start.strip_suffix('}').unwrap_or(&start).as_bytes())?;
            out.write_all(b", \"items\": ")?;
            json::write_list(out, items.iter())?;
            out.write_all(b"}\n")
        })?;
    }
    output.notes.say("put the images into images/<subset>/ beside annotations/");
    Ok(output.finish())
}

/// A subset becomes a file: its name must be one part of a path.
fn check_subset(sample: &Sample, name: &str) -> Result<()> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    match !name.is_empty() && name.chars().all(is_plain) {
        true => Ok(()),
        false => {
            Err(Error::unwritable(NAME, &sample.id, format!("its split {name:?} is no name for a file: rename it")))
        }
    }
}

fn item(set: &SampleSet, sample: &Sample, options: &WriteOptions) -> Result<Value> {
    let Some(path) = sample.path() else {
        return Err(Error::unwritable(NAME, &sample.id, "it has no path: give the images"));
    };
    let path = relative(&sample.id, path, options.media_root.as_deref())?;
    let mut attributes = fields::carried(&PREFIXED, set, sample, options.suggestions);
    for (name, value) in &sample.columns {
        attributes.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let stem = path.rsplit_once('.').filter(|(_, end)| !end.contains('/')).map_or(path.as_str(), |(stem, _)| stem);
    let label = |given: u32| json!({ "type": "label", "label_id": given, "attributes": attributes });
    let annotations: Vec<Value> = sample.given.map(label).into_iter().collect();
    // Without a label, what travels stands with the item.
    let own = if annotations.is_empty() { attributes.clone() } else { Map::new() };
    Ok(json!({ "id": stem, "annotations": annotations, "attr": own, "image": { "path": path } }))
}
