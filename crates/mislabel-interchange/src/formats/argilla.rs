//! Argilla 2: `records.json`.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::cells;
use crate::error::{Error, Place, Result};
use crate::fields::{self, PREFIXED};
use crate::files::folder::Output;
use crate::files::json;
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Prediction, Sample};
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

const NAME: &str = "argilla";
/// The question of the label.
const QUESTION: &str = "label";

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    fields: Map<String, Value>,
    #[serde(default)]
    metadata: Map<String, Value>,
    #[serde(default)]
    suggestions: Map<String, Value>,
    #[serde(default)]
    responses: Map<String, Value>,
    #[serde(default)]
    status: Option<String>,
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    for (row, record) in json::list_or_lines::<Record>(path, options)?.into_iter().enumerate() {
        let sample = read_record(record, &mut reading, row)?;
        reading.push(sample);
    }
    reading.finish()
}

fn read_record(mut record: Record, reading: &mut Reading<'_>, row: usize) -> Result<Sample> {
    let place = reading.file.row(row);
    let id = cells::text(&place, "id", &record.id)?.unwrap_or_else(|| row.to_string());
    let place = place.id(&id);
    let mut sample = Sample::new(id);
    fields::take(&PREFIXED, &mut record.metadata, reading, &place, &mut sample)?;
    let [text, image] = ["text", "image"].map(|name| record.fields.remove(name).unwrap_or_default());
    let text = cells::text(&place, "text", &text)?.map(Media::Text);
    sample.media = cells::text(&place, "image", &image)?.map(Media::Path).or(text);
    let question = reading.options.label_field.clone().unwrap_or_else(|| QUESTION.into());
    suggest(&mut sample, record.suggestions.get(&question), reading, &place)?;
    let answers = record.responses.remove(&question).unwrap_or_default();
    decide(&mut sample, &question, &answers, record.status.as_deref(), reading, &place)?;
    for name in record.fields.keys().chain(record.metadata.keys()) {
        reading.notes.say(format!("field {name:?} is kept as a column"));
    }
    for name in record.responses.keys() {
        reading.notes.count(format!("the question {name:?} is not read (labels are those of {question:?})"));
    }
    sample.columns = record.fields.into_iter().chain(record.metadata).collect();
    Ok(sample)
}

/// The suggestion of a model: ours is known by its name.
fn suggest(sample: &mut Sample, found: Option<&Value>, reading: &mut Reading<'_>, place: &Place) -> Result<()> {
    let Some(suggestion) = found.filter(|suggestion| !suggestion.is_null()) else {
        return Ok(());
    };
    let Some(label) = reading.class_of(place, "suggestions", &suggestion["value"])? else {
        return Ok(());
    };
    let agent = cells::text(place, "agent", &suggestion["agent"])?.unwrap_or_else(|| NAME.into());
    if sample.suggested != Some(label) && !sample.predictions.iter().any(|known| known.model == agent) {
        let confidence = cells::fraction(place, "score", &suggestion["score"])?;
        sample.predictions.push(Prediction { confidence, ..Prediction::new(agent, label) });
    }
    Ok(())
}

/// The responses of a record that is completed; those of others may be drafts.
fn decide(
    sample: &mut Sample,
    question: &str,
    answers: &Value,
    status: Option<&str>,
    reading: &mut Reading<'_>,
    place: &Place,
) -> Result<()> {
    let answers = answers.as_array().map(Vec::as_slice).unwrap_or_default();
    if !answers.is_empty() && status.is_some_and(|status| status != "completed") {
        reading.notes.count("responses to records that are not completed are no decisions");
        return Ok(());
    }
    for answer in answers {
        if answer["value"].is_array() {
            let labels = cells::texts(place, question, &answer["value"])?;
            return Err(Error::SeveralLabels { place: place.clone(), field: question.into(), labels });
        }
        let Some(label) = reading.class_of(place, question, &answer["value"])? else {
            continue;
        };
        let reviewer = cells::text(place, "user_id", &answer["user_id"])?;
        sample.decisions.push(Decision { reviewer, ..Decision::new(Verdict::chosen(sample.given, label)) });
    }
    Ok(())
}

pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let records = set.samples().iter().map(|sample| record(set, sample, options)).collect::<Result<Vec<_>>>()?;
    let mut output = Output::default();
    output.file(path, |out| json::write_list(out, records.iter()))?;
    let kind =
        if set.samples().iter().any(|sample| sample.path().is_some()) { "ImageField image" } else { "TextField text" };
    output.notes.say(format!(
        "the dataset needs the field {kind}, the question LabelQuestion {QUESTION} with the classes as labels, and \
         allow_extra_metadata=True; then dataset.records.from_json({:?})",
        path.display().to_string()
    ));
    Ok(output.finish())
}

fn record(set: &SampleSet, sample: &Sample, options: &WriteOptions) -> Result<Value> {
    let fields = match &sample.media {
        Some(Media::Text(text)) => json!({ "text": text }),
        Some(Media::Path(path)) => json!({ "image": path }),
        None => return Err(Error::unwritable(NAME, &sample.id, "it has neither a text nor a path: give one of them")),
    };
    let mut metadata = fields::carried(&PREFIXED, set, sample, options.suggestions);
    // Metadata are texts and numbers.
    if let Some(flagged) = metadata.get_mut(PREFIXED.flagged) {
        *flagged = flagged.to_string().into();
    }
    for (name, value) in &sample.columns {
        let plain = if value.is_string() || value.is_number() { value.clone() } else { value.to_string().into() };
        metadata.entry(name.clone()).or_insert(plain);
    }
    let mut suggestions = Map::new();
    if let Some(suggested) = sample.suggested.filter(|_| options.suggestions) {
        let mut suggestion = json!({ "value": set.classes().name(suggested), "agent": set.method() });
        if let Some(quality) = sample.quality {
            suggestion["score"] = (1.0 - quality).into();
        }
        suggestions.insert(QUESTION.into(), suggestion);
    }
    Ok(json!({
        "id": sample.id, "fields": fields, "metadata": metadata, "suggestions": suggestions,
        "responses": {}, "vectors": {}, "status": "pending",
    }))
}
