//! What people decided about a label.

use crate::model::timestamp::Timestamp;

/// What someone decided about the given label of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The given label is right.
    Keep,
    /// The true label is this class.
    Relabel(u32),
    /// Nobody can tell.
    Unsure,
    /// The sample should not be in the dataset.
    Exclude,
}

impl Verdict {
    /// What it means that someone chose `label` for a sample whose given label is `given`.
    pub fn chosen(given: Option<u32>, label: u32) -> Self {
        if given == Some(label) { Self::Keep } else { Self::Relabel(label) }
    }

    /// The name in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Relabel(_) => "relabel",
            Self::Unsure => "unsure",
            Self::Exclude => "exclude",
        }
    }
}

/// What one reviewer decided, when, and in which words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// The decision itself.
    pub verdict: Verdict,
    /// Who decided.
    pub reviewer: Option<String>,
    /// When.
    pub time: Option<Timestamp>,
    /// What the reviewer wrote about it.
    pub note: Option<String>,
    /// How the label came about, in the words of the tool: Label Studio says `prediction` where a suggestion was kept.
    pub origin: Option<String>,
}

impl Decision {
    /// A decision of someone at some time.
    pub fn new(verdict: Verdict) -> Self {
        Self { verdict, reviewer: None, time: None, note: None, origin: None }
    }
}
