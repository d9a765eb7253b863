//! The columns of label issues, as errors name them.

pub(crate) const QUALITY: &str = "label quality";
pub(crate) const FLAGS: &str = "is_issue";
pub(crate) const SUGGESTED: &str = "suggested labels";
pub(crate) const SCORE: &str = "score";

/// All of them.
pub(crate) const COLUMNS: [&str; 4] = [QUALITY, FLAGS, SUGGESTED, SCORE];
