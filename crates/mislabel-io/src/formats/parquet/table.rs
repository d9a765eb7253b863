//! A Parquet file as a table of columns.

use std::path::Path;

use bytes::Bytes;
use parquet::file::reader::SerializedFileReader;

use crate::choice::{ReadOptions, is_label_name};
use crate::error::{Error, Result};
use crate::formats::parquet::checks::check_footer;
use crate::formats::parquet::column::{Column, Columns};
use crate::storage::mapping::Mapping;

/// A Parquet file and its columns.
pub(crate) struct ParquetTable<'a> {
    pub(crate) values: Columns<'a>,
    columns: Vec<Column>,
}

impl<'a> ParquetTable<'a> {
    pub(crate) fn open(path: &'a Path, memory_limit: u64) -> Result<Self> {
        let bytes = Bytes::from_owner(Mapping::open(path)?);
        check_footer(path, &bytes)?;
        let reader = SerializedFileReader::new(bytes.clone()).map_err(Error::parser(path))?;
        let columns = Column::all(&reader);
        Ok(Self { values: Columns { path, bytes, reader, memory_limit }, columns })
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
    pub(crate) fn feature_list(&self, choice: &ReadOptions) -> Result<Option<&Column>> {
        if let Some(name) = &choice.array {
            return self.column(name).map(Some);
        }
        let is_candidate = |column: &&Column| column.is_list && !choice.exclude.contains(&column.name);
        let lists: Vec<&Column> = self.columns.iter().filter(is_candidate).collect();
        match lists[..] {
            [] => Ok(None),
            [list] => Ok(Some(list)),
            _ => Err(Error::Unnamed { path: self.values.path.into(), available: self.names() }),
        }
    }

    /// All columns that are not left out, one feature each.
    pub(crate) fn feature_columns(&self, choice: &ReadOptions) -> Result<Vec<&Column>> {
        for name in &choice.exclude {
            self.column(name)?;
        }
        let columns: Vec<&Column> =
            self.columns.iter().filter(|column| !choice.exclude.contains(&column.name)).collect();
        match columns.iter().find(|column| is_label_name(&column.name)) {
            Some(column) => {
                Err(Error::LabelAmongFeatures { path: self.values.path.into(), column: column.name.clone() })
            }
            None => Ok(columns),
        }
    }

    pub(crate) fn label_column(&self, choice: &ReadOptions) -> Result<&Column> {
        if let Some(name) = &choice.array {
            return self.column(name);
        }
        let named: Vec<&Column> = self.columns.iter().filter(|column| is_label_name(&column.name)).collect();
        match (&self.columns[..], &named[..]) {
            ([column], _) | (_, &[column]) => Ok(column),
            _ => Err(Error::Unnamed { path: self.values.path.into(), available: self.names() }),
        }
    }
}
