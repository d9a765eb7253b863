//! A line of a journal.

use mislabel_core::PartialLabels;
use serde::{Deserialize, Serialize};

use crate::decisions::decision::Decision;
use crate::decisions::event::{Action, Circumstances, Event};
use crate::journal::header::VERSION;

/// An event as JSON. Which fields are there says what kind of event it is.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Line {
    v: u32,
    op: String,
    seq: u64,
    time: String,
    reviewer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<u32>,
    /// "suggestion" or "blind".
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    control: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    add: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remove: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<u64>,
}

const BLIND: &str = "blind";
const SUGGESTION: &str = "suggestion";
const CLEAR: &str = "clear";

impl Line {
    /// The line of an event on samples with the `given` labels.
    pub(crate) fn of(event: &Event, given: &PartialLabels) -> Self {
        let Event { seq, op, time, reviewer, action } = event.clone();
        let line = Self { v: VERSION, op, seq, time, reviewer, ..Self::default() };
        match action {
            Action::Decide { row, decision, circumstances } => line.decided(row, decision, &circumstances, given),
            Action::Clear { row } => Self { decision: Some(CLEAR.into()), ..line.on(row, given) },
            Action::Note { row, note } => Self { note: Some(note), ..line.on(row, given) },
            Action::Tag { tag, rows, on: true } => Self { tag: Some(tag), add: Some(rows), ..line },
            Action::Tag { tag, rows, on: false } => Self { tag: Some(tag), remove: Some(rows), ..line },
            Action::Undo { first, last } => {
                Self { undo: Some(first), through: (last != first).then_some(last), ..line }
            }
        }
    }

    fn on(self, row: u32, given: &PartialLabels) -> Self {
        let class = given.class(row as usize);
        let label = class.map(|class| given.labelled().class_name(class as usize).into_owned());
        Self { index: Some(row), given: label, ..self }
    }

    fn decided(self, row: u32, decision: Decision, seen: &Circumstances, given: &PartialLabels) -> Self {
        let class = match decision {
            Decision::Relabel(class) => Some(class),
            _ => None,
        };
        Self {
            decision: Some(decision.name().into()),
            label: class.map(|class| given.labelled().class_name(class as usize).into_owned()),
            class,
            shown: Some(if seen.blind { BLIND } else { SUGGESTION }.into()),
            control: seen.control,
            ms: seen.milliseconds,
            ..self.on(row, given)
        }
    }

    /// The event that the line is, if it is one on samples with the `given` labels; else what is wrong, worded to follow
    /// "line 3".
    pub(crate) fn event(self, given: &PartialLabels) -> Result<Event, String> {
        if self.v != VERSION {
            return Err(format!("has the version {}: this program reads version {VERSION}", self.v));
        }
        let action = self.action(given)?;
        Ok(Event { seq: self.seq, op: self.op, time: self.time, reviewer: self.reviewer, action })
    }

    fn action(&self, given: &PartialLabels) -> Result<Action, String> {
        if let Some(first) = self.undo {
            return Ok(Action::Undo { first, last: self.through.unwrap_or(first) });
        }
        if let Some(tag) = &self.tag {
            let (rows, on) = match (&self.add, &self.remove) {
                (Some(rows), None) => (rows, true),
                (None, Some(rows)) => (rows, false),
                _ => return Err("has a tag with neither add nor remove".into()),
            };
            return Ok(Action::Tag { tag: tag.clone(), rows: rows.clone(), on });
        }
        let row = self.sample(given)?;
        match (self.decision.as_deref(), &self.note) {
            (None, Some(note)) => Ok(Action::Note { row, note: note.clone() }),
            (None, None) => Err("has no decision, no note, no tag and no undo".into()),
            (Some(CLEAR), _) => Ok(Action::Clear { row }),
            (Some(decision), _) => self.decide(row, decision, given),
        }
    }

    /// The sample, whose given label must be the one that the line says.
    fn sample(&self, given: &PartialLabels) -> Result<u32, String> {
        let row = self.index.ok_or("has no index")?;
        let count = given.len();
        if row as usize >= count {
            return Err(format!("is about the sample {row}: there are {count}"));
        }
        let class = given.class(row as usize);
        let name = class.map(|class| given.labelled().class_name(class as usize));
        match (&self.given, name) {
            (Some(written), None) => Err(format!("says that the sample {row} has the label {written:?}: it has none")),
            (Some(written), Some(name)) if *written != name => {
                Err(format!("says that the sample {row} has the label {written:?}: it has {name:?}"))
            }
            _ => Ok(row),
        }
    }

    fn decide(&self, row: u32, decision: &str, given: &PartialLabels) -> Result<Action, String> {
        let decision = match decision {
            "keep" => Decision::Keep,
            "unsure" => Decision::Unsure,
            "exclude" => Decision::Exclude,
            "relabel" => Decision::Relabel(self.class(given)?),
            other => {
                return Err(format!("has the decision {other:?}: it must be keep, relabel, unsure, exclude or clear"));
            }
        };
        let blind = self.shown.as_deref() == Some(BLIND);
        let circumstances = Circumstances { blind, control: self.control, milliseconds: self.ms };
        Ok(Action::Decide { row, decision, circumstances })
    }

    /// The class by its number, whose name must be the one that the line says, or by its name alone.
    fn class(&self, given: &PartialLabels) -> Result<u32, String> {
        let given = given.labelled();
        let classes = given.class_count();
        let label = self.label.as_deref();
        let unknown = || format!("names the class {}: it is not one of the {classes}", label.unwrap_or("nothing"));
        match self.class {
            Some(class) if class as usize >= classes => Err(format!("names the class {class}: there are {classes}")),
            Some(class) => match label.is_none_or(|label| label == given.class_name(class as usize)) {
                true => Ok(class),
                false => Err(unknown()),
            },
            None => {
                (0..classes as u32).find(|class| label == Some(&*given.class_name(*class as usize))).ok_or_else(unknown)
            }
        }
    }
}
