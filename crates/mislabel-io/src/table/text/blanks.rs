//! Blanks that stand for nothing: blank lines, empty rows at the end, blanks between delimiters and quotes.

use std::path::Path;

use crate::error::{Error, Result};
use crate::table::text::quotes::closing;

/// Refuses blank lines within `text`, which may stand for a missing row; blank lines at the end stand for nothing.
pub(crate) fn check_blank_lines(path: &Path, text: &[u8], before: usize, quotes: bool) -> Result<()> {
    let end = text.len() - text.iter().rev().take_while(|byte| matches!(byte, b'\n' | b'\r' | b' ' | b'\t')).count();
    let body = &text[..end];
    let blank = memchr::memmem::find(body, b"\n\n").map(|place| place + 1);
    let blank = blank.or_else(|| memchr::memmem::find(body, b"\n\r\n").map(|place| place + 1));
    let blank = blank.or_else(|| matches!(body.first(), Some(b'\n' | b'\r')).then_some(0));
    // Within quotes a blank line is text.
    let Some(offset) = blank.filter(|offset| !quotes || !is_within_quotes(body, *offset)) else { return Ok(()) };
    let line = memchr::memchr_iter(b'\n', &text[..offset]).count() + 1 + before;
    Err(Error::BlankLine { path: path.into(), line, offset })
}

fn is_within_quotes(text: &[u8], place: usize) -> bool {
    memchr::memchr_iter(b'"', &text[..place]).count() % 2 == 1
}

/// Bytes at the end of `text` that hold rows of nothing but delimiters, and the number of these rows.
pub(crate) fn empty_rows(text: &[u8], delimiter: u8) -> (usize, usize) {
    let is_nothing = |byte: &u8| *byte == delimiter || byte.is_ascii_whitespace();
    let Some(last) = text.iter().rposition(|byte| !is_nothing(byte)) else { return (0, 0) };
    let Some(end) = memchr::memchr(b'\n', &text[last..]).map(|end| last + end + 1) else { return (0, 0) };
    let rows = text[end..].split(|byte| *byte == b'\n').filter(|line| line.contains(&delimiter)).count();
    if rows > 0 { (text.len() - end, rows) } else { (0, 0) }
}

/// Whether a quoted cell in `text` has blanks between the delimiter and the quote, which most programs take for text.
pub(crate) fn has_blanks_before_quotes(text: &[u8], delimiter: u8) -> bool {
    let mut places = memchr::memchr_iter(b'"', text);
    places.any(|quote| {
        let before = &text[..quote];
        let blanks = before.iter().rev().take_while(|byte| is_blank(**byte, delimiter)).count();
        let begins = before.len() - blanks;
        blanks > 0 && begins > 0 && text[begins - 1] == delimiter && ends_cell(text, quote, delimiter).is_some()
    })
}

/// Hands `text` to `out` without blanks around quoted cells.
pub(crate) fn without_blanks_before_quotes(
    text: &[u8],
    delimiter: u8,
    mut out: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut begin = 0;
    while begin < text.len() {
        let blanks = text[begin..].iter().take_while(|byte| is_blank(**byte, delimiter)).count();
        let quote = begin + blanks;
        let quoted = (text.get(quote) == Some(&b'"')).then(|| ends_cell(text, quote, delimiter)).flatten();
        let (cell, end) = match quoted {
            Some((closed, end)) => (quote..closed + 1, end),
            None => {
                let ends = |byte: &u8| *byte == delimiter || *byte == b'\n';
                let end = text[begin..].iter().position(ends).map_or(text.len(), |end| begin + end);
                (begin..end, end)
            }
        };
        out(&text[cell])?;
        // What separates this cell from the next.
        let next = (end + 1).min(text.len());
        out(&text[end..next])?;
        begin = next;
    }
    Ok(())
}

fn is_blank(byte: u8, delimiter: u8) -> bool {
    matches!(byte, b' ' | b'\t') && byte != delimiter
}

/// Where the cell that begins with the quote at `quote` has its closing quote, and where it ends; `None` where text follows.
fn ends_cell(text: &[u8], quote: usize, delimiter: u8) -> Option<(usize, usize)> {
    let closed = closing(text, quote)?;
    let blanks = text[closed + 1..].iter().take_while(|byte| is_blank(**byte, delimiter)).count();
    let end = closed + 1 + blanks;
    let ends = text.get(end).is_none_or(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
    ends.then_some((closed, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_before_quotes_are_dropped_and_others_stay() {
        let cases = [
            ("a, \"b, c\" ,d\n", "a,\"b, c\",d\n"),
            ("a, b, \"c\"\r\nd, e, \"f\"", "a, b,\"c\"\r\nd, e,\"f\""),
            ("a, \"b \"\"c\"\"\",d\n", "a,\"b \"\"c\"\"\",d\n"),
            ("\"a, \"\"b\"\"\", \"c\nd\"\n", "\"a, \"\"b\"\"\",\"c\nd\"\n"),
        ];
        for (text, wanted) in cases {
            assert!(has_blanks_before_quotes(text.as_bytes(), b','), "{text:?}");
            let mut out = Vec::new();
            without_blanks_before_quotes(text.as_bytes(), b',', |part| {
                out.extend_from_slice(part);
                Ok(())
            })
            .unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), wanted);
        }
        for text in ["a,b\n", "a,\"b\"\n", "a, \"b\" c,d\n", "a, b\n"] {
            assert!(!has_blanks_before_quotes(text.as_bytes(), b','), "{text:?}");
        }
    }

    #[test]
    fn rows_of_nothing_at_the_end_are_counted() {
        for (text, wanted) in [
            ("a,b\n1,\n", (0, 0)),
            ("a,b\n1,2\n,\n,\n", (4, 2)),
            ("a,b\n1,\n,\r\n\n", (4, 1)),
            ("a,b\n1,2", (0, 0)),
            (",,\n", (0, 0)),
            ("a,b\n1,2\n\n\n", (0, 0)),
        ] {
            assert_eq!(empty_rows(text.as_bytes(), b','), wanted, "{text:?}");
        }
    }
}
