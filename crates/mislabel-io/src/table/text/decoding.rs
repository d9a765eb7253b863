//! The rows of a table of text, decoded some thousands at a time.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_csv::ReaderBuilder;
use arrow_csv::reader::Decoder;
use arrow_schema::{ArrowError, Schema};

use crate::error::{Error, Result};
use crate::table::text::records::one;

/// Rows decoded at a time.
const BATCH: usize = 4096;

/// How rows are cut into cells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowForm {
    pub(crate) delimiter: u8,
    /// Whether quotes hold cells together.
    pub(crate) quotes: bool,
    /// Cells that every row has.
    pub(crate) width: usize,
}

/// Batches of a table with delimiters.
pub(crate) struct Records<'a> {
    path: &'a Path,
    body: &'a [u8],
    form: RowForm,
    decoder: Decoder,
    rest: &'a [u8],
    order: Vec<usize>,
}

impl<'a> Records<'a> {
    /// The rows in `body`, of the columns `sorted` of `schema`, put into `order`.
    pub(crate) fn new(
        path: &'a Path,
        body: &'a [u8],
        form: RowForm,
        schema: Schema,
        sorted: Vec<usize>,
        order: Vec<usize>,
    ) -> Self {
        let quote = if form.quotes { b'"' } else { 0xFF };
        let builder = ReaderBuilder::new(Arc::new(schema)).with_header(false);
        let builder = builder.with_delimiter(form.delimiter).with_quote(quote);
        let decoder = builder.with_batch_size(BATCH).with_projection(sorted).build_decoder();
        Self { path, body, form, decoder, rest: body, order }
    }

    fn advance(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        loop {
            let taken = self.decoder.decode(self.rest)?;
            self.rest = &self.rest[taken..];
            if taken == 0 || self.decoder.capacity() == 0 {
                break;
            }
        }
        let batch = self.decoder.flush()?;
        batch.map(|batch| batch.project(&self.order)).transpose()
    }

    /// What is wrong with the rows, where the reader of batches stumbled.
    fn diagnosis(&self, cause: ArrowError) -> Error {
        let RowForm { delimiter, quotes, width: expected } = self.form;
        let mut reader = csv::ReaderBuilder::new();
        let mut reader =
            reader.has_headers(false).flexible(true).delimiter(delimiter).quoting(quotes).from_reader(self.body);
        let mut record = csv::ByteRecord::new();
        for row in 0.. {
            if !reader.read_byte_record(&mut record).unwrap_or(false) {
                break;
            }
            if record.len() != expected {
                let is_last = !reader.read_byte_record(&mut csv::ByteRecord::new()).unwrap_or(false);
                let content = shown(&record, is_last && row > 0);
                return Error::Ragged { path: self.path.into(), row, expected, found: record.len(), content };
            }
        }
        Error::parser(self.path)(cause)
    }
}

/// The beginning of a row that has another number of cells than the others.
fn shown(record: &csv::ByteRecord, is_last: bool) -> String {
    const SHOWN: usize = 40;
    let cells: Vec<String> = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    let text = cells.join(" | ");
    let begin: String = text.chars().take(SHOWN).collect();
    let more = if begin.len() < text.len() { " …" } else { "" };
    let footer = if is_last { "; it is the last: if it belongs to no sample, take it out" } else { "" };
    format!(": {begin:?}{more}{footer}")
}

impl Iterator for Records<'_> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().map_err(|cause| self.diagnosis(cause)).transpose()
    }
}

/// Batches of a table of one cell a line.
pub(crate) struct Lines<'a> {
    lines: std::str::Lines<'a>,
    last: bool,
}

impl<'a> Lines<'a> {
    /// The lines of `text`; blank ones at its end stand for nothing.
    pub(crate) fn of(text: &'a str) -> Self {
        Self { lines: text.trim_end().lines(), last: false }
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let lines: Vec<String> = self.lines.by_ref().take(BATCH).map(one).collect();
        if lines.is_empty() || self.last {
            return None;
        }
        self.last = lines.len() < BATCH;
        let column: ArrayRef = Arc::new(StringArray::from(lines));
        Some(RecordBatch::try_from_iter([("0", column)]).map_err(|cause| Error::parser(Path::new("lines"))(cause)))
    }
}
