//! Tables of label issues in files: CSV, TSV, JSON lines, Parquet.

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::issues::table::refusal;
use crate::issues::table::{IssueColumns, IssueTable};
use crate::issues::{json as issue_json, text as issue_text};
use crate::labels::values::LabelValues;
use crate::storage::atomic_file::write_atomically;

/// The names of the columns, in the order of files.
pub(crate) const COLUMNS: [&str; 6] = ["index", "given_label", "suggested_label", "quality", "score", "is_issue"];

const FORMATS: [Format; 4] = [Format::Csv, Format::Tsv, Format::JsonLines, Format::Parquet];
const KNOWN: &str = "csv, tsv, jsonl, ndjson, parquet";

impl IssueTable {
    /// Writes the table to `path`, whole or not at all; its extension tells the format.
    ///
    /// Columns are `index`, `given_label`, `suggested_label`, `quality`, `score`, `is_issue`; floats are written so
    /// that they read back the same.
    ///
    /// # Errors
    /// [`Error::Extension`] for an unknown one, [`Error::Io`] when the system refuses.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let format = Format::of(path, &FORMATS, KNOWN)?;
        write_atomically(path, |out| match format {
            Format::JsonLines => issue_json::write(self, out).map_err(Error::io(path)),
            Format::Tsv => issue_text::write(self, b'\t', out).map_err(Error::parser(path)),
            #[cfg(feature = "parquet")]
            Format::Parquet => crate::issues::parquet::write(self, out).map_err(Error::parser(path)),
            _ => issue_text::write(self, b',', out).map_err(Error::parser(path)),
        })
    }

    /// Writes the table as CSV to `out`, a pipe for example.
    ///
    /// # Errors
    /// What `out` answers.
    pub fn write_csv(&self, out: &mut dyn Write) -> std::io::Result<()> {
        issue_text::write(self, b',', out).map_err(Into::into)
    }

    /// Reads a table that was written by [`write`](Self::write) or has the same columns, in any order, among others.
    ///
    /// In CSV and TSV, labels are integers if every one is written as an integer is.
    ///
    /// # Errors
    /// Whatever is wrong with the file, and as [`new`](Self::new).
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        match Format::of(path, &FORMATS, KNOWN)? {
            Format::JsonLines => issue_json::read(path),
            Format::Tsv => issue_text::read(path, b'\t'),
            #[cfg(feature = "parquet")]
            Format::Parquet => crate::issues::parquet::read(path),
            _ => issue_text::read(path, b','),
        }
    }
}

/// A table whose labels came as text.
pub(crate) struct TextColumns {
    pub(crate) index: Vec<u64>,
    pub(crate) given_label: Vec<String>,
    pub(crate) suggested_label: Vec<String>,
    pub(crate) quality: Vec<f64>,
    pub(crate) score: Vec<f64>,
    pub(crate) is_issue: Vec<bool>,
}

impl TextColumns {
    pub(crate) fn new() -> Self {
        let (given_label, suggested_label) = (Vec::new(), Vec::new());
        Self {
            index: Vec::new(),
            given_label,
            suggested_label,
            quality: Vec::new(),
            score: Vec::new(),
            is_issue: Vec::new(),
        }
    }

    /// The table, with integer labels if both columns of labels are integers.
    pub(crate) fn table(self, path: &Path) -> Result<IssueTable> {
        let (given_label, suggested_label) = label_columns(path, self.given_label, self.suggested_label)?;
        let Self { index, quality, score, is_issue, .. } = self;
        let columns = IssueColumns { index, given_label, suggested_label, quality, score, is_issue };
        IssueTable::checked(&path.display().to_string(), columns)
    }
}

fn label_columns(path: &Path, given: Vec<String>, suggested: Vec<String>) -> Result<(LabelValues, LabelValues)> {
    let rows = given.len();
    if rows == 0 {
        return Ok((LabelValues::Integers(Vec::new()), LabelValues::Integers(Vec::new())));
    }
    // Judged together: class names such as 1 and x stay strings in both columns.
    let all = given.iter().chain(&suggested).cloned().collect();
    match LabelValues::from_text(path, "given_label or suggested_label", all)? {
        LabelValues::Integers(mut all) => {
            let suggested = all.split_off(rows);
            Ok((LabelValues::Integers(all), LabelValues::Integers(suggested)))
        }
        LabelValues::Strings(_) => Ok((LabelValues::Strings(given), LabelValues::Strings(suggested))),
    }
}

/// The value of a cell, or the error that names it.
pub(crate) fn cell<T: std::str::FromStr>(path: &Path, row: usize, column: &'static str, text: &str) -> Result<T> {
    text.parse().map_err(|_| refusal(&path.display().to_string(), row, column, text, "the value has another type"))
}
