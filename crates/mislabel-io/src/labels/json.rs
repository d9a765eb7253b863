//! Labels in JSON: integers or strings.

use std::borrow::Cow;

use serde::Serialize;

use crate::labels::values::LabelValues;

/// One label.
#[derive(Serialize)]
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
