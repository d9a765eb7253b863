//! The threshold from which on a ratio is an issue.

pub(crate) mod mixture;
pub(crate) mod rule;
