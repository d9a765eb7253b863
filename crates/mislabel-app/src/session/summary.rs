//! What the page says of the review as a whole.

use mislabel_posterior::NoiseRateInterval;
use mislabel_review::{Agreement, Distribution, Progress, SliceNoise};
use serde::Serialize;

/// What the page asks once.
#[derive(Debug, Serialize)]
pub(crate) struct About {
    pub(crate) version: &'static str,
    pub(crate) samples: usize,
    /// How many of them have no label.
    pub(crate) unlabelled: usize,
    pub(crate) classes: Vec<String>,
    /// The names of the fields of queries.
    pub(crate) fields: Vec<String>,
    /// "image", "text", "numbers" or "none".
    pub(crate) media: &'static str,
    pub(crate) reviewer: String,
    pub(crate) blind: bool,
    pub(crate) read_only: bool,
    pub(crate) notices: Vec<String>,
    /// The hash of the labels: what is kept in the browser belongs to these.
    pub(crate) data: String,
    pub(crate) journal: String,
    /// Whether similar samples can be searched.
    pub(crate) similar: bool,
    /// Whether a model learns from decisions.
    pub(crate) learns: bool,
    /// The token of paths of images.
    pub(crate) image_token: String,
}

/// What a slice consists of.
#[derive(Debug, Serialize)]
pub(crate) struct Consists {
    #[serde(flatten)]
    pub(crate) distribution: Distribution,
    pub(crate) noise: SliceNoise,
}

/// How far the review has come.
#[derive(Debug, Serialize)]
pub(crate) struct Standing {
    pub(crate) seq: u64,
    pub(crate) progress: Progress,
    pub(crate) agreement: Vec<Agreement>,
    pub(crate) tags: Vec<(String, usize)>,
    pub(crate) noise: Option<Noise>,
}

/// The noise rate, and the ends of its 95% interval.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Noise {
    rate: f64,
    low: f64,
    high: f64,
}

impl From<NoiseRateInterval> for Noise {
    fn from(interval: NoiseRateInterval) -> Self {
        let (low, high) = interval.bounds();
        Self { rate: interval.rate(), low, high }
    }
}
