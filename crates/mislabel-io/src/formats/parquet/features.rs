//! Features in Parquet files.

use std::path::Path;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::parquet::checks::guarded;
use crate::formats::parquet::column::{Column, Columns, Kind, Place};
use crate::formats::parquet::table::ParquetTable;
use crate::storage::element::Element;
use crate::storage::gathered::Gathered;
use crate::storage::matrix::Matrix;
use crate::storage::stored_array::{Layout, StoredArray};

/// The features in the Parquet file at `path`: a list column, or one column per feature.
pub(crate) fn matrix(path: &Path, choice: &ReadOptions, element: Element) -> Result<Matrix> {
    guarded(path, || read_matrix(path, choice, element))
}

fn read_matrix(path: &Path, choice: &ReadOptions, most: Element) -> Result<Matrix> {
    let table = ParquetTable::open(path, choice.memory_limit)?;
    let columns = match table.feature_list(choice)? {
        Some(list) => vec![list],
        None => table.feature_columns(choice)?,
    };
    if let Some(column) = columns.iter().find(|column| !column.is_number()) {
        return Err(table.values.refuse(column, "features are numbers; leave other columns out"));
    }
    let all = |kinds: &[Kind]| columns.iter().all(|column| kinds.contains(&column.kind));
    let element = match () {
        () if all(&[Kind::F16]) => Element::F16,
        () if all(&[Kind::F16, Kind::Float]) => Element::F32,
        () => most,
    };
    let mut features = Features { path, element, gathered: Gathered::new(path, choice) };
    let (rows, width) = match columns[..] {
        [list] if list.is_list => features.read_list(&table.values, list)?,
        _ => (features.read_columns(&table.values, &columns)?, columns.len()),
    };
    if rows == 0 {
        return Err(Error::EmptyFile { path: path.into() });
    }
    let fortran_order = !columns.iter().any(|column| column.is_list);
    let layout = Layout { element, big_endian: false, fortran_order, shape: vec![rows, width] };
    let end = features.gathered.len();
    Matrix::new(StoredArray::new(path, features.gathered.storage()?, 0..end, layout)?)
}

/// Features on their way out of the file.
struct Features<'a> {
    path: &'a Path,
    element: Element,
    gathered: Gathered<'a>,
}

impl Features<'_> {
    fn push(&mut self, row: usize, column: impl ToString, value: f64) -> Result<()> {
        let single = value as f32;
        if !single.is_finite() {
            return Err(Error::Value {
                path: self.path.into(),
                row,
                column: column.to_string(),
                value: value.to_string(),
                requirement: "be a finite number within the range of f32",
            });
        }
        match self.element {
            Element::F16 => self.gathered.push(&half::f16::from_f64(value).to_le_bytes()),
            Element::F64 => self.gathered.push(&value.to_le_bytes()),
            _ => self.gathered.push(&single.to_le_bytes()),
        }
    }

    /// Reads a list per row; returns rows and columns.
    fn read_list(&mut self, values: &Columns<'_>, list: &Column) -> Result<(usize, usize)> {
        let (mut width, mut filled) = (None, 0);
        let path = self.path;
        let ragged = |row: usize, expected, found| Error::Ragged { path: path.into(), row, expected, found };
        let mut last = 0;
        let rows = values.numbers(list, |Place { row, is_first }, value| {
            if is_first && row > 0 && filled != *width.get_or_insert(filled) {
                return Err(ragged(row - 1, width.unwrap_or(0), filled));
            }
            filled = if is_first { 1 } else { filled + 1 };
            last = row;
            self.push(row, filled - 1, value)
        })?;
        if filled != *width.get_or_insert(filled) {
            return Err(ragged(last, width.unwrap_or(0), filled));
        }
        Ok((rows, width.unwrap_or(0)))
    }

    /// Reads columns one after another; returns the rows.
    fn read_columns(&mut self, values: &Columns<'_>, columns: &[&Column]) -> Result<usize> {
        let mut rows = 0;
        for column in columns {
            rows = values.numbers(column, |place, value| self.push(place.row, &column.name, value))?;
        }
        Ok(rows)
    }
}
