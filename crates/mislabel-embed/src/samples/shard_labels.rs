//! Which part of a sample in a tar file has its label.

use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::samples::entry::Content;
use crate::samples::parts::Parts;
use crate::samples::skipped::{Skip, SkipReason};

/// The part that has the class, as WebDataset calls it.
const CLASS: &str = "cls";
/// The part with more of a sample, and the key in it that a label usually has.
const MORE: &str = "json";
const LABEL: &str = "label";
/// Bytes of a part with a label at most.
const LARGEST: u64 = 1 << 24;

/// Where labels are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ShardLabels {
    /// Nowhere.
    #[default]
    None,
    /// The content of the part with this extension.
    Part(String),
    /// The value of this key in the part .json.
    Key(String),
}

impl ShardLabels {
    /// Where they are by the name that was `told`; without one, by the first sample.
    ///
    /// # Errors
    /// [`Error::NoSamples`] where the first sample has no such part and no such key.
    pub(crate) fn of(told: Option<&str>, first: &Parts, shard: &Path) -> Result<Self> {
        let keys = || keys(first, shard).unwrap_or_default();
        let Some(told) = told else {
            return Ok(match () {
                () if first.has(CLASS) => Self::Part(CLASS.into()),
                () if keys().contains_key(LABEL) => Self::Key(LABEL.into()),
                () => Self::None,
            });
        };
        let part = told.trim_start_matches('.').to_lowercase();
        let key = told.strip_prefix("json.").unwrap_or(told);
        match () {
            () if first.has(&part) => Ok(Self::Part(part)),
            () if keys().contains_key(key) => Ok(Self::Key(key.into())),
            () => {
                let known: Vec<String> = keys().keys().map(|key| format!("json.{key}")).collect();
                let problem = format!(
                    "--labels-key {told}: its first sample {} has no such part; its parts are {}{}{}",
                    first.key,
                    first.listed(),
                    if known.is_empty() { "" } else { ", keys are " },
                    known.join(", ")
                );
                Err(Error::NoSamples { path: shard.into(), problem })
            }
        }
    }

    /// The label of the sample with these `parts`; `None` where there are no labels, and where it is empty.
    ///
    /// # Errors
    /// Where it lacks the part, or the label cannot be understood.
    pub(crate) fn label(&self, parts: &Parts, shard: &Path) -> Result<Option<String>, Skip> {
        match self {
            Self::None => Ok(None),
            Self::Part(part) => {
                let text = String::from_utf8(content(parts, part, shard)?);
                let text =
                    text.map_err(|_| Skip::new(SkipReason::Damaged, format!("its part .{part} is not UTF-8")))?;
                Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
            }
            Self::Key(key) => value(keys(parts, shard)?.get(key), key),
        }
    }

    pub(crate) fn are_there(&self) -> bool {
        *self != Self::None
    }

    /// Where they are, in a sentence.
    pub(crate) fn note(&self) -> String {
        match self {
            Self::None => "no labels: the first sample has neither .cls nor label in .json; --labels-key names a part, or json.KEY".into(),
            Self::Part(part) => format!("labels are the parts .{part}"),
            Self::Key(key) => format!("labels are {key} in the parts .json"),
        }
    }
}

/// The label that `value` is.
fn value(value: Option<&Value>, key: &str) -> Result<Option<String>, Skip> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Some(number @ (Value::Number(_) | Value::Bool(_))) => Ok(Some(number.to_string())),
        Some(Value::Array(_) | Value::Object(_)) => {
            Err(Skip::new(SkipReason::Damaged, format!("{key} in its part .json is no label: a list or an object")))
        }
    }
}

fn keys(parts: &Parts, shard: &Path) -> Result<Map<String, Value>, Skip> {
    let bytes = content(parts, MORE, shard)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Skip::new(SkipReason::Damaged, format!("its part .json is no object of JSON: {error}")))
}

fn content(parts: &Parts, part: &str, shard: &Path) -> Result<Vec<u8>, Skip> {
    let (offset, length) = parts.place(part)?;
    if length > LARGEST {
        let problem = format!("its part .{part} has {length} bytes, more than {LARGEST}");
        return Err(Skip::new(SkipReason::TooLarge, problem));
    }
    Content::Part { path: shard.into(), offset, length }.read()
}
