//! What separates the cells of a table of text.

use std::collections::HashSet;

use crate::choice::Delimiter;
use crate::formats::extension::Format;
use crate::table::text::cells::{has_decimal_comma, number};
use crate::table::text::quotes::stray;
use crate::table::text::records::rows;

/// What is tried, beside blanks.
const TRIED: [u8; 4] = [b',', b'\t', b';', b'|'];

/// How well a delimiter fits the first rows.
struct Fit {
    delimiter: Delimiter,
    quotes: bool,
    /// Cells of a row, where rows agree on it.
    width: Option<usize>,
    /// The share of rows that it splits at all.
    split: f64,
    /// The share of cells that hold no other delimiter.
    clean: f64,
}

/// The delimiter of the table that begins with `text`, and whether quotes hold cells together in it.
pub(crate) fn delimiter(text: &str, format: Format) -> (Delimiter, bool) {
    let usual = if format == Format::Tsv { b'\t' } else { b',' };
    let fits: Vec<Fit> = TRIED.iter().map(|byte| fit(text, *byte)).collect();
    let agreeing = fits.iter().filter(|fit| fit.width.is_some_and(|width| width > 1));
    let order = |fit: &&Fit| (fit.clean * 1e6) as u64 * 2 + u64::from(fit.delimiter == Delimiter::Byte(usual));
    if let Some(best) = agreeing.max_by_key(order) {
        return (best.delimiter, best.quotes);
    }
    if are_blanks(text) {
        return (Delimiter::Blanks, true);
    }
    if is_one_quoted_column(text, usual) {
        return (Delimiter::Byte(usual), true);
    }
    // Rows that disagree, in a file of a kind that has delimiters: the reader names the row.
    let ragged = |fit: &&Fit| format != Format::Text && fit.split > 0.5 || fit.split > 0.9;
    let best = fits
        .iter()
        .filter(ragged)
        .max_by_key(|fit| (u64::from(fit.delimiter == Delimiter::Byte(usual)), (fit.split * 1e6) as u64));
    best.map_or((Delimiter::None, true), |fit| (fit.delimiter, fit.quotes))
}

/// Whether the rows are of one cell each, and some span lines by their quotes.
fn is_one_quoted_column(text: &str, delimiter: u8) -> bool {
    if !text.contains('"') || stray(text.as_bytes(), delimiter).is_some() {
        return false;
    }
    let rows = rows(text, Delimiter::Byte(delimiter), true);
    width(&rows) == Some(1) && rows.iter().flatten().any(|cell| cell.contains('\n'))
}

fn fit(text: &str, byte: u8) -> Fit {
    let quoted = judged(text, byte, true);
    if byte == b'\t' && quoted.width.is_none_or(|width| width < 2) {
        let plain = judged(text, byte, false);
        if plain.width.is_some_and(|width| width > 1) {
            return plain;
        }
    }
    quoted
}

fn judged(text: &str, byte: u8, quotes: bool) -> Fit {
    let delimiter = Delimiter::Byte(byte);
    let rows = rows(text, delimiter, quotes);
    let cells = || rows.iter().flatten();
    let foreign = |cell: &&String| is_foreign(cell, byte);
    let clean = 1.0 - cells().filter(foreign).count() as f64 / cells().count().max(1) as f64;
    let split = rows.iter().filter(|row| row.len() > 1).count() as f64 / rows.len().max(1) as f64;
    Fit { delimiter, quotes, width: width(&rows), split, clean }
}

/// Whether `cell` holds another delimiter than `byte`, outside of a number with a decimal comma.
fn is_foreign(cell: &str, byte: u8) -> bool {
    let other = |candidate: &u8| *candidate != byte && *candidate != b',' && cell.as_bytes().contains(candidate);
    TRIED.iter().any(other) || byte != b',' && cell.contains(',') && !has_decimal_comma(cell) && number(cell).is_none()
}

/// Cells of a row, where all rows have as many; the first may have one less, as R writes headers.
pub(crate) fn width(rows: &[Vec<String>]) -> Option<usize> {
    let width = rows.last()?.len();
    let first_fits = rows[0].len() == width || rows[0].len() + 1 == width && rows.len() > 1;
    (first_fits && rows[1..].iter().all(|row| row.len() == width)).then_some(width)
}

/// Whether rows are split by blanks: all cells but a header are numbers, or half of three or more are, or cells are quoted, or a
/// path or a name of its own comes before one more cell.
fn are_blanks(text: &str) -> bool {
    let rows = rows(text, Delimiter::Blanks, true);
    let Some(width) = width(&rows).filter(|width| *width > 1) else { return false };
    let body = if rows.len() > 1 { &rows[1..] } else { &rows[..] };
    let numeric = |column: usize| body.iter().all(|row| number(&row[column]).is_some());
    let pathlike = || body.iter().all(|row| row[0].contains(['/', '.', '\\']));
    let numbers = (0..width).filter(|column| numeric(*column)).count();
    let quoted = || text.lines().all(|line| line.trim().is_empty() || line.contains('"'));
    let most = width > 2 && 2 * numbers >= width;
    let pathed = || numbers + 1 == width && !numeric(0) && pathlike();
    numbers == width || most || pathed() || width == 2 && are_keys_and_values(body) || quoted()
}

/// Rows that tell a key from the first word of a name.
const LEAST_KEYS: usize = 4;

/// Whether the first of two cells is another in every row, and the second comes again: an id and its label.
fn are_keys_and_values(rows: &[Vec<String>]) -> bool {
    let distinct = |column: usize| rows.iter().map(|row| &row[column]).collect::<HashSet<_>>().len();
    rows.len() >= LEAST_KEYS && distinct(0) == rows.len() && 2 * distinct(1) <= rows.len()
}

/// The delimiter in words.
pub(crate) fn words(delimiter: Delimiter) -> String {
    match delimiter {
        Delimiter::Byte(b',') => "comma-separated".into(),
        Delimiter::Byte(b'\t') => "tab-separated".into(),
        Delimiter::Byte(b';') => "semicolon-separated".into(),
        Delimiter::Byte(byte) => format!("separated by {:?}", char::from(byte)),
        Delimiter::Blanks => "separated by blanks".into(),
        Delimiter::None => "one value a line".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_all_rows_agree_on() {
        let cases = [
            ("a,b\n1,2\n", Delimiter::Byte(b',')),
            ("f0;f1;label\n0,9;0,1;cat\n0,1;0,9;dog\n", Delimiter::Byte(b';')),
            ("0,9;0,1\n0,1;0,9\n", Delimiter::Byte(b';')),
            ("1;cat\n2;dog\n", Delimiter::Byte(b';')),
            ("a\tb, c\nd\te\n", Delimiter::Byte(b'\t')),
            ("a|b\n1|2\n", Delimiter::Byte(b'|')),
            ("0.5 0.25\n1 2\n", Delimiter::Blanks),
            ("img/0.png 3\nimg/1.png 0\n", Delimiter::Blanks),
            ("\"x\" \"label\"\n\"1\" 0.5 \"big cat\"\n\"2\" 0.25 \"dog\"\n", Delimiter::Blanks),
            ("new york\nlos angeles\n", Delimiter::None),
            ("cat\ndog\n", Delimiter::None),
            ("class 1\nclass 2\n", Delimiter::None),
            ("big cat\nbig dog\nbig cat\nold dog\nold cat\n", Delimiter::None),
            ("u0 dog\nu1 cat\nu2 dog\nu3 cat\nu4 dog\n", Delimiter::Blanks),
            ("name label\nu1 cat\nu2 dog\nu3 cat\nu4 dog\n", Delimiter::Blanks),
            ("  f0   f1 label\n0.5 0.25   cat\n1.5 2.25   dog\n", Delimiter::Blanks),
            ("word 0.5 0.25\nother 1 2\n", Delimiter::Blanks),
            ("text,label\n\"a; b\",cat\n\"c, d\",dog\n", Delimiter::Byte(b',')),
            ("a,b\n1,2\n3\n", Delimiter::Byte(b',')),
            ("label\n\"a, b\"\n\"c\nd\"\n", Delimiter::Byte(b',')),
        ];
        for (text, wanted) in cases {
            assert_eq!(delimiter(text, Format::Csv).0, wanted, "{text:?}");
        }
        assert_eq!(delimiter("a\tb\n\"x\t1\ny\t2\nz\t\"2\n", Format::Tsv), (Delimiter::Byte(b'\t'), false));
    }
}
