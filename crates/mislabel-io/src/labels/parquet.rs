//! Labels in Parquet files.

use std::path::Path;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::parquet::checks::guarded;
use crate::formats::parquet::column::{Column, Kind};
use crate::formats::parquet::table::ParquetTable;
use crate::labels::values::LabelValues;
use crate::storage::stored_array::whole_number;

/// The labels in the Parquet file at `path`.
pub(crate) fn read(path: &Path, choice: &ReadOptions) -> Result<LabelValues> {
    guarded(path, || read_labels(path, choice))
}

fn read_labels(path: &Path, choice: &ReadOptions) -> Result<LabelValues> {
    let table = ParquetTable::open(path, choice.memory_limit)?;
    let labels = column(&table, table.label_column(choice)?)?;
    if labels.is_empty() {
        return Err(Error::EmptyFile { path: path.into() });
    }
    Ok(labels)
}

/// The column as labels, in its own form.
pub(crate) fn column(table: &ParquetTable<'_>, column: &Column) -> Result<LabelValues> {
    let path = table.values.path;
    if column.is_list || matches!(column.kind, Kind::Other(_)) {
        return Err(table.values.refuse(column, "labels are integers or strings"));
    }
    if column.kind == Kind::Text {
        return strings(table, column).map(LabelValues::Strings);
    }
    let mut labels = Vec::new();
    table.values.numbers(column, |place, value| {
        labels.push(integer_label(path, place.row, &column.name, value)?);
        Ok(())
    })?;
    Ok(LabelValues::Integers(labels))
}

fn strings(table: &ParquetTable<'_>, column: &Column) -> Result<Vec<String>> {
    let path = table.values.path;
    let mut strings = Vec::new();
    let mut size = 0_u64;
    table.values.texts(column, |row, bytes| {
        let refuse = |requirement| {
            let (column, value) = (column.name.clone(), String::from_utf8_lossy(bytes).into_owned());
            Error::Value { path: path.into(), row, column, value, requirement }
        };
        let text = std::str::from_utf8(bytes).map_err(|_| refuse("be UTF-8"))?;
        if text.is_empty() {
            return Err(refuse("be a label, not empty"));
        }
        size += (text.len() + size_of::<String>()) as u64;
        if size > table.values.memory_limit {
            return Err(Error::TooLarge { path: path.into(), needed: size, limit: table.values.memory_limit });
        }
        strings.push(text.to_owned());
        Ok(())
    })?;
    Ok(strings)
}

/// `value` as an integer label, or the error that names it.
fn integer_label(path: &Path, row: usize, column: &str, value: f64) -> Result<i64> {
    whole_number(value).ok_or_else(|| Error::Value {
        path: path.into(),
        row,
        column: column.into(),
        value: value.to_string(),
        requirement: "be a class index, an integer",
    })
}
