//! Labels as files write them: integers or strings.

use std::fmt;
use std::path::Path;

use crate::error::{Error, Result};
use crate::storage::stored_array::StoredArray;

/// The form in which a file writes labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelForm {
    /// Class indices.
    Integers,
    /// Class names.
    Strings,
}

/// Labels as a file writes them, `(n,)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelValues {
    /// Class indices; not checked yet, so any integers.
    Integers(Vec<i64>),
    /// Class names.
    Strings(Vec<String>),
}

impl LabelValues {
    /// The number of labels.
    pub fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Strings(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Integers or strings.
    pub fn form(&self) -> LabelForm {
        match self {
            Self::Integers(_) => LabelForm::Integers,
            Self::Strings(_) => LabelForm::Strings,
        }
    }

    /// The label in `row` as text. Panics when `row` is out of range, as slices do.
    pub fn text(&self, row: usize) -> impl fmt::Display + '_ {
        match self {
            Self::Integers(values) => std::borrow::Cow::Owned(values[row].to_string()),
            Self::Strings(values) => std::borrow::Cow::Borrowed(values[row].as_str()),
        }
    }

    /// The labels of rows `rows`, in that order. Panics when one is out of range.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Integers(values) => Self::Integers(rows.iter().map(|&row| values[row]).collect()),
            Self::Strings(values) => Self::Strings(rows.iter().map(|&row| values[row].clone()).collect()),
        }
    }

    /// Labels from text: integers if every one is written as an integer is (pandas' `3.0` counts), strings otherwise.
    pub(crate) fn from_text(path: &Path, column: &str, labels: Vec<String>) -> Result<Self> {
        let refuse = |row: usize, requirement| {
            let (path, column, value) = (path.into(), column.into(), labels[row].clone());
            Err(Error::Value { path, row, column, value, requirement })
        };
        if labels.is_empty() {
            return Err(Error::EmptyFile { path: path.into() });
        }
        if let Some(row) = labels.iter().position(String::is_empty) {
            return refuse(row, "be a label, not empty");
        }
        if let Some(integers) = labels.iter().map(|label| written_integer(label)).collect() {
            return Ok(Self::Integers(integers));
        }
        let fraction = |label: &String| label.parse::<f64>().is_ok_and(|value| value.fract() != 0.0);
        if labels.iter().all(|label| label.parse::<f64>().is_ok())
            && let Some(row) = labels.iter().position(fraction)
        {
            return refuse(row, "be a label: a class index or a class name");
        }
        Ok(Self::Strings(labels))
    }

    /// Labels from an array of shape `(n,)` or `(n, 1)` of integers, booleans, whole floats or text.
    pub(crate) fn from_array(array: &StoredArray) -> Result<Self> {
        let rows = 0..array.column_length()?;
        let refuse = |row: usize, value: String, requirement| Error::Value {
            path: array.path().into(),
            row,
            column: "0".into(),
            value,
            requirement,
        };
        if array.layout().element.is_text() {
            let text = |row| match array.text(row) {
                Some(text) if !text.is_empty() => Ok(text),
                Some(_) => Err(refuse(row, String::new(), "be a label, not empty")),
                None => Err(refuse(row, "�".into(), "be Unicode text")),
            };
            return rows.map(text).collect::<Result<_>>().map(Self::Strings);
        }
        let integer =
            |row| array.integer(row).map_err(|value| refuse(row, value.to_string(), "be a class index, an integer"));
        rows.map(integer).collect::<Result<_>>().map(Self::Integers)
    }
}

/// The integer that `text` is the usual way of writing, or the float of equal value as pandas writes it.
fn written_integer(text: &str) -> Option<i64> {
    let digits = text.strip_suffix(".0").unwrap_or(text);
    digits.parse::<i64>().ok().filter(|value| value.to_string() == digits)
}
