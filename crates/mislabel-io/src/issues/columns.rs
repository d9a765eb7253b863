//! The columns of a table of label issues, as text formats hold them.

/// The names of the columns, in the order of files.
pub(crate) const COLUMNS: [&str; 6] = ["index", "given_label", "suggested_label", "quality", "score", "is_issue"];

/// What the column with the probabilities of the labels suggested for samples without one is called; not every table has it.
pub(crate) const CONFIDENCE: &str = "confidence";
