//! Labels in a Parquet file: the chunks of other columns are copied byte for byte.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Type;
use parquet::column::reader::{ColumnReader, get_column_reader, get_typed_column_reader};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType,
    Int32Type, Int64Type, Int96, Int96Type,
};
use parquet::file::metadata::{ColumnChunkMetaData, KeyValue, ParquetMetaData};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter};

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::guarded::guarded;
use crate::formats::parquet::table::ParquetTable;
use crate::labels::rewriting::edits::Edits;
use crate::table::nested::flattened;

/// Records that are read at a time.
const BATCH: usize = 8192;

/// Writes the file at `path` with `edits` in its column of this number, columns within others counted. Schema, metadata, row groups, and the other columns stay.
pub(crate) fn write(
    path: &Path,
    choice: &ReadOptions,
    column: usize,
    edits: &Edits<'_>,
    out: &mut (dyn Write + Send),
) -> Result<()> {
    let table = ParquetTable::open(path, choice)?;
    let metadata = table.metadata();
    let rows = metadata.file_metadata().num_rows();
    edits.check_rows(usize::try_from(rows).unwrap_or(usize::MAX))?;
    let schema = metadata.file_metadata().schema_descr();
    let columns = flattened(path, table.columns.clone())?;
    let top = columns.get(column).filter(|column| !column.is_within()).map(|column| column.top);
    let mut leaves = (0..schema.num_columns()).filter(|leaf| Some(schema.get_column_root_idx(*leaf)) == top);
    let (Some(label), None) = (leaves.next(), leaves.next()) else {
        return Err(edits.refusal("the labels are a part of a column: write them as a column of their own"));
    };
    guarded(path, || Copy { table: &table, edits, label }.write(out))
}

/// A copy that is being made.
struct Copy<'a> {
    table: &'a ParquetTable,
    edits: &'a Edits<'a>,
    /// The leaf column of the labels.
    label: usize,
}

impl Copy<'_> {
    fn metadata(&self) -> &ParquetMetaData {
        self.table.metadata()
    }

    fn failed<E: Into<Box<dyn std::error::Error + Send + Sync>>>(&self) -> impl Fn(E) -> Error {
        |cause| Error::parser(self.edits.path)(cause)
    }

    fn write(&self, out: &mut (dyn Write + Send)) -> Result<()> {
        let schema = self.metadata().file_metadata().schema_descr().root_schema_ptr();
        let properties = Arc::new(self.properties());
        let mut writer = SerializedFileWriter::new(out, schema, properties).map_err(self.failed())?;
        let mut first = 0;
        for (number, group) in self.metadata().row_groups().iter().enumerate() {
            let mut written = writer.next_row_group().map_err(self.failed())?;
            self.write_group(number, first, &mut written)?;
            written.close().map_err(self.failed())?;
            first += usize::try_from(group.num_rows()).unwrap_or(0);
        }
        writer.close().map(drop).map_err(self.failed())
    }

    /// The metadata of the file, and for every column how its first chunk is packed.
    fn properties(&self) -> WriterProperties {
        let file = self.metadata().file_metadata();
        let pairs: Option<Vec<KeyValue>> = file.key_value_metadata().cloned();
        let mut builder = WriterProperties::builder().set_key_value_metadata(pairs);
        let groups = self.metadata().row_groups();
        for chunk in groups.iter().take(1).flat_map(|group| group.columns()) {
            builder = builder.set_column_compression(chunk.column_path().clone(), chunk.compression());
        }
        // Row groups end where those of the file end, not at a number of rows.
        builder.set_max_row_group_row_count(None).build()
    }

    fn write_group<W: Write + Send>(
        &self,
        number: usize,
        first: usize,
        out: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<()> {
        let group = self.metadata().row_group(number);
        let rows = usize::try_from(group.num_rows()).unwrap_or(0);
        let goes = self.edits.left_out.iter().any(|row| (first..first + rows).contains(row));
        for (leaf, chunk) in group.columns().iter().enumerate() {
            if goes || leaf == self.label {
                let labels = leaf == self.label;
                self.rewrite_chunk(number, leaf, Rows { first, edits: self.edits, labels }, out)?;
                continue;
            }
            let close = ColumnCloseResult {
                bytes_written: chunk.compressed_size() as u64,
                rows_written: group.num_rows() as u64,
                metadata: chunk.clone(),
                bloom_filter: None,
                column_index: None,
                offset_index: None,
            };
            out.append_column(self.table.bytes(), close).map_err(self.failed())?;
        }
        Ok(())
    }

    fn rewrite_chunk<W: Write + Send>(
        &self,
        number: usize,
        leaf: usize,
        rows: Rows<'_>,
        out: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<()> {
        let chunk = self.metadata().row_group(number).column(leaf);
        let pages = self.table.pages(number, leaf)?;
        let mut writer = out.next_column().map_err(self.failed())?.expect("a row group has a writer for every column");
        let reader = get_column_reader(chunk.column_descr_ptr(), pages);
        match chunk.column_type() {
            Type::BOOLEAN => self.copied::<BoolType>(reader, chunk, rows, &mut writer),
            Type::INT32 => self.copied::<Int32Type>(reader, chunk, rows, &mut writer),
            Type::INT64 => self.copied::<Int64Type>(reader, chunk, rows, &mut writer),
            Type::INT96 => self.copied::<Int96Type>(reader, chunk, rows, &mut writer),
            Type::FLOAT => self.copied::<FloatType>(reader, chunk, rows, &mut writer),
            Type::DOUBLE => self.copied::<DoubleType>(reader, chunk, rows, &mut writer),
            Type::BYTE_ARRAY => self.copied::<ByteArrayType>(reader, chunk, rows, &mut writer),
            Type::FIXED_LEN_BYTE_ARRAY => self.copied::<FixedLenByteArrayType>(reader, chunk, rows, &mut writer),
        }?;
        writer.close().map_err(self.failed())
    }

    /// Writes the records of a chunk that stay, labels among them changed.
    fn copied<T: DataType<T: Cell>>(
        &self,
        reader: ColumnReader,
        chunk: &ColumnChunkMetaData,
        mut rows: Rows<'_>,
        writer: &mut SerializedColumnWriter<'_>,
    ) -> Result<()> {
        let mut reader = get_typed_column_reader::<T>(reader);
        let most = [chunk.column_descr().max_def_level(), chunk.column_descr().max_rep_level()];
        loop {
            let mut batch = Batch::default();
            let [definitions, repetitions] = &mut batch.levels;
            let definitions = (most[0] > 0).then_some(definitions);
            let repetitions = (most[1] > 0).then_some(repetitions);
            let read =
                reader.read_records(BATCH, definitions, repetitions, &mut batch.values).map_err(self.failed())?;
            if read.0 == 0 {
                return Ok(());
            }
            let Batch { values, levels: [definitions, repetitions] } = rows.of(batch, most)?;
            let definitions = (most[0] > 0).then_some(&definitions[..]);
            let repetitions = (most[1] > 0).then_some(&repetitions[..]);
            writer.typed::<T>().write_batch(&values, definitions, repetitions).map_err(self.failed())?;
        }
    }
}

/// Values of some records, and their definition and repetition levels where the column has these.
struct Batch<T> {
    values: Vec<T>,
    levels: [Vec<i16>; 2],
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self { values: Vec::new(), levels: [Vec::new(), Vec::new()] }
    }
}

/// The rows that come next.
#[derive(Clone, Copy)]
struct Rows<'a> {
    /// The first of them.
    first: usize,
    edits: &'a Edits<'a>,
    /// Whether the column is that of the labels.
    labels: bool,
}

impl Rows<'_> {
    /// The records of `batch` that stay, labels among them changed; `most` are the levels of a value that is there.
    fn of<T: Cell>(&mut self, batch: Batch<T>, most: [i16; 2]) -> Result<Batch<T>> {
        let Batch { values, levels: [definitions, repetitions] } = batch;
        let mut kept = Batch::default();
        let slots = if most[0] > 0 { definitions.len() } else { values.len() };
        let mut values = values.into_iter();
        for slot in 0..slots {
            let begins = most[1] == 0 || repetitions[slot] == 0;
            self.first += usize::from(begins);
            let row = self.first - 1;
            let value = if most[0] == 0 || definitions[slot] == most[0] { values.next() } else { None };
            if self.edits.leaves_out(row) {
                continue;
            }
            let value = self.label(row, value)?;
            let definition = if value.is_some() { Some(&most[0]) } else { definitions.get(slot) };
            kept.levels[0].extend(definition);
            kept.levels[1].extend(repetitions.get(slot));
            kept.values.extend(value);
        }
        Ok(kept)
    }

    /// The value, or null, that takes the place of `value` in `row`.
    fn label<T: Cell>(&self, row: usize, value: Option<T>) -> Result<Option<T>> {
        if !self.labels || !self.edits.labels.contains_key(&row) {
            return Ok(value);
        }
        let found = value.as_ref().and_then(T::text).unwrap_or_default();
        let found = found.trim();
        let Some(new) = self.edits.cell(row, found, found)? else { return Ok(value) };
        let problem = || format!("row {row}: {new:?} is no value of the column: convert the column to text");
        T::of(&new).map(Some).ok_or_else(|| self.edits.refusal(problem()))
    }
}

/// A value of a column, which may be a label.
trait Cell: Sized {
    /// The value as text, if labels have this type.
    fn text(&self) -> Option<String>;
    /// The value that `text` is.
    fn of(text: &str) -> Option<Self>;
}

macro_rules! cells {
    ($($type:ty),*) => {
        $(impl Cell for $type {
            fn text(&self) -> Option<String> {
                Some(self.to_string())
            }
            fn of(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        })*
    };
}

cells!(bool, i32, i64, f32, f64);

impl Cell for ByteArray {
    fn text(&self) -> Option<String> {
        self.as_utf8().ok().map(Into::into)
    }

    fn of(text: &str) -> Option<Self> {
        Some(text.into())
    }
}

impl Cell for Int96 {
    fn text(&self) -> Option<String> {
        None
    }

    fn of(_: &str) -> Option<Self> {
        None
    }
}

impl Cell for FixedLenByteArray {
    fn text(&self) -> Option<String> {
        None
    }

    fn of(_: &str) -> Option<Self> {
        None
    }
}
