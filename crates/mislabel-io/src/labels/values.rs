//! Labels as files write them: integers or strings, and samples without one.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::choice::Unlabelled;
use crate::error::{Error, Result};
use crate::labels::missing::{Missing, is_none_of_the_codes};
use crate::labels::numbers::{finite, whole};

/// The form in which a file writes labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelForm {
    /// Integers.
    Integers,
    /// Class names.
    Strings,
}

/// Labels as a file writes them, `(n,)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelValues {
    /// Integers: class indices, or codes that stand for classes.
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
    pub fn text(&self, row: usize) -> Cow<'_, str> {
        match self {
            Self::Integers(values) => Cow::Owned(values[row].to_string()),
            Self::Strings(values) => Cow::Borrowed(values[row].as_str()),
        }
    }

    /// The labels of rows `rows`, in that order. Panics when one is out of range.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Integers(values) => Self::Integers(rows.iter().map(|&row| values[row]).collect()),
            Self::Strings(values) => Self::Strings(rows.iter().map(|&row| values[row].clone()).collect()),
        }
    }

    #[cfg(feature = "tables")]
    /// Labels from text: integers if every one is a whole number however it is spelled, strings otherwise.
    pub(crate) fn from_text(path: &Path, column: &str, labels: Vec<String>) -> Result<Self> {
        let cells = labels.into_iter().map(Some).collect();
        Ok(ReadLabels::from_cells(path, column, cells, &Unlabelled::Written(Vec::new()), false)?.values)
    }
}

/// The labels of n samples, some of which may have none.
#[derive(Clone, Debug)]
pub(crate) struct ReadLabels {
    /// `(m,)`, of the samples that have one.
    pub(crate) values: LabelValues,
    /// The samples without, ascending.
    pub(crate) unlabelled: Vec<usize>,
    /// How they are written, each way once.
    pub(crate) written: Vec<String>,
    /// The first sample whose label is a number with a fraction, where all labels are numbers.
    pub(crate) fraction: Option<usize>,
}

impl ReadLabels {
    /// The labels in `cells`, `(n,)`; `codes_of_names` where the file has names for the classes, so negative codes are of none.
    ///
    /// # Errors
    /// [`Error::EmptyFile`] without cells; [`Error::Value`] at a cell without a label where those are refused.
    pub(crate) fn from_cells(
        path: &Path,
        column: &str,
        cells: Vec<Option<String>>,
        choice: &Unlabelled,
        codes_of_names: bool,
    ) -> Result<Self> {
        if cells.is_empty() {
            return Err(Error::EmptyFile { path: path.into() });
        }
        let missing = Missing::of(choice);
        if let Some(row) = missing.refused(&cells) {
            let value = cells[row].clone().unwrap_or_else(|| "no value".into());
            let requirement = "be a label, not a missing value";
            return Err(Error::Value { path: path.into(), row, column: column.into(), value, requirement });
        }
        let codes = is_none_of_the_codes(&cells, &missing, choice, codes_of_names);
        let mut read = Self {
            values: LabelValues::Integers(Vec::new()),
            unlabelled: Vec::new(),
            written: Vec::new(),
            fraction: None,
        };
        let (mut labels, mut rows) = (Vec::with_capacity(cells.len()), Vec::new());
        for (row, cell) in cells.into_iter().enumerate() {
            match cell {
                Some(cell) if !missing.is(&cell) && !codes.contains(&cell) => {
                    labels.push(cell);
                    rows.push(row);
                }
                other => read.leave_out(row, other),
            }
        }
        if labels.is_empty() {
            return Err(Error::parser(path)("no sample has a label"));
        }
        read.judge(labels, &rows);
        Ok(read)
    }

    fn leave_out(&mut self, row: usize, cell: Option<String>) {
        let written = cell.filter(|cell| !cell.is_empty()).unwrap_or_else(|| "empty".into());
        if !self.written.contains(&written) {
            self.written.push(written);
        }
        self.unlabelled.push(row);
    }

    /// Whole numbers are integers, other numbers the names of their values, and all else are names.
    fn judge(&mut self, labels: Vec<String>, rows: &[usize]) {
        let is_padded = labels.iter().any(|label| is_padded(label));
        if let Some(integers) = labels.iter().map(|label| whole(label).filter(|_| !is_padded)).collect() {
            self.values = LabelValues::Integers(integers);
            return;
        }
        let as_written = is_padded || !is_spelled_alike(&labels);
        let numbers: Option<Vec<f64>> = labels.iter().map(|label| finite(label).filter(|_| !as_written)).collect();
        match numbers {
            Some(numbers) => {
                let place = labels.iter().position(|label| whole(label).is_none());
                self.fraction = place.map(|place| rows[place]);
                self.values = LabelValues::Strings(numbers.iter().map(f64::to_string).collect());
            }
            None => self.values = LabelValues::Strings(labels),
        }
    }

    /// How many different labels there are.
    pub(crate) fn distinct(&self) -> usize {
        match &self.values {
            LabelValues::Integers(values) => values.iter().collect::<HashSet<_>>().len(),
            LabelValues::Strings(values) => values.iter().collect::<HashSet<_>>().len(),
        }
    }
}

/// Whether no two of the numbers `labels` have one value and two spellings (`1.1` and `1.10`, or integers beyond what a double
/// tells apart): those are names, such as versions.
fn is_spelled_alike(labels: &[String]) -> bool {
    let mut spelled: HashMap<u64, &str> = HashMap::new();
    let mut fractions = labels.iter().filter(|label| whole(label).is_none());
    fractions.all(|label| {
        let bits = finite(label).unwrap_or(f64::NAN).to_bits();
        *spelled.entry(bits).or_insert(label) == label
    })
}

/// Whether `label` is a number with zeros before it, as codes have that are no numbers.
fn is_padded(label: &str) -> bool {
    let digits = label.trim_start_matches(['+', '-']);
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}
