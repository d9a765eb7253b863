//! Parquet files as rows, and rows as Parquet files.

pub(crate) mod read;
pub(crate) mod write;
