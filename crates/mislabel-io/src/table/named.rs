//! Columns of a table that are asked for by their names.

use std::path::Path;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::table::dataset::Table;
use crate::table::whole_column::columns;

/// Formats that hold tables, for messages.
pub(crate) const KNOWN: &str = "csv, tsv, txt, jsonl, ndjson, json, arrow, feather, parquet";

/// The table in the file at `path`.
pub(crate) fn table(path: &Path, choice: &ReadOptions) -> Result<Table> {
    use Format::{Arrow, Csv, Json, JsonLines, Parquet, Text, Tsv};
    let format = Format::of(path, &[Csv, Tsv, Text, JsonLines, Json, Arrow, Parquet], KNOWN)?;
    Table::open(vec![path.into()], format, choice)
}

/// The cells of the columns `names` of `table`, a vector each.
pub(crate) fn cells(table: &Table, names: &[&str], choice: &ReadOptions) -> Result<Vec<Vec<Option<String>>>> {
    let named = |name: &&str| match table.columns.iter().position(|column| column.name.trim() == *name) {
        Some(place) => Ok(place),
        None => Err(Error::Missing {
            path: table.path().into(),
            name: (*name).into(),
            available: table.columns.iter().map(|column| column.name.clone()).collect(),
        }),
    };
    let places: Vec<usize> = names.iter().map(named).collect::<Result<_>>()?;
    columns(table, &places, choice)?.into_iter().collect()
}
