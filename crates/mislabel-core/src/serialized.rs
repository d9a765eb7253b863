//! How checked types and arrays are written and read with serde: plain columns, checked on the way in.
//!
//! Arrays are lists of numbers, matrices are lists of rows. Numbers that are not finite have no JSON.

use ndarray::{Array1, Array2};
use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::checks::same_length;
use crate::error::{Error, Result};
use crate::evidence::estimate::Estimate;
use crate::evidence::issues::{ErrorMask, LabelIssues, LabelQuality};
use crate::evidence::transition::NoiseTransition;
use crate::inputs::labels::Labels;
use crate::run::memory::MemoryBudget;

/// Writes a vector as a list.
///
/// # Errors
/// What the serializer reports.
pub fn list<T: Serialize, S: Serializer>(array: &Array1<T>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(array)
}

/// Writes a matrix as a list of rows.
///
/// # Errors
/// What the serializer reports.
pub fn rows<T: Serialize, S: Serializer>(array: &Array2<T>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut sequence = serializer.serialize_seq(Some(array.nrows()))?;
    for row in array.outer_iter() {
        sequence.serialize_element(&row.iter().collect::<Vec<_>>())?;
    }
    sequence.end()
}

/// A matrix as a list of rows, to be read and checked.
#[derive(Debug, serde::Deserialize)]
#[serde(transparent)]
pub struct Rows<T>(Vec<Vec<T>>);

impl<T> Rows<T> {
    /// The matrix.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the rows differ in length.
    pub fn into_array(self) -> Result<Array2<T>> {
        let shape = (self.0.len(), self.0.first().map_or(0, Vec::len));
        self.0.iter().try_for_each(|row| same_length("a row of a matrix", shape.1, row.len()))?;
        let values = self.0.into_iter().flatten().collect();
        Ok(Array2::from_shape_vec(shape, values).expect("every row has as many values as the first"))
    }
}

/// The parameters of a method that has none: an empty map.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoParameters {}

impl TryFrom<Rows<f64>> for NoiseTransition {
    type Error = Error;

    fn try_from(rows: Rows<f64>) -> Result<Self> {
        Self::from_true_rows(rows.into_array()?)
    }
}

impl TryFrom<Vec<f64>> for LabelQuality {
    type Error = Error;

    fn try_from(values: Vec<f64>) -> Result<Self> {
        Self::new(values)
    }
}

impl TryFrom<Vec<bool>> for ErrorMask {
    type Error = Error;

    fn try_from(mask: Vec<bool>) -> Result<Self> {
        Self::new(mask)
    }
}

/// [`Labels`] that are not checked.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelColumns {
    values: Vec<u32>,
    classes: usize,
    names: Option<Vec<String>>,
}

impl TryFrom<LabelColumns> for Labels {
    type Error = Error;

    fn try_from(columns: LabelColumns) -> Result<Self> {
        let labels = Self::new(columns.values, columns.classes)?;
        match columns.names {
            Some(names) => labels.with_class_names(names),
            None => Ok(labels),
        }
    }
}

/// [`LabelIssues`] that do not have to belong together.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssueColumns {
    quality: LabelQuality,
    is_issue: Vec<bool>,
    suggested: Labels,
    score: Vec<f64>,
}

impl TryFrom<IssueColumns> for LabelIssues {
    type Error = Error;

    fn try_from(columns: IssueColumns) -> Result<Self> {
        Self::new(columns.quality, columns.is_issue, columns.suggested, columns.score)
    }
}

/// An [`Estimate`] that is not checked.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EstimateFields {
    value: f64,
    standard_error: f64,
}

impl TryFrom<EstimateFields> for Estimate {
    type Error = Error;

    fn try_from(fields: EstimateFields) -> Result<Self> {
        Self::new(fields.value, fields.standard_error)
    }
}

impl TryFrom<String> for MemoryBudget {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<MemoryBudget> for String {
    /// As displayed, or in bytes where that is rounded.
    fn from(budget: MemoryBudget) -> Self {
        let text = budget.to_string();
        if text.parse::<MemoryBudget>().is_ok_and(|read| read == budget) { text } else { budget.bytes().to_string() }
    }
}
