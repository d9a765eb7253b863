//! Comma- and tab-separated tables.

use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::choice::is_label_name;
use crate::choice::{Header, ReadOptions};
use crate::error::{Error, Result};
use crate::storage::element::Element;
use crate::storage::gathered::Gathered;
use crate::storage::mapping::Mapping;
use crate::storage::matrix::Matrix;
use crate::storage::stored_array::{Layout, StoredArray};

/// The feature columns of a table, as `element`: f32 or f64.
pub(crate) fn matrix(path: &Path, delimiter: u8, choice: &ReadOptions, element: Element) -> Result<Matrix> {
    let mapping = Mapping::open(path)?;
    let mut table = Table::open(path, &mapping, delimiter, choice, Content::Features)?;
    let columns = table.feature_columns(choice)?;
    let mut gathered = Gathered::new(path, choice);
    let mut rows = 0;
    while let Some(record) = table.next()? {
        for &column in &columns {
            match element {
                Element::F64 => gathered.push(&number::<f64>(path, rows, column, &record[column])?.to_le_bytes())?,
                _ => gathered.push(&number::<f32>(path, rows, column, &record[column])?.to_le_bytes())?,
            }
        }
        rows += 1;
    }
    if rows == 0 {
        return Err(Error::EmptyFile { path: path.into() });
    }
    let shape = vec![rows, columns.len()];
    let layout = Layout { element, big_endian: false, fortran_order: false, shape };
    let end = gathered.len();
    Matrix::new(StoredArray::new(path, gathered.storage()?, 0..end, layout)?)
}

/// The label column of a table, as text.
pub(crate) fn label_column(path: &Path, delimiter: u8, choice: &ReadOptions) -> Result<Vec<String>> {
    let mapping = Mapping::open(path)?;
    let mut table = Table::open(path, &mapping, delimiter, choice, Content::Labels)?;
    let column = table.label_column(choice)?;
    let mut labels = Vec::new();
    let mut size = 0;
    while let Some(record) = table.next()? {
        let label = text(path, labels.len(), column, &record[column])?;
        size += label.len() + size_of::<String>();
        within_memory(path, size, choice)?;
        labels.push(label.to_owned());
    }
    let header_is_data = choice.header == Header::Auto && choice.array.is_none() && table.names.len() == 1;
    if header_is_data && !table.has_header && heads_integers(&labels) {
        labels.remove(0);
    }
    Ok(labels)
}

/// What the wanted columns hold; a header is told from them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Features,
    Labels,
}

pub(crate) fn within_memory(path: &Path, needed: usize, choice: &ReadOptions) -> Result<()> {
    let (needed, limit) = (needed as u64, choice.memory_limit);
    if needed <= limit { Ok(()) } else { Err(Error::TooLarge { path: path.into(), needed, limit }) }
}

/// Whether the first of `labels` is no integer and all others, of which there are some, are.
fn heads_integers(labels: &[String]) -> bool {
    let integer = |label: &String| label.parse::<i64>().is_ok();
    labels.len() > 1 && !integer(&labels[0]) && labels[1..].iter().all(integer)
}

fn text<'a>(path: &Path, row: usize, column: usize, cell: &'a [u8]) -> Result<&'a str> {
    std::str::from_utf8(cell).map(str::trim).map_err(|_| Error::Value {
        path: path.into(),
        row,
        column: column.to_string(),
        value: String::from_utf8_lossy(cell).into_owned(),
        requirement: "be UTF-8",
    })
}

fn number<V: std::str::FromStr + Into<f64> + Copy>(path: &Path, row: usize, column: usize, cell: &[u8]) -> Result<V> {
    let text = text(path, row, column, cell)?;
    match text.parse::<V>() {
        Ok(value) if (value.into() as f32).is_finite() => Ok(value),
        _ => Err(Error::Value {
            path: path.into(),
            row,
            column: column.to_string(),
            value: text.into(),
            requirement: "be a finite number within the range of f32",
        }),
    }
}

/// A table read row by row.
pub(crate) struct Table<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    reader: Reader<&'a [u8]>,
    record: ByteRecord,
    /// The first row, while it is still to be delivered as data.
    first_is_data: bool,
    rows: usize,
    has_header: bool,
    names: Vec<String>,
}

impl<'a> Table<'a> {
    pub(crate) fn open(
        path: &'a Path,
        bytes: &'a [u8],
        delimiter: u8,
        choice: &ReadOptions,
        content: Content,
    ) -> Result<Self> {
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
        let record = ByteRecord::new();
        let mut table =
            Self { path, bytes, reader, record, first_is_data: false, rows: 0, has_header: false, names: Vec::new() };
        if !table.advance()? {
            return Err(Error::EmptyFile { path: path.into() });
        }
        table.has_header = table.first_is_header(choice, content)?;
        table.first_is_data = !table.has_header;
        table.names = match table.has_header {
            true => table.first_row().map(Into::into).collect(),
            false => (0..table.record.len()).map(|column| column.to_string()).collect(),
        };
        Ok(table)
    }

    /// The next row of data; as many cells as there are names.
    pub(crate) fn next(&mut self) -> Result<Option<&ByteRecord>> {
        if !std::mem::take(&mut self.first_is_data) && !self.advance()? {
            return Ok(None);
        }
        let (row, expected, found) = (self.rows, self.names.len(), self.record.len());
        if expected != found {
            return Err(Error::Ragged { path: self.path.into(), row, expected, found });
        }
        self.rows += 1;
        Ok(Some(&self.record))
    }

    /// Reads one record; a blank line between records is an error, since it may stand for a missing label.
    fn advance(&mut self) -> Result<bool> {
        let found = self.reader.read_byte_record(&mut self.record).map_err(Error::parser(self.path))?;
        let Some(position) = self.record.position().filter(|_| found) else {
            return Ok(false);
        };
        let offset = position.byte() as usize;
        let start = match self.bytes.get(offset.saturating_sub(1)..offset + 1) {
            Some(b"\r\n") => offset + 1,
            _ => offset,
        };
        if matches!(self.bytes.get(start), Some(b'\n' | b'\r')) {
            let problem = "there is a blank line";
            return Err(Error::Malformed { path: self.path.into(), offset: start, problem });
        }
        Ok(true)
    }

    fn first_row(&self) -> impl Iterator<Item = &str> {
        self.record.iter().map(|cell| std::str::from_utf8(cell).unwrap_or("").trim())
    }

    fn first_is_header(&self, choice: &ReadOptions, content: Content) -> Result<bool> {
        if choice.header != Header::Auto {
            return Ok(choice.header == Header::Present);
        }
        let asked_for = |cell| choice.array.iter().chain(&choice.exclude).any(|name| name == cell);
        if self.first_row().any(|cell| asked_for(cell) && cell.parse::<f64>().is_err()) {
            return Ok(true);
        }
        if self.record.len() == 1 && content == Content::Labels {
            return Ok(self.first_row().any(is_label_name));
        }
        let counts = self.first_row().enumerate().all(|(column, cell)| cell == column.to_string());
        if counts && self.record.len() > 2 {
            return Err(Error::AmbiguousHeader { path: self.path.into() });
        }
        Ok(self.first_row().all(|cell| cell.parse::<f64>().is_err()))
    }

    pub(crate) fn position(&self, name: &str) -> Result<usize> {
        self.names.iter().position(|column| column == name).ok_or_else(|| Error::Missing {
            path: self.path.into(),
            name: name.into(),
            available: self.names.clone(),
        })
    }

    fn feature_columns(&self, choice: &ReadOptions) -> Result<Vec<usize>> {
        let left_out: Vec<usize> = choice.exclude.iter().map(|name| self.position(name)).collect::<Result<_>>()?;
        let columns: Vec<usize> = (0..self.names.len()).filter(|column| !left_out.contains(column)).collect();
        if let Some(&column) = columns.iter().find(|&&column| is_label_name(&self.names[column])) {
            return Err(Error::LabelAmongFeatures { path: self.path.into(), column: self.names[column].clone() });
        }
        Ok(columns)
    }

    /// The column named by the choice, or the only one, or the only one with a name that labels have.
    fn label_column(&self, choice: &ReadOptions) -> Result<usize> {
        if let Some(name) = &choice.array {
            return self.position(name);
        }
        let named: Vec<usize> = (0..self.names.len()).filter(|&column| is_label_name(&self.names[column])).collect();
        match (self.names.len(), &named[..]) {
            (1, _) => Ok(0),
            (_, &[column]) => Ok(column),
            _ => Err(Error::Unnamed { path: self.path.into(), available: self.names.clone() }),
        }
    }
}
