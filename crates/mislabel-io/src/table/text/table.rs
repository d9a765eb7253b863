//! A table of text: one file, whatever separates its cells.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_csv::ReaderBuilder;
use arrow_csv::reader::Decoder;
use arrow_schema::{ArrowError, DataType, Field, Schema};

use crate::choice::{Delimiter, ReadOptions};
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::table::batches::{Batches, Cells};
use crate::table::column::{Column, ColumnKind, Declared, is_name};
use crate::table::content::Content;
use crate::table::text::cells::{has_decimal_comma, kind_of, number};
use crate::table::text::delimiter::{delimiter, words};
use crate::table::text::header::{Found, header};
use crate::table::text::place::TextPlace;
use crate::table::text::preamble::Preamble;
use crate::table::text::quotes::{check_blank_lines, stray};
use crate::table::text::records::{head, on_blanks, one, rows};

/// Rows decoded at a time.
const BATCH: usize = 4096;

/// A table of text, opened.
#[derive(Debug)]
pub(crate) struct TextTable {
    content: Content,
    delimiter: Delimiter,
    quotes: bool,
    pub(crate) decimal_comma: bool,
    /// Bytes before the table, where blanks separate its cells and one tab each took their place.
    blanks_after: Option<usize>,
    /// Where the first row of data starts.
    start: usize,
    lines_before: usize,
    pub(crate) columns: Vec<Column>,
    pub(crate) has_header: bool,
    /// The first rows of data.
    pub(crate) sample: Vec<Vec<String>>,
    /// What was found out of its form.
    pub(crate) form: String,
}

impl TextTable {
    /// Opens the file at `path`, which is text of the kind `format`.
    pub(crate) fn open(path: &Path, format: Format, choice: &ReadOptions) -> Result<Self> {
        let content = Content::text(path, choice)?;
        let preamble = Preamble::of(content.as_str());
        let text = head(&content.as_str()[preamble.bytes..]);
        let found = delimiter(text, format);
        let told = choice.text.delimiter.or(preamble.delimiter.map(Delimiter::Byte));
        let delimiter = told.unwrap_or(found.0);
        let quotes = choice.text.quotes.unwrap_or(found.1 || found.0 != delimiter);
        let (first, lines, comment) = (preamble.bytes, preamble.lines, preamble.comment.map(str::to_owned));
        let blanks_after = (delimiter == Delimiter::Blanks).then_some(first);
        let (content, delimiter, quotes, first) = match delimiter {
            Delimiter::Blanks => (tabs_for_blanks(content, first, choice)?, Delimiter::Byte(b'\t'), false, 0),
            other => (content, other, quotes, first),
        };
        let mut table = Self {
            content,
            delimiter,
            quotes,
            decimal_comma: false,
            blanks_after,
            start: first,
            lines_before: lines,
            columns: Vec::new(),
            has_header: false,
            sample: Vec::new(),
            form: String::new(),
        };
        table.check(choice)?;
        table.judge(comment.as_deref(), choice)?;
        table.form = table.words(if found.0 == Delimiter::Blanks && told.is_none() {
            found.0
        } else {
            told.unwrap_or(delimiter)
        });
        Ok(table)
    }

    pub(crate) fn path(&self) -> &Path {
        self.content.path()
    }

    /// Where the rows stand in the `text` of the file.
    pub(crate) fn place(&self, text: &str) -> TextPlace {
        let Some(before) = self.blanks_after else {
            return TextPlace { start: self.start, delimiter: self.delimiter, quotes: self.quotes };
        };
        let header = if self.start > 0 { text[before..].find('\n').map_or(0, |end| end + 1) } else { 0 };
        TextPlace { start: before + header, delimiter: Delimiter::Blanks, quotes: true }
    }

    fn body(&self) -> &[u8] {
        &self.content.get()[self.start..]
    }

    /// Settles whether quotes hold cells together, and refuses those that do not fit, and blank lines.
    fn check(&mut self, choice: &ReadOptions) -> Result<()> {
        let Delimiter::Byte(byte) = self.delimiter else { return Ok(()) };
        if self.quotes
            && let Some(stray) = stray(self.body(), byte)
        {
            if byte != b'\t' || choice.text.quotes == Some(true) {
                return Err(stray.refusal(self.path(), self.body(), self.lines_before));
            }
            self.quotes = false;
        }
        check_blank_lines(self.path(), self.body(), self.lines_before, self.quotes)
    }

    /// Finds out the header, the names and the kinds of the columns.
    fn judge(&mut self, comment: Option<&str>, choice: &ReadOptions) -> Result<()> {
        let text = head(&self.content.as_str()[self.start..]);
        let mut rows = rows(text, self.delimiter, self.quotes);
        let Some(first) = rows.first() else { return Err(Error::EmptyFile { path: self.path().into() }) };
        let (width, comma) = (rows.get(1).map_or(first.len(), Vec::len), self.delimiter == Delimiter::Byte(b','));
        let commas = |row: &Vec<String>| row.iter().any(|cell| has_decimal_comma(cell));
        let points = |row: &Vec<String>| row.iter().any(|cell| cell.contains('.') && number(cell).is_some());
        self.decimal_comma =
            !comma && self.delimiter != Delimiter::None && rows.iter().any(commas) && !rows.iter().skip(1).any(points);
        let commented = comment.and_then(|line| commented_names(line, self.delimiter, width));
        let mut found = header(self.path(), &rows, self.decimal_comma, choice)?;
        let mut names = rows[0].clone();
        match commented.filter(|_| !found.is_header && choice.header == crate::choice::Header::Auto) {
            Some(commented) => {
                names = commented;
                found = Found { is_header: true, because: "in a comment" };
            }
            None if found.is_header => {
                self.start += self.first_row_bytes(text);
                rows.remove(0);
            }
            None => names = (0..names.len()).map(|column| column.to_string()).collect(),
        }
        if rows.is_empty() && found.is_header && names.iter().all(|name| name.trim().is_empty()) {
            return Err(Error::EmptyFile { path: self.path().into() });
        }
        self.has_header = found.is_header;
        self.name_columns(names, &rows, found);
        self.sample = rows;
        Ok(())
    }

    fn name_columns(&mut self, mut names: Vec<String>, rows: &[Vec<String>], found: Found) {
        let width = rows.first().map_or(names.len(), Vec::len);
        let last_is_empty = || rows.iter().all(|row| row.last().is_none_or(String::is_empty));
        if found.is_header && names.len() + 1 == width {
            // R leaves out the name of the row names; other programs end every row with a delimiter.
            names.insert(if last_is_empty() { names.len() } else { 0 }, String::new());
        }
        let column = |(number, name): (usize, String)| {
            let cells = rows.iter().filter_map(|row| row.get(number)).map(String::as_str);
            let kind = kind_of(cells, self.decimal_comma);
            Column {
                is_named: found.is_header && is_name(&name),
                name,
                kind,
                declared: Declared::default(),
                numbers: None,
            }
        };
        self.columns = names.into_iter().enumerate().map(column).collect();
        if !found.because.is_empty() {
            let header = if found.is_header { "header" } else { "no header" };
            self.form = format!("{header} ({})", found.because);
        }
    }

    /// Bytes of the first row, with its line end.
    fn first_row_bytes(&self, text: &str) -> usize {
        let bytes = text.as_bytes();
        let mut within = false;
        for (place, byte) in bytes.iter().enumerate() {
            match byte {
                b'"' if self.quotes => within = !within,
                b'\n' if !within => return place + 1,
                _ => {}
            }
        }
        bytes.len()
    }

    fn words(&self, delimiter: Delimiter) -> String {
        let mut parts = vec![words(delimiter)];
        let header = if self.has_header { "header" } else { "no header" };
        parts.push(if self.form.is_empty() { header.into() } else { self.form.clone() });
        parts.extend(self.decimal_comma.then(|| "decimal comma".into()));
        parts.extend(
            (!self.quotes && self.body().contains(&b'"') && delimiter != Delimiter::Blanks)
                .then(|| "quotes are text".into()),
        );
        parts.extend(self.content.how.iter().cloned());
        parts.join(", ")
    }

    /// The rows of `columns`, in that order, with `cells` where a column holds numbers.
    pub(crate) fn batches<'a>(&'a self, columns: &[usize], cells: Cells) -> Result<Batches<'a>> {
        let Delimiter::Byte(byte) = self.delimiter else {
            // Blank lines at the end stand for nothing.
            let lines = self.content.as_str()[self.start..].trim_end().lines();
            return Ok(Batches::new(Lines { lines, last: false }));
        };
        let field = |(number, column): (usize, &Column)| {
            let fast = !self.decimal_comma && matches!(column.kind, ColumnKind::Integer | ColumnKind::Number);
            let data_type = match cells {
                Cells::Single if fast => DataType::Float32,
                Cells::Double if fast => DataType::Float64,
                _ => DataType::Utf8,
            };
            Field::new(number.to_string(), data_type, true)
        };
        let schema = Schema::new(self.columns.iter().enumerate().map(field).collect::<Vec<Field>>());
        // The reader wants columns in the order of the file; batches put them in the order asked for.
        let mut sorted: Vec<usize> = columns.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let order: Vec<usize> = columns.iter().filter_map(|column| sorted.binary_search(column).ok()).collect();
        let quote = if self.quotes { b'"' } else { 0xFF };
        let builder = ReaderBuilder::new(Arc::new(schema)).with_header(false).with_delimiter(byte).with_quote(quote);
        let decoder = builder.with_batch_size(BATCH).with_projection(sorted).build_decoder();
        Ok(Batches::new(Records { table: self, decoder, rest: self.body(), order }))
    }

    /// What is wrong with the rows, where the reader of batches stumbled.
    fn diagnosis(&self, cause: ArrowError) -> Error {
        let Delimiter::Byte(byte) = self.delimiter else { return Error::parser(self.path())(cause) };
        let mut reader = csv::ReaderBuilder::new();
        let mut reader =
            reader.has_headers(false).flexible(true).delimiter(byte).quoting(self.quotes).from_reader(self.body());
        let mut record = csv::ByteRecord::new();
        let expected = self.columns.len();
        for row in 0.. {
            if !reader.read_byte_record(&mut record).unwrap_or(false) {
                break;
            }
            if record.len() != expected {
                return Error::Ragged { path: self.path().into(), row, expected, found: record.len() };
            }
        }
        Error::parser(self.path())(cause)
    }
}

/// The names in a comment above the data, if they are as many as there are columns.
fn commented_names(line: &str, delimiter: Delimiter, width: usize) -> Option<Vec<String>> {
    let names = match delimiter {
        Delimiter::Byte(b'\t') if !line.contains('\t') => on_blanks(line),
        other => rows(line, other, true).pop()?,
    };
    (names.len() == width && names.iter().all(|name| number(name).is_none())).then_some(names)
}

/// The rows of `content` from `first` on, with one tab for the blanks between cells.
fn tabs_for_blanks(content: Content, first: usize, choice: &ReadOptions) -> Result<Content> {
    content.rewritten(choice, "", |bytes, out| {
        let text = std::str::from_utf8(&bytes[first..]).unwrap_or("");
        for line in text.lines() {
            out.push(on_blanks(line).join("\t").as_bytes())?;
            out.push(b"\n")?;
        }
        Ok(())
    })
}

/// Batches of a table with delimiters.
struct Records<'a> {
    table: &'a TextTable,
    decoder: Decoder,
    rest: &'a [u8],
    order: Vec<usize>,
}

impl Iterator for Records<'_> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().map_err(|cause| self.table.diagnosis(cause)).transpose()
    }
}

impl Records<'_> {
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
}

/// Batches of a table of one cell a line.
struct Lines<'a> {
    lines: std::str::Lines<'a>,
    last: bool,
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
