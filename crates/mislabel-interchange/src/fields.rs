//! What travels with a sample where a format has named values and no place of its own for them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cells;
use crate::error::{Error, Place, Result};
use crate::model::classes::Classes;
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Prediction, Sample};
use crate::model::sample_set::SampleSet;
use crate::model::timestamp::Timestamp;
use crate::reading::Reading;

/// The names of what travels.
pub(crate) struct Names {
    pub(crate) index: &'static str,
    pub(crate) id: &'static str,
    pub(crate) given: &'static str,
    pub(crate) suggested: &'static str,
    pub(crate) quality: &'static str,
    pub(crate) score: &'static str,
    pub(crate) flagged: &'static str,
    pub(crate) split: &'static str,
    pub(crate) tags: &'static str,
    pub(crate) predictions: &'static str,
    pub(crate) decisions: &'static str,
}

/// The names in tables of ours.
pub(crate) const PLAIN: Names = Names {
    index: "index",
    id: "id",
    given: "given_label",
    suggested: "suggested_label",
    quality: "quality",
    score: "score",
    flagged: "is_issue",
    split: "split",
    tags: "tags",
    predictions: "predictions",
    decisions: "decisions",
};

/// The names among the fields of other tools.
pub(crate) const PREFIXED: Names = Names {
    index: "mislabel_index",
    id: "mislabel_id",
    given: "mislabel_given",
    suggested: "mislabel_suggested",
    quality: "mislabel_quality",
    score: "mislabel_score",
    flagged: "mislabel_is_issue",
    split: "mislabel_split",
    tags: "mislabel_tags",
    predictions: "mislabel_predictions",
    decisions: "mislabel_decisions",
};

/// A prediction in files.
#[derive(Serialize, Deserialize)]
struct FiledPrediction {
    model: String,
    label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flagged: Option<bool>,
}

/// A decision in files.
#[derive(Serialize, Deserialize)]
struct FiledDecision {
    decision: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reviewer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

/// What travels with `sample`: numbers, truth values and texts, no nulls; lists as the text of JSON. Suggestions only if
/// reviewers may see them.
pub(crate) fn carried(names: &Names, set: &SampleSet, sample: &Sample, suggestions: bool) -> Map<String, Value> {
    let classes = set.classes();
    let label = |class: Option<u32>| class.map(|class| Value::from(classes.name(class)));
    let mut fields = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.into(), value);
        }
    };
    put(names.index, sample.index.map(Value::from));
    put(names.id, Some(Value::from(sample.id.as_str())));
    put(names.given, label(sample.given));
    put(names.split, sample.split.clone().map(Value::from));
    put(names.tags, listed(&sample.tags));
    put(names.decisions, listed(&filed_decisions(classes, &sample.decisions)));
    if suggestions {
        put(names.suggested, label(sample.suggested));
        put(names.quality, sample.quality.map(Value::from));
        put(names.score, sample.score.map(Value::from));
        put(names.flagged, sample.flagged.map(Value::from));
        put(names.predictions, listed(&filed_predictions(classes, &sample.predictions)));
    }
    fields
}

/// The text of a JSON list, if it has an element.
fn listed<T: Serialize>(list: &[T]) -> Option<Value> {
    let text = serde_json::to_string(list).expect("texts and finite numbers are JSON");
    (!list.is_empty()).then_some(Value::from(text))
}

fn filed_predictions(classes: &Classes, predictions: &[Prediction]) -> Vec<FiledPrediction> {
    let filed = |prediction: &Prediction| FiledPrediction {
        model: prediction.model.clone(),
        label: classes.name(prediction.label).into(),
        confidence: prediction.confidence,
        flagged: prediction.flagged,
    };
    predictions.iter().map(filed).collect()
}

fn filed_decisions(classes: &Classes, decisions: &[Decision]) -> Vec<FiledDecision> {
    let filed = |decision: &Decision| FiledDecision {
        decision: decision.verdict.name().into(),
        label: match decision.verdict {
            Verdict::Relabel(label) => Some(classes.name(label).into()),
            _ => None,
        },
        reviewer: decision.reviewer.clone(),
        time: decision.time.map(|time| time.to_string()),
        note: decision.note.clone(),
        origin: decision.origin.clone(),
    };
    decisions.iter().map(filed).collect()
}

/// Takes what travels out of `row` and gives it to `sample`; its id only if there is one.
pub(crate) fn take(
    names: &Names,
    row: &mut Map<String, Value>,
    reading: &mut Reading<'_>,
    place: &Place,
    sample: &mut Sample,
) -> Result<()> {
    let mut of = |name: &str| row.remove(name).unwrap_or(Value::Null);
    sample.index = cells::index(place, names.index, &of(names.index))?;
    if let Some(id) = cells::text(place, names.id, &of(names.id))? {
        sample.id = id;
    }
    sample.given = reading.class_of(place, names.given, &of(names.given))?;
    sample.suggested = reading.class_of(place, names.suggested, &of(names.suggested))?;
    sample.quality = cells::fraction(place, names.quality, &of(names.quality))?;
    sample.score = cells::number(place, names.score, &of(names.score))?;
    sample.flagged = cells::truth(place, names.flagged, &of(names.flagged))?;
    sample.split = cells::text(place, names.split, &of(names.split))?;
    sample.tags = cells::texts(place, names.tags, &of(names.tags))?;
    sample.predictions = take_predictions(names.predictions, &of(names.predictions), reading, place)?;
    sample.decisions = take_decisions(names.decisions, &of(names.decisions), reading, place)?;
    Ok(())
}

/// A list of `T`: as such, or as the text of JSON.
fn list<T: serde::de::DeserializeOwned>(place: &Place, field: &str, value: &Value) -> Result<Vec<T>> {
    if cells::is_absent(value) {
        return Ok(Vec::new());
    }
    let parsed = match value {
        Value::String(text) => serde_json::from_str(text),
        _ => serde_json::from_value(value.clone()),
    };
    parsed.map_err(|_| Error::value(place, field, value, "be a list as mislabel writes it"))
}

fn take_predictions(field: &str, value: &Value, reading: &mut Reading<'_>, place: &Place) -> Result<Vec<Prediction>> {
    let predictions = list::<FiledPrediction>(place, field, value)?.into_iter().map(|filed| {
        let label = reading.class(place, field, &filed.label)?;
        let FiledPrediction { model, confidence, flagged, .. } = filed;
        Ok(Prediction { model, label, confidence, flagged })
    });
    predictions.collect()
}

fn take_decisions(field: &str, value: &Value, reading: &mut Reading<'_>, place: &Place) -> Result<Vec<Decision>> {
    let decisions = list::<FiledDecision>(place, field, value)?.into_iter().map(|filed| {
        let label = filed.label.map(Value::from).unwrap_or_default();
        let verdict = verdict(reading, place, field, &filed.decision, &label)?;
        let time = filed.time.map(|time| self::time(place, field, &time)).transpose()?;
        let FiledDecision { reviewer, note, origin, .. } = filed;
        Ok(Decision { verdict, reviewer, time, note, origin })
    });
    decisions.collect()
}

/// The verdict of a name, with its label where it has one.
pub(crate) fn verdict(
    reading: &mut Reading<'_>,
    place: &Place,
    field: &str,
    name: &str,
    label: &Value,
) -> Result<Verdict> {
    match name {
        "keep" => Ok(Verdict::Keep),
        "unsure" => Ok(Verdict::Unsure),
        "exclude" => Ok(Verdict::Exclude),
        "relabel" => match reading.class_of(place, field, label)? {
            Some(label) => Ok(Verdict::Relabel(label)),
            None => Err(Error::missing(place, "label of the decision relabel", "name the new class")),
        },
        _ => Err(Error::value(place, field, format!("{name:?}"), "be keep, relabel, unsure or exclude")),
    }
}

/// A moment in time.
pub(crate) fn time(place: &Place, field: &str, text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| Error::value(place, field, format!("{text:?}"), "be a time in RFC 3339"))
}
