//! A Parquet file as a table, read by Arrow's reader through pages that are checked first.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowGroups, RowSelection, RowSelector};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels, parquet_to_arrow_schema};
use parquet::column::page::{PageIterator, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::SchemaDescriptor;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::foreign::refuse_foreign;
use crate::formats::guarded::guarded;
use crate::formats::parquet::checks::{check_chunk, check_footer};
use crate::formats::parquet::pages::{CheckedPages, HandedOut};
use crate::storage::mapping::Mapping;
use crate::table::batches::Batches;
use crate::table::column::Column;
use crate::table::declared::declare;

/// Values read at a time, but for rows that are longer.
const VALUES: usize = 1 << 16;
/// Bytes read at a time: rows with pictures in them are long.
const BATCH_BYTES: usize = 32 << 20;
/// Bytes that a page may take while it is read, whatever the limit: longer than writers make them by default.
const LEAST_MEMORY: u64 = 16 << 20;

/// A Parquet file, opened.
pub(crate) struct ParquetTable {
    path: PathBuf,
    /// The whole file, mapped.
    bytes: Bytes,
    reader: Arc<SerializedFileReader<Bytes>>,
    memory_limit: u64,
    pub(crate) columns: Vec<Column>,
}

impl std::fmt::Debug for ParquetTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetTable").field("path", &self.path).field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl ParquetTable {
    pub(crate) fn open(path: &Path, choice: &ReadOptions) -> Result<Self> {
        let bytes = Bytes::from_owner(Mapping::open(path)?);
        let refused = |error| refuse_foreign(path, &bytes, b"PAR1").err().unwrap_or(error);
        check_footer(path, &bytes).map_err(refused)?;
        guarded(path, || Self::parse(path, bytes, choice.memory_limit))
    }

    fn parse(path: &Path, bytes: Bytes, memory_limit: u64) -> Result<Self> {
        let reader = SerializedFileReader::new(bytes.clone()).map_err(Error::parser(path))?;
        let metadata = reader.metadata().file_metadata();
        let schema = parquet_to_arrow_schema(metadata.schema_descr(), metadata.key_value_metadata());
        let schema =
            schema.or_else(|_| parquet_to_arrow_schema(metadata.schema_descr(), None)).map_err(Error::parser(path))?;
        let mut columns: Vec<Column> = schema.fields().iter().map(|field| Column::of_field(field)).collect();
        let roots = metadata.schema_descr().root_schema().get_fields().len();
        if columns.len() != roots {
            return Err(Error::parser(path)("the schema of the file and that of Arrow in it differ"));
        }
        declare(&mut columns, schema.metadata());
        Ok(Self { path: path.into(), bytes, reader: Arc::new(reader), memory_limit, columns })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn metadata(&self) -> &ParquetMetaData {
        self.reader.metadata()
    }

    /// The whole file.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The pages of the column `leaf` of a row group, checked.
    pub(crate) fn pages(&self, number: usize, leaf: usize) -> Result<Box<dyn PageReader>> {
        let group = Group { table: self, number, handed_out: HandedOut::default() };
        let limit = self.memory_limit.max(LEAST_MEMORY);
        let chunk = self.reader.metadata().row_group(number).columns().get(leaf);
        let chunk = chunk.ok_or_else(|| Error::parser(&self.path)("a row group lacks a column"))?;
        check_chunk(&self.path, &self.bytes, chunk, limit)?;
        let mut pages = group.column_chunks(leaf).map_err(|cause| self.refusal(cause))?;
        let pages = pages.next().ok_or_else(|| Error::parser(&self.path)("a row group lacks a column"))?;
        pages.map_err(|cause| self.refusal(cause))
    }

    fn schema(&self) -> &SchemaDescriptor {
        self.reader.metadata().file_metadata().schema_descr()
    }

    /// The rows of `columns`, in that order.
    pub(crate) fn batches<'a>(&'a self, columns: &[usize]) -> Result<Batches<'a>> {
        let mut sorted = columns.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let order: Vec<usize> = columns.iter().filter_map(|column| sorted.binary_search(column).ok()).collect();
        let groups = 0..self.reader.num_row_groups();
        let batches = groups.flat_map(move |number| match self.group(number, &sorted) {
            Ok(group) => GroupBatches { table: self, group: Some(group), order: order.clone(), error: None },
            Err(error) => GroupBatches { table: self, group: None, order: Vec::new(), error: Some(error) },
        });
        Ok(Batches::new(batches))
    }

    /// The number of rows, by the word of the file.
    pub(crate) fn rows(&self) -> usize {
        let groups = self.reader.metadata().row_groups().iter();
        groups.map(|group| usize::try_from(group.num_rows()).unwrap_or(0)).fold(0, usize::saturating_add)
    }

    /// The cell of `column` in one row, found without reading other row groups; `None` beyond the last.
    pub(crate) fn row(&self, row: usize, column: usize) -> Result<Option<RecordBatch>> {
        let mut before = row;
        for number in 0..self.reader.num_row_groups() {
            let rows = usize::try_from(self.reader.metadata().row_group(number).num_rows()).unwrap_or(0);
            if before < rows {
                let selection = RowSelection::from(vec![RowSelector::skip(before), RowSelector::select(1)]);
                let (mut reader, _, _) = self.selected(number, &[column], Some(selection))?;
                return guarded(&self.path, || Ok(reader.next()))?.transpose().map_err(Error::parser(&self.path));
            }
            before -= rows;
        }
        Ok(None)
    }

    fn group(&self, number: usize, columns: &[usize]) -> Result<(ParquetRecordBatchReader, HandedOut, usize)> {
        self.selected(number, columns, None)
    }

    fn selected(
        &self,
        number: usize,
        columns: &[usize],
        selection: Option<RowSelection>,
    ) -> Result<(ParquetRecordBatchReader, HandedOut, usize)> {
        guarded(&self.path, || {
            let handed_out = HandedOut::default();
            let group = Group { table: self, number, handed_out: Arc::clone(&handed_out) };
            let mask = ProjectionMask::roots(self.schema(), columns.iter().copied());
            let rows = group.num_rows();
            let values = self.values(number, &mask)?;
            let batch = (VALUES / (values / rows.max(1)).max(1)).clamp(1, VALUES / 8);
            let batch = batch.min((BATCH_BYTES / (self.bytes_of(number, &mask) / rows.max(1)).max(1)).max(1));
            let levels = parquet_to_arrow_field_levels(self.schema(), mask, None).map_err(Error::parser(&self.path))?;
            let reader = ParquetRecordBatchReader::try_new_with_row_groups(&levels, &group, batch, selection);
            Ok((reader.map_err(|cause| self.refusal(cause))?, handed_out, rows))
        })
    }

    /// The most values of any of the columns in a row group; every chunk is checked.
    fn values(&self, number: usize, mask: &ProjectionMask) -> Result<usize> {
        let metadata = self.reader.metadata().row_group(number);
        let mut most = 0;
        let chunks = metadata.columns().iter().enumerate();
        for (_, chunk) in chunks.filter(|(leaf, _)| mask.leaf_included(*leaf)) {
            check_chunk(&self.path, &self.bytes, chunk, self.memory_limit.max(LEAST_MEMORY))?;
            most = most.max(usize::try_from(chunk.num_values()).unwrap_or(0));
        }
        Ok(most)
    }

    /// The bytes of the columns in a row group, unpacked, by the word of the file.
    fn bytes_of(&self, number: usize, mask: &ProjectionMask) -> usize {
        let chunks = self.reader.metadata().row_group(number).columns().iter().enumerate();
        let sizes = chunks.filter(|(leaf, _)| mask.leaf_included(*leaf)).map(|(_, chunk)| chunk.uncompressed_size());
        sizes.map(|size| usize::try_from(size).unwrap_or(0)).fold(0, usize::saturating_add)
    }

    fn refusal(&self, cause: ParquetError) -> Error {
        match cause {
            ParquetError::External(cause) => Error::Parser { path: self.path.clone(), cause },
            cause => Error::parser(&self.path)(cause),
        }
    }
}

/// One row group, as Arrow's reader wants it.
struct Group<'a> {
    table: &'a ParquetTable,
    number: usize,
    handed_out: HandedOut,
}

impl RowGroups for Group<'_> {
    fn num_rows(&self) -> usize {
        usize::try_from(self.table.reader.metadata().row_group(self.number).num_rows()).unwrap_or(0)
    }

    fn column_chunks(&self, leaf: usize) -> ParquetResult<Box<dyn PageIterator>> {
        let chunk = self.table.reader.metadata().row_group(self.number).columns().get(leaf);
        let chunk = chunk.ok_or_else(|| ParquetError::General("a row group lacks a column".into()))?;
        let pages = self.table.reader.get_row_group(self.number)?.get_column_page_reader(leaf)?;
        let limit = self.table.memory_limit.max(LEAST_MEMORY);
        let checked = CheckedPages::new(pages, chunk, &self.handed_out, limit);
        Ok(Box::new(OneChunk(Some(Box::new(checked)))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.table.reader.metadata().row_group(self.number)))
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.table.reader.metadata()
    }
}

/// The pages of one column chunk.
struct OneChunk(Option<Box<dyn PageReader>>);

impl Iterator for OneChunk {
    type Item = ParquetResult<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageIterator for OneChunk {}

/// The batches of one row group.
struct GroupBatches<'a> {
    table: &'a ParquetTable,
    group: Option<(ParquetRecordBatchReader, HandedOut, usize)>,
    order: Vec<usize>,
    error: Option<Error>,
}

impl Iterator for GroupBatches<'_> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.error.take() {
            return Some(Err(error));
        }
        let batch = self.advance().transpose();
        if matches!(batch, Some(Err(_))) {
            self.group = None;
        }
        batch
    }
}

impl GroupBatches<'_> {
    fn advance(&mut self) -> Result<Option<RecordBatch>> {
        let Some((reader, handed_out, left)) = &mut self.group else { return Ok(None) };
        handed_out.store(0, Relaxed);
        let path = &self.table.path;
        let batch = guarded(path, || Ok(reader.next()))?.transpose().map_err(Error::parser(path))?;
        let rows = batch.as_ref().map_or(0, RecordBatch::num_rows);
        if rows > *left || batch.is_none() && *left > 0 {
            let cause = format!("a row group has {left} rows more by its header than its columns hold");
            return Err(Error::parser(path)(cause));
        }
        *left -= rows;
        batch.map(|batch| batch.project(&self.order)).transpose().map_err(Error::parser(path))
    }
}
