//! Predicted classes with a certainty: what is left of predictions when they are judged.

use mislabel_core::{Error, Labels, ProbabilitySource, Result, same_length};
use ndarray::{Array1, Array2, s};
use rayon::prelude::*;

use crate::Logits;
use crate::entropy::{RowSummary, of_logits, of_probabilities};

/// Rows of probabilities read at a time.
const BLOCK: usize = 512;

/// How sure of its class a row of predictions is, in (0, 1].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certainty {
    /// exp(−H), H the entropy of the row in nats: 1 for a sure prediction, 1/k for an even one. FiftyOne's measure
    /// where it has logits; the default.
    #[default]
    Entropy,
    /// The probability of the predicted class: FiftyOne's measure where it has no logits.
    Confidence,
}

impl Certainty {
    fn of(self, row: RowSummary) -> f64 {
        match self {
            Self::Entropy => (-row.entropy).exp(),
            Self::Confidence => row.confidence,
        }
    }
}

/// Predictions for n samples over k classes: a class and a certainty in [0, 1] each, or nothing.
///
/// ```
/// use mislabel_core::{EvidenceDetector, Labels};
/// use mislabel_predictions::{Mistakenness, Predictions};
///
/// let predictions = Predictions::new(vec![Some((0, 0.8)), Some((1, 0.5)), None], 2)?;
/// let issues = Mistakenness::default().judge(&predictions, &Labels::new(vec![0, 0, 0], 2)?)?;
/// let expected = [0.1, 0.75, 1.0]; // (1 − .8)/2, (1 + .5)/2, and 1 without a prediction
/// assert!(issues.score().iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-15));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    rows: Vec<Option<(u32, f64)>>,
    classes: usize,
}

impl Predictions {
    /// Checks (class, certainty) of every sample, `(n,)`; `None` where there is no prediction.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LabelOutOfRange`] at a class of `classes` or more, [`Error::OutOfRange`] at a
    /// certainty outside [0, 1] (NaN too).
    pub fn new(rows: Vec<Option<(u32, f64)>>, classes: usize) -> Result<Self> {
        const WHAT: &str = "the certainty of predictions";
        if rows.is_empty() {
            return Err(Error::Empty { what: "predictions" });
        }
        for (row, prediction) in rows.iter().enumerate() {
            let Some((class, value)) = *prediction else { continue };
            if class as usize >= classes {
                return Err(Error::LabelOutOfRange { row, label: i64::from(class), classes });
            }
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::OutOfRange { what: WHAT, row, column: 0, value, low: 0.0, high: 1.0 });
            }
        }
        Ok(Self { rows, classes })
    }

    /// The predictions in `logits`, `(n, k)`. A class that ties with the `given` one, `(n,)`, is not predicted over it.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when n or k differ between the two.
    pub fn from_logits(logits: &Logits, given: &Labels, certainty: Certainty) -> Result<Self> {
        let (n, k) = logits.shape();
        same_shape((n, k), given)?;
        let of_row = |row: usize| {
            let summary = of_logits(logits.row(row)?, Some(given.class(row)));
            Some((summary.class, certainty.of(summary)))
        };
        Self::new((0..n).into_par_iter().map(of_row).collect(), k)
    }

    /// The predictions in `probabilities`, `(n, k)`, read in blocks. A class that ties with the `given` one, `(n,)`,
    /// is not predicted over it.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when n or k differ between the two, and what the source reports.
    pub fn from_probabilities(
        probabilities: &dyn ProbabilitySource,
        given: &Labels,
        certainty: Certainty,
    ) -> Result<Self> {
        let (n, k) = probabilities.shape();
        same_shape((n, k), given)?;
        let rows = summaries(probabilities, |row| Some(given.class(row)))?;
        let prediction = |summary: RowSummary| Some((summary.class, certainty.of(summary)));
        Self::new(rows.into_iter().map(prediction).collect(), k)
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "predictions are never empty")]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The number of classes k.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Class and certainty of sample `row`. Panics when `row` ≥ n, as indexing does.
    pub fn row(&self, row: usize) -> Option<(usize, f64)> {
        self.rows[row].map(|(class, certainty)| (class as usize, certainty))
    }

    /// The certainty of every sample, `(n,)`; 0 where there is no prediction.
    pub fn certainty(&self) -> Array1<f64> {
        self.rows.iter().map(|row| row.map_or(0.0, |(_, certainty)| certainty)).collect()
    }
}

fn same_shape((n, k): (usize, usize), given: &Labels) -> Result<()> {
    same_length("given labels", n, given.len())?;
    same_length("classes of the given labels", k, given.classes())
}

/// The summary of every row of `probabilities`, block by block.
pub(crate) fn summaries(
    probabilities: &dyn ProbabilitySource,
    preferred: impl Fn(usize) -> Option<usize> + Sync,
) -> Result<Vec<RowSummary>> {
    let (n, k) = probabilities.shape();
    let of_block = |start: usize| {
        let mut block = Array2::zeros((BLOCK.min(n - start), k));
        probabilities.read_rows(start, block.view_mut())?;
        let summary = |i: usize| of_probabilities(block.slice(s![i, ..]), preferred(start + i));
        Ok((0..block.nrows()).map(summary).collect::<Vec<_>>())
    };
    let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
    Ok(starts.into_par_iter().map(of_block).collect::<Result<Vec<_>>>()?.concat())
}
