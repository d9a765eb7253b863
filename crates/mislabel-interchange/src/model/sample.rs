//! One sample of a dataset.

use serde_json::{Map, Value};

use crate::model::decision::Decision;

/// What a person looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Media {
    /// Path or address of a file, as the dataset writes it.
    Path(String),
    /// The text itself.
    Text(String),
}

impl Media {
    /// The path, if it is one.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Path(path) => Some(path),
            Self::Text(_) => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Path(_) => None,
        }
    }
}

/// What a model, or a method of finding label errors, says of a sample.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prediction {
    /// Name of the model or method.
    pub model: String,
    /// The class it predicts.
    pub label: u32,
    /// How sure it is, in [0, 1].
    pub confidence: Option<f64>,
    /// Whether it flags the given label as wrong.
    pub flagged: Option<bool>,
}

impl Prediction {
    /// The prediction of `label`, with an unknown confidence.
    pub fn new(model: impl Into<String>, label: u32) -> Self {
        Self { model: model.into(), label, confidence: None, flagged: None }
    }
}

/// One sample of a dataset: its identity, its labels, and what is known and decided about them.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// The sample's number in the data, from 0.
    pub index: Option<u64>,
    /// The key, different for every sample; never empty.
    pub id: String,
    /// What a person looks at.
    pub media: Option<Media>,
    /// The class of the given label; `None` for a sample without one.
    pub given: Option<u32>,
    /// The class that a method suggests.
    pub suggested: Option<u32>,
    /// Label quality in [0, 1]: lower is more suspect.
    pub quality: Option<f64>,
    /// The method's own score, in its own direction.
    pub score: Option<f64>,
    /// Whether a method flags the given label as wrong.
    pub flagged: Option<bool>,
    /// What people decided, in the order of the file: one decision for every reviewer and time.
    pub decisions: Vec<Decision>,
    /// What models say, at most once for every model.
    pub predictions: Vec<Prediction>,
    /// Tags.
    pub tags: Vec<String>,
    /// Part of the dataset: `train`, `test`.
    pub split: Option<String>,
    /// Further columns, by name.
    pub columns: Map<String, Value>,
}

impl Sample {
    /// A sample of which nothing is known but its id.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// The path of the media, if it has one.
    pub fn path(&self) -> Option<&str> {
        self.media.as_ref().and_then(Media::path)
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        self.media.as_ref().and_then(Media::text)
    }

    /// Every class that the sample mentions.
    pub(crate) fn mentioned(&mut self) -> impl Iterator<Item = &mut u32> {
        let verdicts = self.decisions.iter_mut().filter_map(|decision| match &mut decision.verdict {
            crate::Verdict::Relabel(label) => Some(label),
            _ => None,
        });
        let predictions = self.predictions.iter_mut().map(|prediction| &mut prediction.label);
        self.given.iter_mut().chain(&mut self.suggested).chain(predictions).chain(verdicts)
    }
}
