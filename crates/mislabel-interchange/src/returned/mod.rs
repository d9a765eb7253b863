//! What came back, compared with what was sent.

pub(crate) mod comparison;
pub(crate) mod matching;
pub(crate) mod reviewers;
