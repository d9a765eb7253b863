//! The labels of a file as it writes them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::error::Error;
use crate::labels::class_names::ClassNames;
use crate::labels::class_order::in_order;
use crate::labels::values::{LabelValues, ReadLabels};

/// The labels of a file as it writes them, and where they stand in it.
#[derive(Clone, Debug)]
pub(crate) struct WrittenLabels {
    pub(crate) path: PathBuf,
    pub(crate) labels: ReadLabels,
    /// Their column, by its name or number; `None` for an array.
    pub(crate) column: Option<String>,
    /// The classes that the file itself names.
    pub(crate) names: Option<ClassNames>,
}

impl WrittenLabels {
    pub(crate) fn values(&self) -> &LabelValues {
        &self.labels.values
    }

    /// Those of the samples `rows`, ascending, alone. Panics at a row of n or more, or where no sample of them has a label.
    pub(crate) fn of_samples(&self, rows: &[usize]) -> Self {
        let is_missing = |row: &usize| self.labels.unlabelled.binary_search(row).is_ok();
        let place = |row: &usize| row - self.labels.unlabelled.partition_point(|missing| missing < row);
        let kept: Vec<usize> = rows.iter().filter(|row| !is_missing(row)).map(place).collect();
        assert!(!kept.is_empty(), "a sample with a label is kept");
        let unlabelled = (0..rows.len()).filter(|place| is_missing(&rows[*place])).collect();
        let values = self.values().select(&kept);
        let labels = ReadLabels { values, unlabelled, fraction: None, written: self.labels.written.clone() };
        Self { labels, ..self.clone() }
    }

    /// The distinct labels as text, in the order of classes.
    pub(crate) fn distinct(&self) -> Vec<String> {
        match self.values() {
            LabelValues::Integers(values) => {
                values.iter().collect::<BTreeSet<_>>().into_iter().map(ToString::to_string).collect()
            }
            LabelValues::Strings(values) => in_order(values.iter().map(String::as_str)),
        }
    }

    /// The error that the label at `place` must meet the `requirement`.
    pub(crate) fn refusal(&self, place: usize, requirement: &'static str) -> Error {
        let (value, column) =
            (self.values().text(place).to_string(), self.column.clone().unwrap_or_else(|| "0".into()));
        Error::Value { path: self.path.clone(), row: self.row(place), column, value, requirement }
    }

    /// The sample that the label at `place` is of.
    pub(crate) fn row(&self, place: usize) -> usize {
        self.labels.unlabelled.iter().fold(place, |row, missing| if *missing <= row { row + 1 } else { row })
    }

    pub(crate) fn strings(&self) -> impl Iterator<Item = &str> {
        let values: &[String] = if let LabelValues::Strings(values) = self.values() { values } else { &[] };
        values.iter().map(String::as_str)
    }

    pub(crate) fn integers(&self) -> impl Iterator<Item = i64> {
        let values: &[i64] = if let LabelValues::Integers(values) = self.values() { values } else { &[] };
        values.iter().copied()
    }

    /// The refusal of the first number with a fraction, where numbers hardly ever come again: those are measurements, not classes.
    pub(crate) fn measurement(&self) -> Option<Error> {
        let row = self.labels.fraction?;
        if 2 * self.labels.distinct() <= self.values().len() {
            return None;
        }
        let place = row - self.labels.unlabelled.iter().filter(|missing| **missing < row).count();
        Some(self.refusal(place, "be a label: a class index or a class name"))
    }
}
