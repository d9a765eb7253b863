//! Parquet files as rows, and rows as Parquet files.

mod checked;
pub(crate) mod read;
pub(crate) mod write;
