//! The table in one file, whatever its format.

use std::collections::HashSet;
use std::path::Path;

use arrow_array::RecordBatch;

use crate::choice::ReadOptions;
use crate::error::Result;
use crate::formats::extension::Format;
#[cfg(feature = "parquet")]
use crate::formats::parquet::table::ParquetTable;
use crate::table::arrow::ArrowTable;
use crate::table::batches::{Batches, Cells};
use crate::table::column::Column;
use crate::table::json::JsonTable;
use crate::table::nested::{batches, flattened};
use crate::table::text::table::TextTable;

/// Columns that notes name at most.
const NAMED: usize = 3;

/// The table in one file.
#[derive(Debug)]
pub(crate) enum Part {
    Text(TextTable),
    Json(JsonTable),
    Arrow(ArrowTable),
    #[cfg(feature = "parquet")]
    Parquet(ParquetTable),
}

impl Part {
    pub(crate) fn open(path: &Path, format: Format, choice: &ReadOptions) -> Result<Self> {
        let mut part = match format {
            Format::Json | Format::JsonLines => JsonTable::open(path, format, choice).map(Self::Json),
            Format::Arrow => ArrowTable::open(path, choice).map(Self::Arrow),
            #[cfg(feature = "parquet")]
            Format::Parquet => ParquetTable::open(path, choice).map(Self::Parquet),
            _ => TextTable::open(path, format, choice).map(Self::Text),
        }?;
        let columns = std::mem::take(part.columns_mut());
        *part.columns_mut() = flattened(path, columns)?;
        tell_apart(part.columns_mut());
        Ok(part)
    }

    fn columns_mut(&mut self) -> &mut Vec<Column> {
        match self {
            Self::Text(table) => &mut table.columns,
            Self::Json(table) => &mut table.columns,
            Self::Arrow(table) => &mut table.columns,
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => &mut table.columns,
        }
    }

    pub(crate) fn columns(&self) -> &[Column] {
        match self {
            Self::Text(table) => &table.columns,
            Self::Json(table) => &table.columns,
            Self::Arrow(table) => &table.columns,
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => &table.columns,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Text(table) => table.path(),
            Self::Json(table) => table.path(),
            Self::Arrow(table) => table.path(),
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => table.path(),
        }
    }

    pub(crate) fn form(&self) -> String {
        match self {
            Self::Text(table) => table.form.clone(),
            Self::Json(table) => table.form.clone(),
            Self::Arrow(table) => table.form(),
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => "Parquet".into(),
        }
    }

    /// The number of rows and the cell of `column` in one of them, where they are found without reading the others.
    pub(crate) fn row(&self, row: usize, column: usize) -> Result<Option<(usize, Option<RecordBatch>)>> {
        match self {
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => Ok(Some((table.rows(), table.row(row, column)?))),
            _ => {
                let _ = (row, column);
                Ok(None)
            }
        }
    }

    pub(crate) fn batches(&self, columns: &[usize], cells: Cells) -> Result<Batches<'_>> {
        let wanted: Vec<&Column> = columns.iter().map(|column| &self.columns()[*column]).collect();
        match self {
            Self::Text(table) => table.batches(columns, cells),
            Self::Json(table) => batches(self.path(), &wanted, |columns| table.batches(columns)),
            Self::Arrow(table) => batches(self.path(), &wanted, |columns| table.batches(columns)),
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => batches(self.path(), &wanted, |columns| table.batches(columns)),
        }
    }
}

/// Calls further columns of one name as pandas does: `label`, `label.1`, `label.2`.
fn tell_apart(columns: &mut [Column]) {
    let mut names: HashSet<String> = columns.iter().map(|column| column.name.clone()).collect();
    let mut seen = HashSet::new();
    for column in columns.iter_mut().filter(|column| column.is_named) {
        if seen.insert(column.name.clone()) {
            continue;
        }
        let free = (1..).map(|number| format!("{}.{number}", column.name)).find(|name| !names.contains(name));
        let name = free.unwrap_or_default();
        column.written_name = Some(std::mem::replace(&mut column.name, name.clone()));
        seen.insert(name.clone());
        names.insert(name);
    }
}

/// A word on every column that shares its name with another.
pub(crate) fn renamed(columns: &[Column]) -> Vec<String> {
    let word = |column: &Column| {
        let written = column.written_name.as_ref()?;
        Some(format!("several columns are called {written}: one of them is called {} here", column.name))
    };
    columns.iter().filter_map(word).take(NAMED).collect()
}
