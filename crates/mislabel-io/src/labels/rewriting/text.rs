//! Labels in a table of text: cells changed where they stand, all other bytes as they are.

use std::io::Write;
use std::ops::Range;
use std::path::Path;

use crate::choice::{Delimiter, ReadOptions};
use crate::error::Result;
use crate::formats::extension::Format;
use crate::labels::rewriting::edits::Edits;
use crate::labels::rewriting::splices::Splices;
use crate::labels::rewriting::wrapping;
use crate::table::content::Content;
use crate::table::text::place::TextPlace;
use crate::table::text::table::TextTable;

/// Writes the table at `path` with `edits` in the column of this number.
pub(crate) fn write(
    (path, format, choice): (&Path, Format, &ReadOptions),
    column: usize,
    edits: &Edits<'_>,
    out: &mut (dyn Write + Send),
) -> Result<()> {
    let content = Content::text(path, choice)?;
    let text = content.as_str();
    let place = TextTable::open(path, format, choice)?.place(text);
    let mut splices = Splices::default();
    let mut rows = 0;
    let body = text.get(place.start..text.len().saturating_sub(place.tail)).unwrap_or("");
    let (model, with_quotes) = if edits.fill() { model(body, place, column, edits) } else { (String::new(), false) };
    for record in Records::new(body, place, column) {
        let here = |range: Range<usize>| range.start + place.start..range.end + place.start;
        let row = rows;
        rows += 1;
        if edits.leaves_out(row) {
            splices.replace(here(record.whole), String::new());
            continue;
        }
        let Some(cell) = record.cell else {
            let problem = format!("row {row} has no column {column}");
            return Err(edits.refusal(problem));
        };
        let raw = &body[cell.clone()];
        let (found, quoted) = unquoted(raw, place.quotes);
        let Some(new) = edits.cell(row, &found, &model)? else { continue };
        let new = written(&new, if edits.fills(row) { with_quotes } else { quoted }, place).ok_or_else(|| {
            edits.refusal(format!(
                "row {row}: the label {new:?} cannot stand in a cell of this table: write the table with quotes"
            ))
        })?;
        splices.replace(here(cell), new);
    }
    edits.check_rows(rows)?;
    wrapping::write(&splices.applied(text), &content, edits, out)
}

/// The label that others are written like, and whether it has quotes.
fn model(body: &str, place: TextPlace, column: usize, edits: &Edits<'_>) -> (String, bool) {
    let cell = Records::new(body, place, column).nth(edits.model).and_then(|record| record.cell);
    cell.map_or_else(|| (String::new(), false), |cell| unquoted(&body[cell], place.quotes))
}

/// A cell without quotes and the blanks within them, and whether it had quotes.
fn unquoted(raw: &str, quotes: bool) -> (String, bool) {
    match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|_| quotes && raw.len() > 1) {
        Some(inner) => (inner.replace("\"\"", "\"").trim().to_owned(), true),
        None => (raw.to_owned(), false),
    }
}

/// `label` as a cell; `None` where it needs quotes and the table has none.
fn written(label: &str, quoted: bool, place: TextPlace) -> Option<String> {
    let splits = |c: char| match place.delimiter {
        Delimiter::Byte(byte) => c == char::from(byte),
        Delimiter::Blanks => c == ' ' || c == '\t',
        Delimiter::None => false,
    };
    let needs = label.contains(['\n', '\r']) || label.contains(splits) || place.quotes && label.starts_with('"');
    match (quoted || needs, place.quotes) {
        (false, _) => Some(label.into()),
        (true, true) => Some(format!("\"{}\"", label.replace('"', "\"\""))),
        (true, false) => None,
    }
}

/// Where a record stands.
struct Record {
    /// With its line end.
    whole: Range<usize>,
    /// The cell that is asked for, without blanks around it.
    cell: Option<Range<usize>>,
}

/// The records of a table.
struct Records<'a> {
    text: &'a str,
    place: TextPlace,
    column: usize,
    next: usize,
}

impl<'a> Records<'a> {
    fn new(text: &'a str, place: TextPlace, column: usize) -> Self {
        Self { text, place, column, next: 0 }
    }

    /// Where the record that begins at `start` ends: before its line end, and after it; and its cells.
    fn cut(&self, start: usize) -> (Range<usize>, Vec<Range<usize>>) {
        let bytes = self.text.as_bytes();
        let delimiter = if let Delimiter::Byte(byte) = self.place.delimiter { Some(byte) } else { None };
        let quotes = self.place.quotes && delimiter.is_some();
        let (mut cells, mut begin, mut at) = (Vec::new(), start, start);
        while at < bytes.len() {
            match bytes[at] {
                b'"' if quotes && self.text[begin..at].trim().is_empty() => at = after_quotes(bytes, at),
                byte if Some(byte) == delimiter => {
                    cells.push(begin..at);
                    at += 1;
                    begin = at;
                }
                b'\n' | b'\r' => break,
                _ => at += 1,
            }
        }
        cells.push(begin..at);
        (start..at, cells)
    }

    fn cell(&self, line: Range<usize>, cells: &[Range<usize>]) -> Option<Range<usize>> {
        let trimmed = |range: Range<usize>| {
            let text = &self.text[range.clone()];
            let start = range.start + (text.len() - text.trim_start().len());
            start..start + text.trim().len()
        };
        match self.place.delimiter {
            Delimiter::Blanks => words(self.text, line).nth(self.column),
            _ => cells.get(self.column).cloned().map(trimmed),
        }
    }
}

/// The end of the quoted part that begins at `at`.
fn after_quotes(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'"', Some(b'"')) => at += 2,
            (b'"', _) => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// The words of a line; one in quotes may hold blanks.
fn words(text: &str, line: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = line.start;
    std::iter::from_fn(move || {
        let rest = &text[at..line.end];
        let start = at + (rest.len() - rest.trim_start().len());
        let rest = &text[start..line.end];
        let quoted = rest.strip_prefix('"').and_then(|inner| inner.split_once('"'));
        let length = match quoted.filter(|(_, next)| next.is_empty() || next.starts_with([' ', '\t'])) {
            Some((inner, _)) => inner.len() + 2,
            None => rest.find([' ', '\t']).unwrap_or(rest.len()),
        };
        at = start + length;
        (length > 0).then_some(start..at)
    })
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        // Blank lines stand at the end alone: others are refused where the table is opened.
        if self.text[self.next..].trim().is_empty() {
            return None;
        }
        let (line, cells) = self.cut(self.next);
        let rest = &self.text[line.end..];
        let end = line.end
            + match () {
                () if rest.starts_with("\r\n") => 2,
                () if rest.is_empty() => 0,
                () => 1,
            };
        let whole = self.next..end;
        self.next = end;
        Some(Record { cell: self.cell(line, &cells), whole })
    }
}
