//! What is reviewed: samples with their labels, what a method says of them, and what a person sees of them.

pub(crate) mod column;
pub(crate) mod field_names;
pub(crate) mod media;
pub(crate) mod packed_texts;
#[cfg(feature = "files")]
pub(crate) mod sample_table;
#[expect(clippy::module_inception, reason = "the folder is named by the noun of its main file")]
pub(crate) mod samples;
pub(crate) mod suggestion;
