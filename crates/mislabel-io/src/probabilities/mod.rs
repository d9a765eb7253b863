//! Predicted probabilities in files, and probabilities written to them.

pub(crate) mod file;
pub(crate) mod writer;
