//! Samples as tasks.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::config::config;
use super::names::{CONTROL, EXCLUDE, NAME, UNSURE};
use crate::error::{Error, Result};
use crate::fields::{self, PREFIXED};
use crate::files::folder::{self, Output};
use crate::files::json::write_list;
use crate::files::media_path::{is_address, percent_encoded, relative};
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;
use crate::options::{WriteOptions, Written};

/// What the server answers where it serves files of its own machine.
const LOCAL_FILES: &str = "/data/local-files/?d=";
/// Tasks of a file; the server takes some seconds for so many.
const TASKS: usize = 5000;

pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let is_text = kind(set)?;
    check_classes(set)?;
    let mut tasks = set.samples().iter().map(|sample| task(set, sample, options)).collect::<Result<Vec<Value>>>()?;
    complete(&mut tasks, options.suggestions);
    folder::make(path)?;
    let mut output = Output::default();
    let config = config(set.classes(), is_text, options.suggestions);
    output.file(&path.join("config.xml"), |out| out.write_all(config.as_bytes()))?;
    for (number, part) in tasks.chunks(options.batch.unwrap_or(TASKS).max(1)).enumerate() {
        let name = format!("tasks-{:04}.json", number + 1);
        output.file(&path.join(name), |out| write_list(out, part.iter()))?;
    }
    steps(is_text, path, options, &mut output);
    Ok(output.finish())
}

fn steps(is_text: bool, path: &Path, options: &WriteOptions, output: &mut Output) {
    let notes = &mut output.notes;
    notes.say(format!("make a project with the labeling configuration {}", path.join("config.xml").display()));
    if !is_text && options.address_prefix.is_none() {
        let root = options.media_root.as_deref().unwrap_or(Path::new("the folder of the images")).display();
        notes.say(format!(
            "for images on its machine, start the server with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and \
             LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT={root}, and add a storage of local files below that folder to the project"
        ));
    }
    notes.say("import the files tasks-*.json in their order");
    notes.say("take the decisions back: export JSON, then mislabel import --format label-studio EXPORT.json");
}

/// Whether the samples are texts; all are, or none is.
fn kind(set: &SampleSet) -> Result<bool> {
    let mut kinds = set.samples().iter().map(|sample| match &sample.media {
        Some(media) => Ok(media.text().is_some()),
        None => Err(Error::unwritable(NAME, &sample.id, "it has neither a path nor a text to show: give one of them")),
    });
    let first = kinds.next().transpose()?.unwrap_or(false);
    for (row, kind) in kinds.enumerate() {
        if kind? != first {
            let id = &set.samples()[row + 1].id;
            return Err(Error::unwritable(
                NAME,
                id,
                "a project shows images or texts: export them one after the other",
            ));
        }
    }
    Ok(first)
}

fn check_classes(set: &SampleSet) -> Result<()> {
    match set.classes().names().iter().find(|name| [UNSURE, EXCLUDE].contains(&name.as_str())) {
        Some(name) => Err(Error::unfit(NAME, format!("the class {name:?} has the name of an answer: rename it"))),
        None => Ok(()),
    }
}

/// The configuration shows fields, and a task without one is refused.
fn complete(tasks: &mut [Value], suggestions: bool) {
    let shown: &[&str] = match suggestions {
        true => &[PREFIXED.given, PREFIXED.suggested, PREFIXED.quality],
        false => &[PREFIXED.given],
    };
    for data in tasks.iter_mut().filter_map(|task| task["data"].as_object_mut()) {
        for &name in shown {
            data.entry(name).or_insert_with(|| "".into());
        }
    }
}

fn task(set: &SampleSet, sample: &Sample, options: &WriteOptions) -> Result<Value> {
    let mut data = fields::carried(&PREFIXED, set, sample, options.suggestions);
    match &sample.media {
        Some(Media::Text(text)) => data.insert("text".into(), text.as_str().into()),
        Some(Media::Path(path)) => data.insert("image".into(), address(&sample.id, path, options)?.into()),
        None => None,
    };
    if let Some(path) = sample.path() {
        data.insert("mislabel_path".into(), path.into());
    }
    for (name, value) in &sample.columns {
        data.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let mut task = Map::new();
    task.insert("data".into(), data.into());
    if options.suggestions {
        task.insert("predictions".into(), predictions(set, sample).into());
    }
    Ok(task.into())
}

fn address(id: &str, path: &str, options: &WriteOptions) -> Result<String> {
    if is_address(path) {
        return Ok(path.into());
    }
    let prefix = options.address_prefix.as_deref().unwrap_or(LOCAL_FILES);
    Ok(format!("{prefix}{}", percent_encoded(&relative(id, path, options.media_root.as_deref())?)))
}

fn predictions(set: &SampleSet, sample: &Sample) -> Vec<Value> {
    let control = if sample.text().is_some() { "text" } else { "image" };
    let prediction = |model: &str, label: u32, score: Option<f64>| {
        let choice = json!({
            "from_name": CONTROL, "to_name": control, "type": "choices",
            "value": { "choices": [set.classes().name(label)] },
        });
        let mut prediction = json!({ "model_version": model, "result": [choice] });
        if let Some(score) = score {
            prediction["score"] = score.into();
        }
        prediction
    };
    let ours =
        sample.suggested.map(|label| prediction(set.method(), label, sample.quality.map(|quality| 1.0 - quality)));
    let theirs = sample.predictions.iter().filter(|other| other.model != set.method());
    // The server shows the predictions of the model that it met last.
    theirs.map(|p| prediction(&p.model, p.label, p.confidence)).chain(ours).collect()
}
