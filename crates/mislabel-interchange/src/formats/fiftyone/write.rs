//! Samples as a folder that `fo.Dataset.from_dir` loads.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::document::{classification, field, field_kind, field_name, field_value, label_field, object_id};
use super::names::{LABEL, NAME};
use crate::error::{Error, Result};
use crate::fields::{self, PREFIXED};
use crate::files::folder::{self, Output};
use crate::files::media_path::{is_address, relative};
use crate::model::sample::Sample;
use crate::model::sample_set::SampleSet;
use crate::options::{WriteOptions, Written};

/// The version of the format; the client brings older ones up to its own and refuses newer ones.
const VERSION: &str = "1.0.0";
const SUGGESTED: &str = "mislabel_suggested";

/// Which fields there are beside those of the format, and of which type.
struct Schema {
    /// Name in FiftyOne and type of every field of plain values, by the name that it has with us.
    plain: BTreeMap<String, (String, &'static str)>,
    /// Name in FiftyOne of every model's field.
    models: BTreeMap<String, String>,
    has_suggestions: bool,
}

pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let rows = set.samples().iter().map(|sample| plain_values(set, sample, options)).collect::<Vec<_>>();
    let schema = Schema::of(set, &rows, options)?;
    let paths = set.samples().iter().map(|sample| file_path(sample, options)).collect::<Result<Vec<String>>>()?;
    folder::make(path)?;
    let mut output = Output::default();
    output.file(&path.join("samples.json"), |out| {
        out.write_all(b"{\"samples\": ")?;
        let samples = set.samples().iter().enumerate().map(|(row, sample)| {
            let place = (row, paths[row].as_str());
            schema.document(set, sample, &rows[row], place, options.suggestions)
        });
        crate::files::json::write_list(out, samples)?;
        out.write_all(b"}\n")
    })?;
    output.file(&path.join("metadata.json"), |out| {
        serde_json::to_writer_pretty(&mut *out, &schema.metadata(set, options))?;
        out.write_all(b"\n")
    })?;
    output.file(&path.join("load.py"), |out| out.write_all(super::load_script::LOAD_SCRIPT.as_bytes()))?;
    say_what_differs(&schema, &mut output);
    output.notes.say(format!("load them: python {} NAME [--merge]", path.join("load.py").display()));
    Ok(output.finish())
}

fn say_what_differs(schema: &Schema, output: &mut Output) {
    for (name, (field, _)) in schema.plain.iter().filter(|(name, (field, _))| *name != field) {
        output.notes.say(format!("column {name:?} is the field {field}"));
    }
    for (model, field) in &schema.models {
        output.notes.say(format!("predictions of {model:?} are the field {field}"));
    }
}

/// What travels and the further columns, by name; predictions and tags have places of their own.
fn plain_values(set: &SampleSet, sample: &Sample, options: &WriteOptions) -> Map<String, Value> {
    let mut values = fields::carried(&PREFIXED, set, sample, options.suggestions);
    for name in [PREFIXED.predictions, PREFIXED.tags, PREFIXED.suggested] {
        values.remove(name);
    }
    for (name, value) in sample.columns.iter().filter(|(_, value)| !value.is_null()) {
        values.entry(name.clone()).or_insert_with(|| value.clone());
    }
    values
}

fn file_path(sample: &Sample, options: &WriteOptions) -> Result<String> {
    let Some(path) = sample.path() else {
        return Err(Error::unwritable(NAME, &sample.id, "it has no path, and FiftyOne shows files: give a path"));
    };
    match &options.media_root {
        Some(root) if !Path::new(path).is_absolute() && !is_address(path) => {
            let root = std::path::absolute(root).map_err(Error::io(root))?;
            Ok(root.join(relative(&sample.id, path, None)?).display().to_string())
        }
        _ => Ok(path.into()),
    }
}

impl Schema {
    fn of(set: &SampleSet, rows: &[Map<String, Value>], options: &WriteOptions) -> Result<Self> {
        let mut schema = Self { plain: BTreeMap::new(), models: BTreeMap::new(), has_suggestions: false };
        let mut taken = BTreeMap::new();
        let mut take = |name: &str, field: String| match taken.insert(field.clone(), name.to_owned()) {
            Some(other) => Err(Error::unfit(NAME, format!("{name:?} and {other:?} would both be the field {field}"))),
            None => Ok(field),
        };
        for name in rows.iter().flat_map(Map::keys) {
            if !schema.plain.contains_key(name) {
                let kind = field_kind(rows.iter().filter_map(|row| row.get(name)));
                schema.plain.insert(name.clone(), (take(name, field_name(name))?, kind));
            }
        }
        if options.suggestions {
            schema.has_suggestions = set.samples().iter().any(|sample| sample.suggested.is_some());
            for prediction in set.samples().iter().flat_map(|sample| &sample.predictions) {
                if !schema.models.contains_key(&prediction.model) {
                    let field = take(&prediction.model, field_name(&format!("prediction_{}", prediction.model)))?;
                    schema.models.insert(prediction.model.clone(), field);
                }
            }
        }
        Ok(schema)
    }

    fn document(
        &self,
        set: &SampleSet,
        sample: &Sample,
        values: &Map<String, Value>,
        (row, path): (usize, &str),
        suggestions: bool,
    ) -> Map<String, Value> {
        let classes = set.classes();
        let mut document = Map::new();
        document.insert("_id".into(), object_id(row, 0));
        document.insert("filepath".into(), path.into());
        document.insert("tags".into(), sample.tags.clone().into());
        document.insert("_media_type".into(), "image".into());
        if let Some(given) = sample.given {
            document.insert(LABEL.into(), classification(object_id(row, 1), classes.name(given), None));
        }
        if let Some(suggested) = sample.suggested.filter(|_| suggestions) {
            let confidence = sample.quality.map(|quality| 1.0 - quality);
            document.insert(SUGGESTED.into(), classification(object_id(row, 2), classes.name(suggested), confidence));
        }
        for (part, prediction) in sample.predictions.iter().enumerate().filter(|_| suggestions) {
            let id = object_id(row, 3 + part.min(65_000) as u16);
            let label = classification(id, classes.name(prediction.label), prediction.confidence);
            document.insert(self.models[&prediction.model].clone(), label);
        }
        for (name, value) in values {
            let (field, kind) = &self.plain[name];
            document.insert(field.clone(), field_value(kind, value));
        }
        document
    }

    fn metadata(&self, set: &SampleSet, options: &WriteOptions) -> Value {
        let mut entries = vec![label_field(LABEL)];
        entries.extend(self.has_suggestions.then(|| label_field(SUGGESTED)));
        entries.extend(self.models.values().map(|name| label_field(name)));
        entries.extend(self.plain.values().map(|(name, kind)| field(name, kind)));
        let mut metadata = json!({
            "version": VERSION,
            "media_type": "image",
            "default_classes": set.classes().names(),
            "info": { "mislabel": { "name": options.name, "method": set.method(), "version": env!("CARGO_PKG_VERSION") } },
            "sample_fields": entries,
            "runs": {},
        });
        if self.plain.contains_key(PREFIXED.flagged) && self.plain.contains_key(PREFIXED.quality) {
            metadata["saved_views"] = json!([suspects()]);
        }
        metadata
    }
}

/// The flagged samples, from the most suspect on.
fn suspects() -> Value {
    let filter = json!({ "$expr": { "$eq": [format!("${}", PREFIXED.flagged), true] } });
    let found = json!({ "_cls": "fiftyone.core.stages.Match", "kwargs": [["filter", filter]] });
    let by_quality = json!([["field_or_expr", PREFIXED.quality], ["reverse", false]]);
    let sorted = json!({ "_cls": "fiftyone.core.stages.SortBy", "kwargs": by_quality });
    json!({ "name": "suspects", "slug": "suspects", "view_stages": [found.to_string(), sorted.to_string()] })
}
