//! Hugging Face datasets: `metadata.csv` or `metadata.jsonl` beside the images, and Parquet with its features.

#[cfg(feature = "parquet")]
mod features;
mod file;
mod metadata;

pub(crate) use file::{read, write};
