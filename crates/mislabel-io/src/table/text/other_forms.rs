//! Text that is no table as it stands: other formats, and lines before the first row or among the rows.

use std::path::Path;

use crate::choice::Delimiter;
use crate::error::{Error, Result};

/// Lines that may stand before a table.
const MOST_BEFORE: usize = 20;
/// Lines that a table shows itself by.
const LEAST_ROWS: usize = 3;

/// Refuses `text` of a format that has its own readers elsewhere.
pub(crate) fn refuse_other_formats(path: &Path, text: &str) -> Result<()> {
    let text = text.trim_start();
    let line = text.lines().next().unwrap_or("");
    let after = |mark: char| text.strip_prefix(mark).map(|rest| rest.trim_start().chars().next().unwrap_or(' '));
    let problem = match () {
        () if after('[') == Some('{') || after('{') == Some('"') => {
            "the file is JSON: name it .json, or .jsonl where it has one object a line"
        }
        () if line.to_ascii_lowercase().starts_with("@relation") => {
            "the file is in Weka's format (ARFF), which is not read: save it as CSV"
        }
        () if is_libsvm(text) => {
            "the file is in LIBSVM's format, which is not read: save it as CSV, or the array as .npy"
        }
        () => return Ok(()),
    };
    Err(Error::parser(path)(problem))
}

/// Whether the first lines are a label and pairs of a feature's number and its value each.
fn is_libsvm(text: &str) -> bool {
    let is_pair = |cell: &str| {
        cell.split_once(':')
            .is_some_and(|(number, value)| number.parse::<u32>().is_ok() && value.parse::<f64>().is_ok())
    };
    let is_row = |line: &str| {
        let mut cells = line.split_whitespace();
        cells.next().is_some_and(|label| !label.contains(':')) && cells.clone().count() > 0 && cells.all(is_pair)
    };
    let mut lines = text.lines().take(LEAST_ROWS).peekable();
    lines.peek().is_some() && lines.all(is_row)
}

/// Refuses lines before a table whose rows agree on a delimiter that those lines have less often: titles, dates, notes. `comments`
/// are the lines before `text`.
pub(crate) fn refuse_lines_before(path: &Path, text: &str, comments: usize, told: Option<Delimiter>) -> Result<()> {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let tried = [b',', b'\t', b';', b'|'];
    let delimiters = tried.into_iter().filter(|byte| told.is_none_or(|told| told == Delimiter::Byte(*byte)));
    let found = delimiters.filter_map(|byte| lines_before(&lines, byte)).max_by_key(|(_, cells)| *cells);
    let Some((before, cells)) = found else { return Ok(()) };
    let line = comments + before + 1;
    Err(Error::parser(path)(format!(
        "the table of {cells} columns begins in line {line}: take out what is before it, or begin those lines with #"
    )))
}

/// The lines before the rows that agree on `delimiter`, and how many cells the rows have.
fn lines_before(lines: &[&str], delimiter: u8) -> Option<(usize, usize)> {
    let counts: Vec<usize> = lines.iter().map(|line| memchr::memchr_iter(delimiter, line.as_bytes()).count()).collect();
    let last = *counts.last().filter(|count| **count > 0)?;
    let before = counts.iter().rposition(|count| *count != last)? + 1;
    // R leaves out the name of the row names.
    let is_header = before == 1 && counts[0] + 1 == last;
    let rows = counts.len() - before;
    let fewer = counts[..before].iter().all(|count| *count < last);
    (before <= MOST_BEFORE && rows >= LEAST_ROWS && fewer && !is_header).then_some((before, last + 1))
}

/// Refuses a row among those in `body` that is `header` again, as in files that were put one after another.
pub(crate) fn refuse_header_again(path: &Path, header: &str, body: &[u8]) -> Result<()> {
    let header = header.trim_end_matches(['\n', '\r']);
    let is_name = |cell: &str| !cell.trim().is_empty() && cell.trim().parse::<f64>().is_err();
    if !header.split([',', ';', '\t', '|']).any(is_name) {
        return Ok(());
    }
    let ends = |place: usize| matches!(body.get(place), None | Some(b'\n' | b'\r'));
    let begins = |place: usize| place == 0 || body[place - 1] == b'\n';
    let is_row = |place: &usize| begins(*place) && ends(place + header.len());
    let Some(place) = memchr::memmem::find_iter(body, header.as_bytes()).find(is_row) else { return Ok(()) };
    let row = memchr::memchr_iter(b'\n', &body[..place]).count();
    Err(Error::parser(path)(format!("row {row} is the header again, {header:?}: take it out")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(result: Result<()>) -> String {
        result.err().map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn other_formats_are_named() {
        for (text, wanted) in [
            ("[{\"a\": 1}]\n", "is JSON"),
            ("{\"a\": 1}\n", "is JSON"),
            ("@RELATION iris\n@attribute a numeric\n", "ARFF"),
            ("1 1:0.5 2:0.25\n-1 2:1e-3\n", "LIBSVM"),
            ("[0.5, 0.25]\n[1, 2]\n", ""),
            ("12:30 1:2\n12:31 1:3\n", ""),
            ("cat\ndog\n", ""),
        ] {
            let said = said(refuse_other_formats(Path::new("t.csv"), text));
            assert_eq!(said.contains(wanted), !said.is_empty() || wanted.is_empty(), "{text:?}: {said}");
        }
    }

    #[test]
    fn lines_before_a_table_are_told_from_its_rows() {
        let said = |text: &str| said(refuse_lines_before(Path::new("t.csv"), text, 0, None));
        for text in ["Export\nDate: today\n\nf0,f1\n1,2\n3,4\n5,6\n", "% a\n% b, c\nx;y;z\n1;2;3\n1;2;3\n"] {
            assert!(said(text).contains("begins in line"), "{text:?}");
        }
        for text in ["f0 f1\n", "f0,f1\n1,2\n3\n", "f0,f1\n1,2,3\n4,5,6\n7,8,9\n", "a,b\n1,2\n3,4\n"] {
            assert_eq!(said(text), "", "{text:?}");
        }
    }

    #[test]
    fn a_header_among_the_rows_is_refused_and_cells_like_it_are_not() {
        let said = |header: &str, body: &str| said(refuse_header_again(Path::new("t.csv"), header, body.as_bytes()));
        assert!(said("id,label\n", "1,cat\nid,label\n2,dog\n").contains("row 1 is the header again"));
        assert!(said("label\r\n", "cat\r\nlabel\r\n").contains("row 1"));
        assert_eq!(said("id,label\n", "1,cat\nxid,label\nid,labels\n"), "");
        assert_eq!(said("0,1\n", "0,1\n0,1\n"), "");
    }
}
