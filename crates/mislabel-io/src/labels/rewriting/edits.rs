//! Changes in the spelling of the file.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::labels::missing::is_missing;
use crate::labels::numbers::{finite, whole};

/// A label that changes, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The label that the file must have; `None` where the cell must be without one.
    pub(crate) old: Option<String>,
    /// The label that it gets.
    pub(crate) new: String,
}

/// What changes in a file, by its rows.
#[derive(Clone, Debug)]
pub(crate) struct Edits<'a> {
    pub(crate) path: &'a Path,
    /// Rows of the file.
    pub(crate) rows: usize,
    pub(crate) labels: BTreeMap<usize, Edit>,
    /// How the file writes that a row has no label.
    pub(crate) marks: &'a [String],
    /// A row with a label: others are written as it is.
    #[cfg_attr(not(feature = "tables"), expect(dead_code, reason = "texts alone have a spelling to follow"))]
    pub(crate) model: usize,
    /// Ascending.
    pub(crate) left_out: &'a [usize],
}

impl Edits<'_> {
    pub(crate) fn leaves_out(&self, row: usize) -> bool {
        self.left_out.binary_search(&row).is_ok()
    }

    /// Whether `row` gets a label where it has none.
    #[cfg(feature = "tables")]
    pub(crate) fn fills(&self, row: usize) -> bool {
        self.labels.get(&row).is_some_and(|edit| edit.old.is_none())
    }

    /// Whether any row does.
    #[cfg(feature = "tables")]
    pub(crate) fn fill(&self) -> bool {
        self.labels.values().any(|edit| edit.old.is_none())
    }

    /// What takes the place of the cell `found` in `row`, spelled as that is, or as `model` is where the cell has no label;
    /// `None` where it stays.
    pub(crate) fn cell(&self, row: usize, found: &str, model: &str) -> Result<Option<String>> {
        let Some(Edit { old, new }) = self.labels.get(&row) else { return Ok(None) };
        let (same, model) = match old {
            Some(old) => (is_same(found, old), found),
            None => (is_missing(found) || self.marks.iter().any(|mark| is_same(found, mark)), model),
        };
        if same {
            return Ok(Some(spelled_like(model, new)));
        }
        let read = old.as_ref().map_or_else(|| "no label".into(), |old| format!("{old:?}"));
        Err(self.refusal(format!(
            "row {row} has the label {found:?}, and {read} was read: was the file changed meanwhile?"
        )))
    }

    /// Checks that as many rows were found as labels were read.
    pub(crate) fn check_rows(&self, found: usize) -> Result<()> {
        let expected = self.rows;
        match found == expected {
            true => Ok(()),
            false => Err(self.refusal(format!(
                "{found} rows were found, and {expected} labels were read: was the file changed meanwhile?"
            ))),
        }
    }

    pub(crate) fn refusal(&self, problem: impl Into<String>) -> Error {
        Error::Rewriting { path: self.path.into(), problem: problem.into() }
    }
}

/// Whether `found` is the label `read`, or another spelling of the number.
fn is_same(found: &str, read: &str) -> bool {
    found == read || whole(found).is_some_and(|number| whole(read) == Some(number))
}

/// `label`, spelled as `model` is where both are whole numbers: `3` like `1.0` is `3.0`, and like `1.00e+00` it is `3.00e+00`.
fn spelled_like(model: &str, label: &str) -> String {
    let (Some(_), Some(value)) = (finite(model), whole(label)) else { return label.into() };
    let (mantissa, exponent) = match model.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (model, None),
    };
    let digits = mantissa.split_once('.').map(|(_, digits)| digits.len());
    match (digits, exponent) {
        (None, None) => label.into(),
        (Some(digits), None) => format!("{value}.{}", "0".repeat(digits)),
        (digits, Some(exponent)) => {
            let text = format!("{:.*e}", digits.unwrap_or(0), value as f64);
            let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
            let sign = if exponent.starts_with('+') { "+" } else { "" };
            let width = exponent.trim_start_matches(['+', '-']).len();
            let letter = if model.contains('E') { 'E' } else { 'e' };
            format!("{mantissa}{letter}{sign}{power:0>width$}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::spelled_like;

    #[test]
    fn numbers_keep_their_spelling() {
        for (model, label, wanted) in [
            ("1", "3", "3"),
            ("1.0", "3", "3.0"),
            ("1.", "3", "3."),
            ("1.000000000000000000e+00", "12", "1.200000000000000000e+01"),
            ("1E0", "3", "3E0"),
            ("cat", "3", "3"),
            ("1.0", "dog", "dog"),
        ] {
            assert_eq!(spelled_like(model, label), wanted, "{model} {label}");
        }
    }
}
