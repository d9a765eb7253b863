//! Columns of Parquet files, read value by value.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;

use bytes::Bytes;
use half::f16;
use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use crate::error::{Error, Result};
use crate::formats::parquet::checks::check_chunk;
use crate::formats::parquet::pages::{CheckedPages, HandedOut};

/// Values read at a time, but for rows that are longer.
const VALUES: usize = 1 << 16;

/// Bytes that a page may take while it is read, whatever the limit: longer than writers make them by default.
const LEAST_MEMORY: u64 = 16 << 20;

/// What the values of a column are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Signed,
    Unsigned,
    F16,
    Float,
    Double,
    Text,
    /// Not read here.
    Other(String),
}

/// A column: one leaf of the schema, right below the root or in a list.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) is_list: bool,
    /// The number of the leaf.
    leaf: usize,
}

impl Column {
    /// The columns of the schema, in its order; a group that is no list of numbers counts as one of another kind.
    pub(crate) fn all(reader: &SerializedFileReader<Bytes>) -> Vec<Self> {
        let schema = reader.metadata().file_metadata().schema_descr();
        let mut columns: Vec<Self> = Vec::new();
        for (leaf, descriptor) in schema.columns().iter().enumerate() {
            let parts = descriptor.path().parts();
            let name = parts.first().cloned().unwrap_or_default();
            let is_list = parts.len() > 1 || descriptor.max_rep_level() > 0;
            let kind = match (descriptor.max_rep_level(), is_list) {
                (0, false) | (1, true) => kind(descriptor),
                _ => Kind::Other("a structure that is no plain list".into()),
            };
            match columns.last_mut().filter(|last| parts.len() > 1 && last.name == name) {
                Some(group) => group.kind = Kind::Other("a structure with several fields".into()),
                None => columns.push(Self { name, kind, is_list, leaf }),
            }
        }
        columns
    }

    pub(crate) fn is_number(&self) -> bool {
        !matches!(self.kind, Kind::Text | Kind::Other(_))
    }
}

fn kind(descriptor: &ColumnDescriptor) -> Kind {
    use ConvertedType as C;
    let other = || Kind::Other(format!("{:?} {:?}", descriptor.physical_type(), descriptor.converted_type()));
    match (descriptor.physical_type(), descriptor.logical_type_ref(), descriptor.converted_type()) {
        (Type::BOOLEAN, ..) => Kind::Boolean,
        (Type::FLOAT, ..) => Kind::Float,
        (Type::DOUBLE, ..) => Kind::Double,
        (Type::INT32 | Type::INT64, Some(LogicalType::Integer(integer)), _) if !integer.is_signed => Kind::Unsigned,
        (Type::INT32 | Type::INT64, Some(LogicalType::Integer(_)), _) => Kind::Signed,
        (Type::INT32 | Type::INT64, _, C::UINT_8 | C::UINT_16 | C::UINT_32 | C::UINT_64) => Kind::Unsigned,
        (Type::INT32 | Type::INT64, _, C::INT_8 | C::INT_16 | C::INT_32 | C::INT_64) => Kind::Signed,
        (Type::INT32 | Type::INT64, None, C::NONE) => Kind::Signed,
        (Type::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::Float16), _) if descriptor.type_length() == 2 => Kind::F16,
        (Type::BYTE_ARRAY, Some(LogicalType::String | LogicalType::Enum), _) => Kind::Text,
        (Type::BYTE_ARRAY, _, C::UTF8 | C::ENUM | C::NONE) => Kind::Text,
        _ => other(),
    }
}

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) row: usize,
    /// Whether it is the first value of its row.
    pub(crate) is_first: bool,
}

/// The rows of a row group, and how they are read.
struct Group {
    rows: Range<usize>,
    /// Rows at a time.
    batch: usize,
    handed_out: HandedOut,
}

/// A file whose columns are read.
pub(crate) struct Columns<'a> {
    pub(crate) path: &'a Path,
    /// The whole file, mapped.
    pub(crate) bytes: Bytes,
    pub(crate) reader: SerializedFileReader<Bytes>,
    pub(crate) memory_limit: u64,
}

impl Columns<'_> {
    /// Hands every number of `column` to `each`; returns the number of rows.
    pub(crate) fn numbers(&self, column: &Column, mut each: impl FnMut(Place, f64) -> Result<()>) -> Result<usize> {
        let unsigned = column.kind == Kind::Unsigned;
        self.groups(column, |group, reader| match reader {
            ColumnReader::BoolColumnReader(reader) => {
                self.values(column, group, reader, |place, value| each(place, f64::from(u8::from(*value))))
            }
            ColumnReader::Int32ColumnReader(reader) if unsigned => {
                self.values(column, group, reader, |place, value| each(place, f64::from(*value as u32)))
            }
            ColumnReader::Int32ColumnReader(reader) => {
                self.values(column, group, reader, |place, value| each(place, f64::from(*value)))
            }
            ColumnReader::Int64ColumnReader(reader) if unsigned => {
                self.values(column, group, reader, |place, value| each(place, *value as u64 as f64))
            }
            ColumnReader::Int64ColumnReader(reader) => {
                self.values(column, group, reader, |place, value| each(place, *value as f64))
            }
            ColumnReader::FloatColumnReader(reader) => {
                self.values(column, group, reader, |place, value| each(place, f64::from(*value)))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                self.values(column, group, reader, |place, value| each(place, *value))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                self.values(column, group, reader, |place, value| match *value.data() {
                    [low, high] => each(place, f16::from_le_bytes([low, high]).to_f64()),
                    _ => Err(self.refuse(column, "half floats take two bytes")),
                })
            }
            _ => Err(self.refuse(column, "numbers are needed")),
        })
    }

    /// Hands every string of `column` to `each`; returns the number of rows.
    pub(crate) fn texts(&self, column: &Column, mut each: impl FnMut(usize, &[u8]) -> Result<()>) -> Result<usize> {
        self.groups(column, |group, reader| match reader {
            ColumnReader::ByteArrayColumnReader(reader) => {
                self.values(column, group, reader, |place, value| each(place.row, value.data()))
            }
            _ => Err(self.refuse(column, "text is needed")),
        })
    }

    pub(crate) fn refuse(&self, column: &Column, reason: &'static str) -> Error {
        let element = match &column.kind {
            Kind::Other(description) => format!("{description} (column {:?})", column.name),
            kind => format!("{kind:?} (column {:?})", column.name),
        };
        Error::Element { path: self.path.into(), element, reason }
    }

    /// Hands the reader of every row group, with the rows the group should have, to `read`; returns all rows.
    fn groups(&self, column: &Column, mut read: impl FnMut(Group, ColumnReader) -> Result<()>) -> Result<usize> {
        let parser = |error| Error::parser(self.path)(error);
        let mut start = 0_usize;
        for number in 0..self.reader.num_row_groups() {
            let metadata = self.reader.metadata().row_group(number);
            let chunk = metadata.columns().get(column.leaf);
            let chunk = chunk.ok_or_else(|| self.refuse(column, "a row group lacks the column"))?;
            let memory_limit = self.memory_limit.max(LEAST_MEMORY);
            check_chunk(self.path, &self.bytes, chunk, memory_limit)?;
            let rows = usize::try_from(metadata.num_rows()).map_err(|error| Error::parser(self.path)(error))?;
            let end = start.checked_add(rows).ok_or_else(|| self.refuse(column, "the rows are too many"))?;
            let pages = self.reader.get_row_group(number).and_then(|group| group.get_column_page_reader(column.leaf));
            let handed_out = HandedOut::default();
            let pages = CheckedPages::new(pages.map_err(parser)?, chunk, &handed_out, memory_limit);
            let reader = get_column_reader(chunk.column_descr_ptr(), Box::new(pages));
            let batch = (VALUES / (chunk.num_values() as usize / rows.max(1)).max(1)).max(1);
            read(Group { rows: start..end, batch, handed_out }, reader)?;
            start = end;
        }
        Ok(start)
    }

    /// Hands the values of one row group to `each`; a missing value or an empty list is an error.
    fn values<T: DataType>(
        &self,
        column: &Column,
        group: Group,
        mut reader: ColumnReaderImpl<T>,
        mut each: impl FnMut(Place, &T::T) -> Result<()>,
    ) -> Result<()> {
        let rows = group.rows;
        let leaf = self.reader.metadata().file_metadata().schema_descr().column(column.leaf);
        let (mut defined, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let mut next = rows.start;
        loop {
            defined.clear();
            repeated.clear();
            values.clear();
            group.handed_out.store(0, Relaxed);
            let read = reader.read_records(group.batch, Some(&mut defined), Some(&mut repeated), &mut values);
            let (records, _, levels) = read.map_err(Error::parser(self.path))?;
            if levels == 0 {
                break;
            }
            if next + records > rows.end {
                return Err(self.row_count(column, &rows, next + records));
            }
            let mut row = next;
            for level in 0..levels {
                let is_first = repeated.get(level).is_none_or(|&repeat| repeat == 0);
                row += usize::from(is_first && level > 0);
                let value = values.get(level).filter(|_| defined.get(level).is_none_or(|&d| d == leaf.max_def_level()));
                let value = value.ok_or_else(|| self.missing(column, row))?;
                each(Place { row, is_first }, value)?;
            }
            next += records;
        }
        if next != rows.end {
            return Err(self.row_count(column, &rows, next));
        }
        Ok(())
    }

    fn missing(&self, column: &Column, row: usize) -> Error {
        let (column, value) = (column.name.clone(), "null".into());
        Error::Value { path: self.path.into(), row, column, value, requirement: "be there" }
    }

    fn row_count(&self, column: &Column, rows: &Range<usize>, end: usize) -> Error {
        let (name, expected, found) = (&column.name, rows.len(), end - rows.start);
        let cause = format!("a row group has {expected} rows by its header, {found} or more in column {name:?}");
        Error::Parser { path: self.path.into(), cause: cause.into() }
    }
}
