//! Parquet files whose metadata say the features: class names, images.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::metadata::{NAME, keep_columns, relabeled};
use crate::cells;
use crate::error::{Error, Place, Result};
use crate::fields::{self, PREFIXED};
use crate::files::folder::Output;
use crate::files::parquet::read::{each_row, metadata};
use crate::files::parquet::write::{self as parquet, Column, ROWS, Table, Values};
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

/// The key of the metadata.
const KEY: &str = "huggingface";
const LABEL: &str = "label";
/// Rows of a group with images, which are large once their bytes are in it.
const IMAGES: usize = 100;

/// The features that matter here.
#[derive(Default)]
struct Features {
    /// The column of labels and its class names.
    label: Option<(String, Vec<String>)>,
    /// The column of images.
    image: Option<String>,
}

impl Features {
    /// Of the metadata: the column of classes that was named, `label`, or the only one.
    fn of(path: &Path, text: Option<String>, options: &ReadOptions) -> Result<Self> {
        let parsed = text.map(|text| serde_json::from_str::<Value>(&text)).transpose();
        let metadata = parsed.map_err(|error| Error::malformed(path)(format!("the features: {error}")))?;
        let features = metadata.map(|mut metadata| metadata["info"]["features"].take()).unwrap_or_default();
        let named = features.as_object().cloned().unwrap_or_default();
        let of_type = |kind: &str| -> Vec<String> {
            let is_ours = |name: &str| name.starts_with("mislabel_");
            let found = named.iter().filter(|(name, feature)| feature["_type"] == kind && !is_ours(name));
            found.map(|(name, _)| name.clone()).collect()
        };
        let classes = of_type("ClassLabel");
        let usual = |name: &String| name == LABEL;
        let label = match (&options.label_field, classes.as_slice()) {
            (Some(name), _) => Some(name.clone()),
            (None, [only]) => Some(only.clone()),
            (None, []) => None,
            (None, several) => match several.iter().find(|name| usual(name)) {
                Some(name) => Some(name.clone()),
                None => return Err(Error::SeveralFields { path: path.into(), fields: classes }),
            },
        };
        let label = label.map(|name| {
            let names = cells::texts(&Place::of(path), "names", &named.get(&name).unwrap_or(&Value::Null)["names"]);
            names.map(|names| (name, names))
        });
        Ok(Self { label: label.transpose()?, image: of_type("Image").into_iter().next() })
    }
}

pub(super) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let features = Features::of(path, metadata(path, options, KEY)?, options)?;
    let mut reading = Reading::new(path, options);
    let (field, names) = features.label.clone().unwrap_or_else(|| (LABEL.into(), Vec::new()));
    if !names.is_empty() {
        reading.declare(names.clone())?;
    }
    each_row(path, options, |number, mut row| {
        let place = reading.file.row(number);
        let mut sample = Sample::new("");
        for name in [&field, PREFIXED.suggested] {
            name_class(&mut row, name, &names, &place)?;
        }
        fields::take(&PREFIXED, &mut row, &mut reading, &place, &mut sample)?;
        sample.media = media(&mut row, features.image.as_deref(), &place)?;
        let class = reading.class_of(&place, &field, &row.remove(&field).unwrap_or_default())?;
        relabeled(&mut sample, class);
        if sample.index.is_none() {
            sample.index = Some(number as u64);
            reading.notes.say("there is no column mislabel_index: rows are numbered from 0");
        }
        if sample.id.is_empty() {
            sample.id = number.to_string();
        }
        keep_columns(&mut sample, row, &mut reading);
        reading.push(sample);
        Ok(())
    })?;
    reading.finish()
}

/// Puts the name of a class in place of its number; -1 and null are no label.
fn name_class(row: &mut Map<String, Value>, field: &str, names: &[String], place: &Place) -> Result<()> {
    let Some(value) = row.get_mut(field).filter(|value| value.is_i64() && !names.is_empty()) else {
        return Ok(());
    };
    *value = match value.as_i64() {
        Some(-1) => Value::Null,
        number => match number.and_then(|number| names.get(usize::try_from(number).ok()?)) {
            Some(name) => name.as_str().into(),
            None => return Err(Error::value(place, field, value, "be -1 or below the number of class names")),
        },
    };
    Ok(())
}

fn media(row: &mut Map<String, Value>, image: Option<&str>, place: &Place) -> Result<Option<Media>> {
    let image = row.remove(image.unwrap_or("image")).unwrap_or_default();
    let path = image.get("path").unwrap_or(&image);
    let path = if path.is_object() { None } else { cells::text(place, "image", path)? };
    if path.is_some() {
        return Ok(path.map(Media::Path));
    }
    Ok(cells::text(place, "text", &row.remove("text").unwrap_or_default())?.map(Media::Text))
}

pub(super) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let rows: Vec<_> = set.samples().iter().map(|sample| plain_values(set, sample, options)).collect();
    let names: BTreeSet<String> = rows.iter().flat_map(Map::keys).cloned().collect();
    if let Some(name) = names.iter().find(|name| ["image", "text", LABEL].contains(&name.as_str())) {
        return Err(Error::unfit(NAME, format!("rename the column {name:?}, which has a meaning")));
    }
    let mut columns = media_columns(set, options)?;
    let has_images = columns.iter().any(|column| matches!(column.values, Values::Images(_)));
    columns.push(classes(LABEL, set, |sample| sample.given));
    if options.suggestions && set.samples().iter().any(|sample| sample.suggested.is_some()) {
        columns.push(classes(PREFIXED.suggested, set, |sample| sample.suggested));
    }
    columns.extend(names.iter().map(|name| Column::of(name, &rows)));
    let metadata = vec![(KEY.into(), features(set, &columns).to_string())];
    let table = Table { columns, metadata, group: if has_images { IMAGES } else { ROWS } };
    let mut output = Output::default();
    output.file(path, |out| parquet::write(&table, out))?;
    if has_images {
        output
            .notes
            .say("the file has the paths of the images, not the images: keep both, or push the dataset from here");
    }
    Ok(output.finish())
}

/// What travels and the further columns; labels have columns of their own.
fn plain_values(set: &SampleSet, sample: &Sample, options: &WriteOptions) -> Map<String, Value> {
    let mut values = fields::carried(&PREFIXED, set, sample, options.suggestions);
    values.remove(PREFIXED.suggested);
    for (name, value) in &sample.columns {
        values.entry(name.clone()).or_insert_with(|| value.clone());
    }
    values
}

/// The images, as absolute paths, and the texts, as far as there are any.
fn media_columns(set: &SampleSet, options: &WriteOptions) -> Result<Vec<Column>> {
    let root = options.media_root.as_deref();
    let absolute = |sample: &Sample| match (sample.path(), root) {
        (Some(path), Some(root)) => {
            let below = crate::files::media_path::relative(&sample.id, path, Some(root))?;
            Ok(Some(std::path::absolute(root).map_err(Error::io(root))?.join(below).display().to_string()))
        }
        (path, _) => Ok(path.map(Into::into)),
    };
    let paths = set.samples().iter().map(absolute).collect::<Result<Vec<Option<String>>>>()?;
    let texts: Vec<Option<String>> = set.samples().iter().map(|sample| sample.text().map(Into::into)).collect();
    let column = |name: &str, values: Values| Column { name: name.into(), values };
    let images = paths.iter().any(Option::is_some).then(|| column("image", Values::Images(paths.clone())));
    let texts = texts.iter().any(Option::is_some).then(|| column("text", Values::Texts(texts.clone())));
    Ok(images.into_iter().chain(texts).collect())
}

fn classes(name: &str, set: &SampleSet, of: impl Fn(&Sample) -> Option<u32>) -> Column {
    Column { name: name.into(), values: Values::Integers(set.samples().iter().map(|s| of(s).map(i64::from)).collect()) }
}

fn features(set: &SampleSet, columns: &[Column]) -> Value {
    let feature = |column: &Column| match &column.values {
        _ if column.name == LABEL || column.name == PREFIXED.suggested => {
            json!({ "names": set.classes().names(), "_type": "ClassLabel" })
        }
        Values::Images(_) => json!({ "_type": "Image" }),
        Values::Truths(_) => json!({ "dtype": "bool", "_type": "Value" }),
        Values::Integers(_) => json!({ "dtype": "int64", "_type": "Value" }),
        Values::Floats(_) => json!({ "dtype": "float64", "_type": "Value" }),
        Values::Texts(_) => json!({ "dtype": "string", "_type": "Value" }),
    };
    let named: Map<String, Value> = columns.iter().map(|column| (column.name.clone(), feature(column))).collect();
    json!({ "info": { "features": named } })
}
