//! Embeddings and labels in Parquet files.

use std::path::Path;

use bytes::Bytes;
use parquet::file::reader::SerializedFileReader;

use crate::choice::ArrayChoice;
use crate::choice::is_label_name;
use crate::error::{Error, Result};
use crate::formats::parquet::checks::{check_footer, guarded};
use crate::formats::parquet::column::{Column, Columns, Kind, Place};
use crate::labels::values::LabelValues;
use crate::labels::values::integer_label;
use crate::storage::element::Element;
use crate::storage::gathered::Gathered;
use crate::storage::mapping::Mapping;
use crate::storage::matrix::Matrix;
use crate::storage::stored_array::{Layout, StoredArray};

/// A Parquet file and its columns.
pub(crate) struct ParquetTable<'a> {
    pub(crate) values: Columns<'a>,
    columns: Vec<Column>,
}

impl<'a> ParquetTable<'a> {
    pub(crate) fn open(path: &'a Path, most_memory: u64) -> Result<Self> {
        let bytes = Bytes::from_owner(Mapping::open(path)?);
        check_footer(path, &bytes)?;
        let reader = SerializedFileReader::new(bytes.clone()).map_err(Error::parser(path))?;
        let columns = Column::all(&reader);
        Ok(Self { values: Columns { path, bytes, reader, most_memory }, columns })
    }

    pub(crate) fn column(&self, name: &str) -> Result<&Column> {
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| Error::Missing {
            path: self.values.path.into(),
            name: name.into(),
            available: self.names(),
        })
    }

    fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// The list column of features: the one named, or the only one; `None` when there is no list.
    fn feature_list(&self, choice: &ArrayChoice) -> Result<Option<&Column>> {
        if let Some(name) = &choice.array {
            return self.column(name).map(Some);
        }
        let is_candidate = |column: &&Column| column.is_list && !choice.leave_out.contains(&column.name);
        let lists: Vec<&Column> = self.columns.iter().filter(is_candidate).collect();
        match lists[..] {
            [] => Ok(None),
            [list] => Ok(Some(list)),
            _ => Err(Error::Unnamed { path: self.values.path.into(), available: self.names() }),
        }
    }

    /// All columns that are not left out, one feature each.
    fn feature_columns(&self, choice: &ArrayChoice) -> Result<Vec<&Column>> {
        for name in &choice.leave_out {
            self.column(name)?;
        }
        let columns: Vec<&Column> =
            self.columns.iter().filter(|column| !choice.leave_out.contains(&column.name)).collect();
        match columns.iter().find(|column| is_label_name(&column.name)) {
            Some(column) => {
                Err(Error::LabelAmongFeatures { path: self.values.path.into(), column: column.name.clone() })
            }
            None => Ok(columns),
        }
    }

    fn label_column(&self, choice: &ArrayChoice) -> Result<&Column> {
        if let Some(name) = &choice.array {
            return self.column(name);
        }
        let named: Vec<&Column> = self.columns.iter().filter(|column| is_label_name(&column.name)).collect();
        match (&self.columns[..], &named[..]) {
            ([column], _) | (_, &[column]) => Ok(column),
            _ => Err(Error::Unnamed { path: self.values.path.into(), available: self.names() }),
        }
    }

    /// The column as labels, in its own form.
    pub(crate) fn labels(&self, column: &Column) -> Result<LabelValues> {
        let path = self.values.path;
        if column.is_list || matches!(column.kind, Kind::Other(_)) {
            return Err(self.values.refuse(column, "labels are integers or strings"));
        }
        if column.kind == Kind::Text {
            return self.strings(column).map(LabelValues::Strings);
        }
        let mut labels = Vec::new();
        self.values.numbers(column, |place, value| {
            labels.push(integer_label(path, place.row, &column.name, value)?);
            Ok(())
        })?;
        Ok(LabelValues::Integers(labels))
    }

    fn strings(&self, column: &Column) -> Result<Vec<String>> {
        let path = self.values.path;
        let mut strings = Vec::new();
        let mut size = 0_u64;
        self.values.texts(column, |row, bytes| {
            let refuse = |requirement| {
                let (column, value) = (column.name.clone(), String::from_utf8_lossy(bytes).into_owned());
                Error::Value { path: path.into(), row, column, value, requirement }
            };
            let text = std::str::from_utf8(bytes).map_err(|_| refuse("be UTF-8"))?;
            if text.is_empty() {
                return Err(refuse("be a label, not empty"));
            }
            size += (text.len() + size_of::<String>()) as u64;
            if size > self.values.most_memory {
                return Err(Error::TooLarge { path: path.into(), needed: size, limit: self.values.most_memory });
            }
            strings.push(text.to_owned());
            Ok(())
        })?;
        Ok(strings)
    }
}

/// The labels in the Parquet file at `path`.
pub(crate) fn label_values(path: &Path, choice: &ArrayChoice) -> Result<LabelValues> {
    guarded(path, || read_labels(path, choice))
}

/// The features in the Parquet file at `path`: a list column, or one column per feature.
pub(crate) fn matrix(path: &Path, choice: &ArrayChoice, element: Element) -> Result<Matrix> {
    guarded(path, || read_matrix(path, choice, element))
}

fn read_labels(path: &Path, choice: &ArrayChoice) -> Result<LabelValues> {
    let table = ParquetTable::open(path, choice.most_memory)?;
    let labels = table.labels(table.label_column(choice)?)?;
    if labels.is_empty() {
        return Err(Error::EmptyFile { path: path.into() });
    }
    Ok(labels)
}

fn read_matrix(path: &Path, choice: &ArrayChoice, most: Element) -> Result<Matrix> {
    let table = ParquetTable::open(path, choice.most_memory)?;
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
