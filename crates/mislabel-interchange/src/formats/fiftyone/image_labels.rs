//! `labels.json` of a `FiftyOneImageClassificationDataset`.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::document::{keep_columns, members};
use crate::error::{Error, Place, Result};
use crate::fields::{self, PREFIXED};
use crate::files::{input, json};
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Sample};
use crate::options::{ReadOptions, Received};
use crate::reading::Reading;

/// The classes, and the label of every file.
#[derive(Deserialize)]
struct ImageLabels {
    #[serde(default)]
    classes: Option<Vec<String>>,
    labels: Map<String, Value>,
}

/// `labels.json` beside `data/`: the label of every file, by its path without extension.
pub(super) fn image_labels(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    let file: ImageLabels = json::document(path, options)?;
    let classes = file.classes;
    if let Some(names) = &classes {
        reading.declare(names.clone())?;
    }
    let files = media_files(path)?;
    for (row, (stem, mut value)) in file.labels.into_iter().enumerate() {
        let place = reading.file.row(row).id(&stem);
        let (label, attributes) = image_label(&place, &mut value)?;
        let mut sample = Sample::new(stem.clone());
        let mut attributes = attributes;
        fields::take(&PREFIXED, &mut attributes, &mut reading, &place, &mut sample)?;
        let class = reading.class_of(&place, "label", &label)?;
        sample.given = sample.given.or(class);
        if let Some(class) = class.filter(|class| sample.given != Some(*class)) {
            sample.decisions = vec![Decision::new(Verdict::Relabel(class))];
        }
        sample.media = Some(Media::Path(files.get(&stem).cloned().unwrap_or(stem)));
        keep_columns(&mut sample, attributes, &mut reading);
        reading.push(sample);
    }
    reading.finish()
}

/// The label, and what is said of it.
fn image_label(place: &Place, value: &mut Value) -> Result<(Value, Map<String, Value>)> {
    match value {
        Value::Array(several) if several.len() > 1 => {
            let labels = several.iter().map(|one| one.get("label").unwrap_or(one).to_string()).collect();
            Err(Error::SeveralLabels { place: place.clone(), field: "labels".into(), labels })
        }
        Value::Array(one) => one.first_mut().map_or(Ok((Value::Null, Map::new())), |one| image_label(place, one)),
        Value::Object(label) => {
            let attributes = label.get_mut("attributes").map(members).unwrap_or_default();
            Ok((label.remove("label").unwrap_or_default(), attributes))
        }
        plain => Ok((plain.take(), Map::new())),
    }
}

/// Paths of the files below `data/`, by the path without extension.
fn media_files(labels: &Path) -> Result<HashMap<String, String>> {
    let root = labels.with_file_name("data");
    let mut files = HashMap::new();
    let mut folders = if input::is_folder(&root)? { vec![root.clone()] } else { Vec::new() };
    while let Some(folder) = folders.pop() {
        for path in input::entries(&folder)? {
            if !path.is_symlink() && input::is_folder(&path)? {
                folders.push(path);
                continue;
            }
            let name = |path: &Path| path.strip_prefix(&root).ok()?.to_str().map(|name| name.replace('\\', "/"));
            if let Some((stem, full)) = name(&path.with_extension("")).zip(name(&path)) {
                files.insert(stem, full);
            }
        }
    }
    Ok(files)
}
