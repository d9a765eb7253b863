//! What happens in a review.

use crate::decisions::decision::Decision;

/// Something that a reviewer did, with its place in the journal.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Its number, ascending from 1.
    pub seq: u64,
    /// The operation it belongs to: a bulk decision is one operation of many events.
    pub op: String,
    /// When, by RFC 3339 in UTC.
    pub time: String,
    /// Who.
    pub reviewer: String,
    /// What.
    pub action: Action,
}

/// What a reviewer did.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Decided on a sample.
    Decide {
        /// The sample.
        row: u32,
        /// The decision.
        decision: Decision,
        /// What the reviewer saw.
        circumstances: Circumstances,
    },
    /// Took the own decision on a sample back, without another.
    Clear {
        /// The sample.
        row: u32,
    },
    /// Wrote a note on a sample; an empty one removes it.
    Note {
        /// The sample.
        row: u32,
        /// The note.
        note: String,
    },
    /// Put a tag on samples, or took it off.
    Tag {
        /// The tag.
        tag: String,
        /// The samples.
        rows: Vec<u32>,
        /// Whether it is put on.
        on: bool,
    },
    /// Took back the events `first` to `last`.
    Undo {
        /// The first event.
        first: u64,
        /// The last event.
        last: u64,
    },
}

impl Action {
    /// The samples it is about; those of an undone operation are not listed.
    pub fn rows(&self) -> &[u32] {
        match self {
            Self::Decide { row, .. } | Self::Clear { row } | Self::Note { row, .. } => std::slice::from_ref(row),
            Self::Tag { rows, .. } => rows,
            Self::Undo { .. } => &[],
        }
    }
}

/// What a reviewer saw, and how long the decision took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Circumstances {
    /// Whether the suggestion was hidden.
    pub blind: bool,
    /// Whether the sample was shown as a control, not because it is suspect.
    pub control: bool,
    /// Milliseconds from the sight of the sample to the decision.
    pub milliseconds: Option<u32>,
}

impl Circumstances {
    /// Of a sample that was shown with (`blind` = false) or without its suggestion, as a control or not.
    pub fn new(blind: bool, control: bool, milliseconds: Option<u32>) -> Self {
        Self { blind, control, milliseconds }
    }
}
