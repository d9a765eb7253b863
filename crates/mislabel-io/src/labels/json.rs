//! Labels in JSON: integers or strings.

use std::borrow::Cow;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::labels::values::LabelValues;

/// One label.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Label<'a> {
    Integer(i64),
    String(Cow<'a, str>),
}

/// The label in `row` of a column.
pub(crate) fn label(values: &LabelValues, row: usize) -> Label<'_> {
    match values {
        LabelValues::Integers(values) => Label::Integer(values[row]),
        LabelValues::Strings(values) => Label::String(Cow::Borrowed(&values[row])),
    }
}

/// One column of labels, all of the form of the first.
pub(crate) fn label_values(path: &Path, column: &'static str, labels: Vec<Label<'_>>) -> Result<LabelValues> {
    let mut values = match labels.first() {
        Some(Label::String(_)) => LabelValues::Strings(Vec::new()),
        _ => LabelValues::Integers(Vec::new()),
    };
    for (row, label) in labels.into_iter().enumerate() {
        match (&mut values, label) {
            (LabelValues::Integers(values), Label::Integer(label)) => values.push(label),
            (LabelValues::Strings(values), Label::String(label)) => values.push(label.into_owned()),
            (_, Label::Integer(label)) => return Err(mixed(path, row, column, label)),
            (_, Label::String(label)) => return Err(mixed(path, row, column, label)),
        }
    }
    Ok(values)
}

fn mixed(path: &Path, row: usize, column: &'static str, label: impl ToString) -> Error {
    Error::issue(&path.display().to_string(), row, column, label, "the labels before are of another form")
}
