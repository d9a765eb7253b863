//! Predicted probabilities in files, and probabilities written to them.

pub(crate) mod file;
pub(crate) mod rounding;
pub(crate) mod writer;
