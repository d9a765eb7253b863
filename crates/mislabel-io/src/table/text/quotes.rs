//! Quotes that hold cells together, and quotes that are text.

use std::path::Path;

use crate::error::Error;

/// A quoted cell that is likely none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stray {
    /// Byte of the opening quote.
    opened: usize,
    /// Byte of the closing quote; `None` where it is never closed.
    closed: Option<usize>,
}

/// The first quoted cell of `text` that does not end where a cell ends, or that holds whole rows of the table: line ends
/// with a table's worth of delimiters between them.
pub(crate) fn stray(text: &[u8], delimiter: u8) -> Option<Stray> {
    memchr::memchr(b'"', text)?;
    let mut first_over_lines = None;
    let mut place = 0;
    while let Some(opened) = next_opening(text, place, delimiter) {
        let Some(closed) = closing(text, opened) else { return Some(Stray { opened, closed: None }) };
        let end = text.get(closed + 1);
        if !matches!(end, None | Some(b'\n' | b'\r')) && end != Some(&delimiter) {
            return Some(Stray { opened, closed: Some(closed) });
        }
        if first_over_lines.is_none() && memchr::memchr(b'\n', &text[opened..closed]).is_some() {
            first_over_lines = Some(Stray { opened, closed: Some(closed) });
        }
        place = closed + 1;
    }
    first_over_lines.filter(|_| all_lines_agree(text, delimiter))
}

/// The next quote at or after `place` that stands where a cell begins.
fn next_opening(text: &[u8], mut place: usize, delimiter: u8) -> Option<usize> {
    loop {
        let quote = place + memchr::memchr(b'"', &text[place..])?;
        let before = quote.checked_sub(1).map(|before| text[before]);
        if matches!(before, None | Some(b'\n' | b'\r')) || before == Some(delimiter) {
            return Some(quote);
        }
        place = quote + 1;
    }
}

/// The quote that closes the cell opened at `opened`: the next one that is not doubled.
pub(crate) fn closing(text: &[u8], opened: usize) -> Option<usize> {
    let mut place = opened + 1;
    loop {
        let quote = place + memchr::memchr(b'"', text.get(place..)?)?;
        if text.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        place = quote + 2;
    }
}

/// Whether every line has the same number of delimiters, one at least, wherever quotes stand: then no cell spans lines.
fn all_lines_agree(text: &[u8], delimiter: u8) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && *line != b"\r");
    let count = |line: &[u8]| memchr::memchr_iter(delimiter, line).count();
    let Some(first) = lines.next().map(count).filter(|first| *first > 0) else { return false };
    lines.all(|line| count(line) == first)
}

impl Stray {
    pub(crate) fn refusal(self, path: &Path, text: &[u8], line_before: usize) -> Error {
        let line = |place: usize| memchr::memchr_iter(b'\n', &text[..place]).count() + 1 + line_before;
        let opened = line(self.opened);
        let breaks = self.closed.map_or_else(|| line(text.len()), line) - opened;
        let end = match self.closed {
            Some(closed) => format!("closes in line {}", line(closed)),
            None => "is never closed".into(),
        };
        let escaped = self.closed.is_some_and(|closed| closed > 0 && text[closed - 1] == b'\\');
        let problem = match escaped {
            true => "a backslash before a quote does not keep it in its cell: write it twice (\"\")",
            false => "if quotes are text in this file, say so (--quotes no)",
        };
        Error::Quotes { path: path.into(), opened, end, breaks, problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_that_end_where_cells_end_are_no_strays() {
        for text in
            ["a,b\n1,2\n", "\"a\nb\",1\n\"c\"\"d\",2\n", "5\" screen,1\n", "\"\",\"x\"\r\n", "a,\"b\nc\nd\"\ne,f"]
        {
            assert_eq!(stray(text.as_bytes(), b','), None, "{text:?}");
        }
    }

    #[test]
    fn strays_are_told_with_both_lines() {
        let cases = [
            (
                "a,b\n\"never closed,1\nx,2\n5\" screen,3\n\"q\" r,1\n",
                "opened in line 2 closes in line 4 (2 line ends inside)",
            ),
            ("a,b\n\"x,1\n", "opened in line 2 is never closed"),
            ("\"5\" screen,1\n", "opened in line 1 closes in line 1"),
            ("a,b\n\"x,1\ny,2\nz\",3\n", "opened in line 2 closes in line 4"),
        ];
        for (text, wanted) in cases {
            let stray = stray(text.as_bytes(), b',').expect(text);
            let message = stray.refusal(Path::new("t.csv"), text.as_bytes(), 0).to_string();
            assert!(message.contains(wanted), "{message}");
        }
    }
}
