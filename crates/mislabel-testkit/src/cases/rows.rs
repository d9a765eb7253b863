//! Embeddings with given labels.

use std::fmt;

use mislabel_core::{Detector, Embeddings, LabelIssues, Labels, Result, Run};
use ndarray::{Array2, Axis};

use crate::strategies::rounding::array;

/// Embeddings in memory with given labels.
///
/// `Debug` writes the call of [`from_rows`](Self::from_rows) that makes it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct LabeledRows {
    /// The embeddings, `(n, d)`, finite.
    pub rows: Array2<f32>,
    /// The given labels, `(n,)`.
    pub given: Labels,
}

impl LabeledRows {
    /// Joins `rows`, `(n, d)`, and the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// As [`Embeddings::new`].
    pub fn new(rows: Array2<f32>, given: Labels) -> Result<Self> {
        Embeddings::new(rows.view())?;
        Ok(Self { rows, given })
    }

    /// n rows of D features, one array per sample, with the labels `given`, `(n,)`, over `classes` classes.
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`Labels::new`].
    pub fn from_rows<const D: usize>(rows: &[[f32; D]], given: &[u32], classes: usize) -> Result<Self> {
        Self::new(Array2::from(rows.to_vec()), Labels::new(given.to_vec(), classes)?)
    }

    /// What `detector` says of the rows.
    ///
    /// # Errors
    /// As the detector.
    pub fn judged_by(&self, detector: &dyn Detector) -> Result<LabelIssues> {
        detector.detect(&Embeddings::new(self.rows.view())?, &self.given, &Run::quiet())
    }

    /// The same samples with every feature times `factor`.
    pub(crate) fn scaled(&self, factor: f32) -> Self {
        Self { rows: &self.rows * factor, given: self.given.clone() }
    }

    /// The same samples with feature j taken from `axes[j]`, and its sign turned where that is `turned`.
    pub(crate) fn rotated(&self, axes: &[usize], turned: &[bool]) -> Self {
        let mut rows = self.rows.select(Axis(1), axes);
        for (mut column, turned) in rows.columns_mut().into_iter().zip(turned) {
            if *turned {
                column.mapv_inplace(|value| -value);
            }
        }
        Self { rows, given: self.given.clone() }
    }
}

impl fmt::Debug for LabeledRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = array(self.rows.outer_iter().map(|row| row.to_vec()), "f32::INFINITY");
        write!(f, "LabeledRows::from_rows(&{rows}, &{:?}, {})?", self.given.values(), self.given.class_count())
    }
}
