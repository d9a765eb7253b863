//! A table of text: one file, whatever separates its cells.

use std::collections::HashSet;
use std::path::Path;

use arrow_schema::{DataType, Field, Schema};

use crate::choice::{Delimiter, ReadOptions};
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::table::batches::{Batches, Cells};
use crate::table::column::{Column, ColumnKind, Declared, is_name};
use crate::table::content::Content;
use crate::table::text::blanks::{
    check_blank_lines, empty_rows, has_blanks_before_quotes, without_blanks_before_quotes,
};
use crate::table::text::cells::{has_decimal_comma, kind_of, number};
use crate::table::text::decoding::{Lines, Records, RowForm};
use crate::table::text::delimiter::{delimiter, width, words};
use crate::table::text::header::{Found, header};
use crate::table::text::other_forms::{refuse_header_again, refuse_lines_before, refuse_other_formats};
use crate::table::text::place::TextPlace;
use crate::table::text::preamble::Preamble;
use crate::table::text::quotes::stray;
use crate::table::text::records::{head, head_bytes, on_blanks, rows};

/// A table of text, opened.
#[derive(Debug)]
pub(crate) struct TextTable {
    content: Content,
    delimiter: Delimiter,
    quotes: bool,
    pub(crate) decimal_comma: bool,
    /// Bytes before the table, where its rows were rewritten: one tab for the blanks between cells, none before quotes.
    rewritten_after: Option<usize>,
    /// Whether blanks separate the cells in the file.
    by_blanks: bool,
    /// Where the first row of data starts.
    start: usize,
    /// Bytes of rows at the end of which all cells are empty.
    tail: usize,
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
        let whole = content.as_str();
        refuse_other_formats(path, whole)?;
        let preamble = Preamble::of(whole);
        let text = head(&whole[preamble.bytes..]);
        let found = delimiter(text, format);
        let told = choice.text.delimiter.or(preamble.delimiter.map(Delimiter::Byte));
        let delimiter = told.unwrap_or(found.0);
        let quotes = choice.text.quotes.unwrap_or(found.1 || found.0 != delimiter);
        if width(&rows(text, delimiter, quotes)).is_none() {
            refuse_lines_before(path, text, preamble.lines, told)?;
        }
        let (first, lines, comment) = (preamble.bytes, preamble.lines, preamble.comment.map(str::to_owned));
        let (by_blanks, is_commented) = (delimiter == Delimiter::Blanks, comment.is_some());
        let before_quotes =
            matches!(delimiter, Delimiter::Byte(byte) if quotes && has_blanks_before_quotes(text.as_bytes(), byte));
        let (content, delimiter, quotes, start) = match delimiter {
            Delimiter::Blanks => (tabs_for_blanks(content, first, choice)?, Delimiter::Byte(b'\t'), false, 0),
            Delimiter::Byte(byte) if before_quotes => {
                (quotes_after_delimiters(content, first, byte, choice)?, delimiter, quotes, 0)
            }
            other => (content, other, quotes, first),
        };
        let mut table = Self {
            content,
            delimiter,
            quotes,
            decimal_comma: false,
            rewritten_after: (before_quotes || by_blanks).then_some(first),
            by_blanks,
            start,
            tail: 0,
            lines_before: lines,
            columns: Vec::new(),
            has_header: false,
            sample: Vec::new(),
            form: String::new(),
        };
        let empty_rows = table.leave_out_empty_rows();
        table.check(choice)?;
        table.judge(comment.as_deref(), choice)?;
        table.form = table.words(if found.0 == Delimiter::Blanks && told.is_none() {
            found.0
        } else {
            told.unwrap_or(delimiter)
        });
        if is_commented && !table.form.contains("in a comment") {
            table.form.push_str(", after a comment");
        }
        if table.delimiter == Delimiter::None && ends_in_blank_lines(table.text()) {
            table.form.push_str(", blank lines at the end left out");
        }
        if empty_rows > 0 {
            table.form.push_str(&format!(", {empty_rows} empty rows at the end left out"));
        }
        Ok(table)
    }

    pub(crate) fn path(&self) -> &Path {
        self.content.path()
    }

    /// Where the rows stand in the `text` of the file.
    pub(crate) fn place(&self, text: &str) -> TextPlace {
        let (delimiter, quotes, tail) = (self.delimiter, self.quotes, self.tail);
        let Some(before) = self.rewritten_after else {
            return TextPlace { start: self.start, tail, delimiter, quotes };
        };
        let header = if self.start > 0 { text[before..].find('\n').map_or(0, |end| end + 1) } else { 0 };
        let (delimiter, quotes) = if self.by_blanks { (Delimiter::Blanks, true) } else { (delimiter, quotes) };
        TextPlace { start: before + header, tail, delimiter, quotes }
    }

    /// The rows as text, which is checked anew: O(length).
    fn text(&self) -> &str {
        std::str::from_utf8(self.body()).unwrap_or("")
    }

    fn body(&self) -> &[u8] {
        let text = self.content.get();
        &text[self.start..text.len() - self.tail]
    }

    /// The rows that the form of the table is judged by.
    fn head(&self) -> &str {
        std::str::from_utf8(head_bytes(self.body())).unwrap_or("")
    }

    /// Leaves out rows at the end of which all cells are empty, as spreadsheets write them, and says how many.
    fn leave_out_empty_rows(&mut self) -> usize {
        let Delimiter::Byte(byte) = self.delimiter else { return 0 };
        let (tail, rows) = empty_rows(self.body(), byte);
        self.tail = tail;
        rows
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
        let text = self.head();
        let mut rows = rows(text, self.delimiter, self.quotes);
        let Some(first) = rows.first() else { return Err(Error::EmptyFile { path: self.path().into() }) };
        let (width, comma) = (rows.get(1).map_or(first.len(), Vec::len), self.delimiter == Delimiter::Byte(b','));
        let commas = |row: &Vec<String>| row.iter().any(|cell| has_decimal_comma(cell));
        let points = |row: &Vec<String>| row.iter().any(|cell| cell.contains('.') && number(cell).is_some());
        let decimal_comma =
            !comma && self.delimiter != Delimiter::None && rows.iter().any(commas) && !rows.iter().skip(1).any(points);
        let commented = comment.and_then(|line| commented_names(line, self.delimiter, width));
        let mut found = header(self.path(), &rows, decimal_comma, choice)?;
        let (mut names, mut header_bytes, mut again) = (rows[0].clone(), 0, Ok(()));
        match commented.filter(|_| !found.is_header && choice.header == crate::choice::Header::Auto) {
            Some(commented) => {
                names = commented;
                found = Found { is_header: true, because: "in a comment" };
            }
            None if found.is_header => {
                header_bytes = first_row_bytes(text, self.quotes);
                again = refuse_header_again(self.path(), &text[..header_bytes], &self.body()[header_bytes..]);
                rows.remove(0);
            }
            None => names = (0..names.len()).map(|column| column.to_string()).collect(),
        }
        if rows.is_empty() && found.is_header && names.iter().all(|name| name.trim().is_empty()) {
            return Err(Error::EmptyFile { path: self.path().into() });
        }
        again?;
        self.start += header_bytes;
        (self.has_header, self.decimal_comma) = (found.is_header, decimal_comma);
        self.name_columns(names, &rows, found)?;
        self.sample = rows;
        Ok(())
    }

    fn name_columns(&mut self, mut names: Vec<String>, rows: &[Vec<String>], found: Found) -> Result<()> {
        let width = rows.first().map_or(names.len(), Vec::len);
        let last_is_empty = || rows.iter().all(|row| row.last().is_none_or(String::is_empty));
        if found.is_header && names.len() + 1 == width {
            // R leaves out the name of the row names, which all differ; other programs end every row with a delimiter.
            if !last_is_empty() {
                self.check_row_names(names.len(), rows)?;
            }
            names.insert(if last_is_empty() { names.len() } else { 0 }, String::new());
        }
        let column = |(number, name): (usize, String)| {
            let cells = rows.iter().filter_map(|row| row.get(number)).map(String::as_str);
            let kind = kind_of(cells, self.decimal_comma);
            Column {
                is_named: found.is_header && is_name(&name),
                name,
                written_name: None,
                kind,
                declared: Declared::default(),
                numbers: None,
                is_nested_list: false,
                parts: Vec::new(),
                top: number,
                inside: Vec::new(),
            }
        };
        self.columns = names.into_iter().enumerate().map(column).collect();
        if !found.because.is_empty() {
            let header = if found.is_header { "header" } else { "no header" };
            self.form = format!("{header} ({})", found.because);
        }
        Ok(())
    }

    /// Refuses rows of one cell more than the `names` of the header whose first cells are no names of rows.
    fn check_row_names(&self, names: usize, rows: &[Vec<String>]) -> Result<()> {
        let mut seen = HashSet::new();
        let again = rows.iter().filter_map(|row| row.first()).find(|name| !seen.insert(*name));
        let Some(again) = again else { return Ok(()) };
        let problem = format!(
            "the header has {names} {}, the rows have {}, and the first is no name of a row, because {again:?} comes again: write all names, put values that hold a delimiter in quotes, or say what separates the cells (--delimiter)",
            if names == 1 { "name" } else { "names" },
            names + 1
        );
        Err(Error::parser(self.path())(problem))
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
            return Ok(Batches::new(Lines::of(self.text())));
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
        let form = RowForm { delimiter: byte, quotes: self.quotes, width: self.columns.len() };
        Ok(Batches::new(Records::new(self.path(), self.body(), form, schema, sorted, order)))
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

/// The rows of `content` from `first` on, without blanks between delimiters and quotes.
fn quotes_after_delimiters(content: Content, first: usize, delimiter: u8, choice: &ReadOptions) -> Result<Content> {
    content.rewritten(choice, "blanks before quotes", |bytes, out| {
        without_blanks_before_quotes(&bytes[first..], delimiter, |part| out.push(part))
    })
}

/// Bytes of the first row, with its line end.
fn first_row_bytes(text: &str, quotes: bool) -> usize {
    let bytes = text.as_bytes();
    let mut within = false;
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' if quotes => within = !within,
            b'\n' if !within => return place + 1,
            _ => {}
        }
    }
    bytes.len()
}

fn ends_in_blank_lines(text: &str) -> bool {
    text[text.trim_end().len()..].bytes().filter(|byte| *byte == b'\n').count() > 1
}
