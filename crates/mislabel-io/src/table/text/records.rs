//! The first rows of a table of text, cell by cell.

use csv::{ByteRecord, ReaderBuilder};

use crate::choice::Delimiter;

/// Bytes that the form of a table is judged by.
const SAMPLED: usize = 1 << 18;
/// Rows that the form of a table is judged by.
const ROWS: usize = 1000;

/// The part of `text` that the form of the table is judged by: whole lines.
pub(crate) fn head(text: &str) -> &str {
    &text[..head_bytes(text.as_bytes()).len()]
}

/// The same of bytes.
pub(crate) fn head_bytes(text: &[u8]) -> &[u8] {
    if text.len() <= SAMPLED {
        return text;
    }
    let end = memchr::memrchr(b'\n', &text[..SAMPLED]).map_or(text.len(), |end| end + 1);
    &text[..end]
}

/// The first rows of `text`, which is its [`head`], as cells without blanks around them.
pub(crate) fn rows(text: &str, delimiter: Delimiter, quotes: bool) -> Vec<Vec<String>> {
    match delimiter {
        Delimiter::Byte(byte) => delimited(text, byte, quotes),
        Delimiter::Blanks => text.lines().filter(|line| !line.trim().is_empty()).take(ROWS).map(on_blanks).collect(),
        Delimiter::None => {
            text.lines().filter(|line| !line.trim().is_empty()).take(ROWS).map(|line| vec![one(line)]).collect()
        }
    }
}

/// A line that is one cell, without blanks and quotes around it.
pub(crate) fn one(line: &str) -> String {
    let line = line.trim();
    let inner = line
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|inner| !inner.is_empty() || line.len() == 2);
    match inner {
        Some(inner) if !inner.replace("\"\"", "").contains('"') => inner.replace("\"\"", "\"").trim().to_owned(),
        _ => line.to_owned(),
    }
}

fn delimited(text: &str, delimiter: u8, quotes: bool) -> Vec<Vec<String>> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quoting(quotes)
        .from_reader(text.as_bytes());
    let mut record = ByteRecord::new();
    let mut rows = Vec::new();
    while rows.len() < ROWS && reader.read_byte_record(&mut record).unwrap_or(false) {
        rows.push(record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect());
    }
    rows
}

/// The cells of a line that blanks separate; a cell in quotes may hold blanks.
pub(crate) fn on_blanks(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (cell, next) = match rest.strip_prefix('"').and_then(|inner| inner.split_once('"')) {
            Some((quoted, next)) if next.is_empty() || next.starts_with([' ', '\t']) => (quoted, next),
            _ => rest.split_at(rest.find([' ', '\t']).unwrap_or(rest.len())),
        };
        cells.push(cell.to_owned());
        rest = next.trim_start();
    }
    cells
}
