//! The fields that every query can ask for.

/// Their names: no further column of the samples may have one of these.
pub(crate) const FIELDS: [&str; 15] = [
    "index",
    "id",
    "rank",
    "given",
    "suggested",
    "quality",
    "score",
    "flagged",
    "unlabelled",
    "decided",
    "decision",
    "decided_label",
    "reviewer",
    "disputed",
    "note",
];
