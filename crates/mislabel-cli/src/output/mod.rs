//! What commands write and print.

pub(crate) mod explanations;
pub(crate) mod json;
pub(crate) mod label_output;
pub(crate) mod output_file;
pub(crate) mod rows;
#[cfg(feature = "embed")]
pub(crate) mod skipped;
pub(crate) mod summary;
pub(crate) mod understanding;
