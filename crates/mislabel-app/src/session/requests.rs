//! What the page asks for, as JSON has it.

use mislabel_review::Order;
use serde::Deserialize;

/// A slice of the samples.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SliceRequest {
    /// The query.
    pub(crate) query: String,
    pub(crate) order: SliceOrder,
    /// Only samples on which this reviewer has not decided.
    pub(crate) undecided_by: Option<String>,
}

/// The order of a slice, and which samples it is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SliceOrder {
    /// The suspects with their controls.
    Queue,
    /// Those that teach most about how many labels are wrong.
    Teaching,
    /// By the last search for similar samples.
    Similar,
    #[serde(untagged)]
    Sorted(Order),
}

impl Default for SliceOrder {
    fn default() -> Self {
        Self::Sorted(Order::MostSuspect)
    }
}

/// A decision on samples.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionRequest {
    pub(crate) op: String,
    pub(crate) reviewer: String,
    pub(crate) rows: Vec<u32>,
    pub(crate) decision: Choice,
    /// The class, for `relabel`.
    pub(crate) class: Option<u32>,
    #[serde(default)]
    pub(crate) blind: bool,
    pub(crate) milliseconds: Option<u32>,
}

/// What the reviewer chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Choice {
    Keep,
    /// The class that the method suggests for each sample.
    Suggestion,
    Relabel,
    Unsure,
    Exclude,
    Clear,
}

/// A note on a sample.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteRequest {
    pub(crate) op: String,
    pub(crate) reviewer: String,
    pub(crate) row: u32,
    pub(crate) note: String,
}

/// A tag put on samples, or taken off.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TagRequest {
    pub(crate) op: String,
    pub(crate) reviewer: String,
    pub(crate) tag: String,
    pub(crate) rows: Vec<u32>,
    pub(crate) on: bool,
}

/// The last operation taken back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoRequest {
    pub(crate) op: String,
    pub(crate) reviewer: String,
}

/// A search for similar samples.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SimilarRequest {
    pub(crate) like: Vec<u32>,
    #[serde(default)]
    pub(crate) unlike: Vec<u32>,
}
