//! Tables of ours: CSV, TSV, JSON lines, Parquet.

mod file;
mod row;

pub(crate) use file::{each_row, read, write};
