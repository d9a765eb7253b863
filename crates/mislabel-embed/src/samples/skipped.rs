//! Samples that have no row, and why.

use std::fmt;

/// Why a sample cannot be embedded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// Nothing is there: a path that leads nowhere, an empty cell.
    Missing,
    /// The system does not let the file be read.
    Unreadable,
    /// The content is no picture of a kind that is read here, whatever the name says.
    NotAnImage,
    /// The picture ends before its end.
    Truncated,
    /// The picture has more pixels, or takes more memory, than is allowed.
    TooLarge,
    /// The picture breaks the rules of its format.
    Damaged,
    /// A text without a character that can be seen.
    EmptyText,
    /// The embedder cannot take it.
    Refused,
}

impl SkipReason {
    /// The reason as tables write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::NotAnImage => "not-an-image",
            Self::Truncated => "truncated",
            Self::TooLarge => "too-large",
            Self::Damaged => "damaged",
            Self::EmptyText => "empty-text",
            Self::Refused => "refused",
        }
    }
}

/// Why a sample has no row, with the particulars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The kind of reason.
    pub reason: SkipReason,
    /// The particulars, in a few words.
    pub message: String,
}

impl Skip {
    /// `reason` with its particulars.
    pub fn new(reason: SkipReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}

/// A sample that has no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name: the path, or the place in a table.
    pub name: String,
    /// Its label, where it has one.
    pub label: Option<String>,
    /// Why.
    pub skip: Skip,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.name, self.skip.reason.name(), self.skip.message)
    }
}
