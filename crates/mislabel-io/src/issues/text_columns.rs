//! The cells of a table of label issues, read from text.

use std::path::Path;

use crate::error::{Error, Result};
use crate::issues::columns::COLUMNS;
use crate::issues::table::{IssueColumns, IssueTable, UnlabelledRow};
use crate::labels::values::LabelValues;

/// A table whose labels came as text.
pub(crate) struct TextColumns {
    pub(crate) index: Vec<u64>,
    pub(crate) given_label: Vec<String>,
    pub(crate) suggested_label: Vec<String>,
    pub(crate) quality: Vec<f64>,
    pub(crate) score: Vec<f64>,
    pub(crate) is_issue: Vec<bool>,
    pub(crate) unlabelled: Vec<UnlabelledRow>,
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
            unlabelled: Vec::new(),
        }
    }

    /// The table, with integer labels if both columns of labels are integers.
    pub(crate) fn table(self, path: &Path) -> Result<IssueTable> {
        let (given_label, suggested_label) = label_columns(path, self.given_label, self.suggested_label)?;
        let Self { index, quality, score, is_issue, unlabelled, .. } = self;
        let columns = IssueColumns { index, given_label, suggested_label, quality, score, is_issue };
        Ok(IssueTable::checked(&path.display().to_string(), columns)?.with_unlabelled(unlabelled))
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
    text.parse().map_err(|_| Error::issue(&path.display().to_string(), row, column, text, "the value has another type"))
}

/// Whether the text of a flag says yes: `true` or `1`, in any case.
pub(crate) fn flag(path: &Path, row: usize, text: &str) -> Result<bool> {
    match text.to_lowercase().as_str() {
        "true" | "1" | "1.0" => Ok(true),
        "false" | "0" | "0.0" => Ok(false),
        _ => {
            Err(Error::issue(&path.display().to_string(), row, COLUMNS[5], text, "it must be true or false, or 1 or 0"))
        }
    }
}
