//! What commands read.

pub(crate) mod class_prompts;
pub(crate) mod class_texts;
#[cfg(feature = "embed")]
pub(crate) mod embedded_files;
#[cfg(not(feature = "embed"))]
#[path = "not_embedded.rs"]
pub(crate) mod embedded_files;
#[cfg(feature = "embed")]
pub(crate) mod embedder;
#[cfg(feature = "embed")]
pub(crate) mod embedding;
pub(crate) mod files;
pub(crate) mod known_truth;
pub(crate) mod labelled_rows;
pub(crate) mod method_files;
#[cfg(all(feature = "app", feature = "embed"))]
pub(crate) mod packed_samples;
pub(crate) mod pairing;
pub(crate) mod parameters;
pub(crate) mod predictions;
pub(crate) mod raw_samples;
pub(crate) mod reading;
pub(crate) mod reviewed;
pub(crate) mod sample_tables;
pub(crate) mod shown;
pub(crate) mod travelling;
