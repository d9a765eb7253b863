//! Predicted classes with a certainty: what is left of predictions when they are judged.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{EmbeddingSource, Error, Labels, ProbabilitySource, Result, Run, Stage};
use ndarray::{Array1, Array2};
use rayon::prelude::*;

use crate::entropy::{RowSummary, of_logits, of_probabilities};
use crate::logits::Logits;

/// Rows read at a time.
const BLOCK: usize = 256;

/// The stage in which predictions become classes with a certainty.
const STAGE: &str = "reading predictions";

/// How sure of its class a row of predictions is, in (0, 1].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
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
/// use mislabel_core::{Judge, Labels, Run};
/// use mislabel_predictions::{Mistakenness, Predictions};
///
/// let predictions = Predictions::new(vec![Some((0, 0.8)), Some((1, 0.5)), None], 2)?;
/// let issues = Mistakenness::default().judge(&predictions, &Labels::new(vec![0, 0, 0], 2)?, &Run::quiet())?;
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
    /// The bytes that predictions of `samples` samples and what is made of them take.
    pub fn least_memory(samples: usize) -> u64 {
        const SAMPLE: u64 = 64;
        SAMPLE * samples as u64
    }

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
    /// [`Error::LengthMismatch`] when n or k differ between the two, and [`Error::Cancelled`].
    pub fn from_logits(logits: &Logits, given: &Labels, certainty: Certainty, run: &Run<'_>) -> Result<Self> {
        let (n, k) = logits.shape();
        same_shape((n, k), given)?;
        let stage = run.stage(STAGE, n);
        let of_row = |row: usize| {
            let summary = of_logits(logits.row(row)?, Some(given.class(row)));
            Some((summary.class, certainty.of(summary)))
        };
        let rows = in_blocks(n, |start, out| {
            out.iter_mut().enumerate().for_each(|(i, out)| *out = of_row(start + i));
            stage.advance(out.len())
        })?;
        Self::new(rows, k)
    }

    /// The predictions in the rows of `logits`, `(n, k)`, a source of finite numbers that is read in blocks: what
    /// [`from_logits`](Self::from_logits) gives, in 24 bytes a sample, whatever k is.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when n or k differ between the two, [`Error::Cancelled`], and what the source reports.
    pub fn from_logit_rows(
        logits: &dyn EmbeddingSource,
        given: &Labels,
        certainty: Certainty,
        run: &Run<'_>,
    ) -> Result<Self> {
        let (n, k) = logits.shape();
        same_shape((n, k), given)?;
        let stage = run.stage(STAGE, n);
        let rows = in_blocks(n, |start, out| {
            let mut block = Array2::zeros((out.len(), k));
            logits.read_rows(start, block.view_mut())?;
            for (i, (out, row)) in out.iter_mut().zip(block.outer_iter()).enumerate() {
                let summary = of_logits(row, Some(given.class(start + i)));
                *out = Some((summary.class, certainty.of(summary)));
            }
            stage.advance(out.len())
        })?;
        Self::new(rows, k)
    }

    /// The predictions in `probabilities`, `(n, k)`, read in blocks: 24 bytes a sample, whatever k is. A class that ties with
    /// the `given` one, `(n,)`, is not predicted over it.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when n or k differ between the two, [`Error::Cancelled`], and what the source reports.
    pub fn from_probabilities(
        probabilities: &dyn ProbabilitySource,
        given: &Labels,
        certainty: Certainty,
        run: &Run<'_>,
    ) -> Result<Self> {
        let (n, k) = probabilities.shape();
        same_shape((n, k), given)?;
        let prediction = |summary: RowSummary| Some((summary.class, certainty.of(summary)));
        let stage = run.stage(STAGE, n);
        Self::new(of_rows(probabilities, &stage, |row| Some(given.class(row)), prediction)?, k)
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "predictions are never empty")]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
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
    same_class_count("the given labels", k, given.class_count())
}

/// What `value` makes of the summary of every row of `probabilities`, `(n,)`; `stage` counts the rows.
pub(crate) fn of_rows<T: Clone + Default + Send>(
    probabilities: &dyn ProbabilitySource,
    stage: &Stage<'_>,
    preferred: impl Fn(usize) -> Option<usize> + Sync,
    value: impl Fn(RowSummary) -> T + Sync,
) -> Result<Vec<T>> {
    let (n, k) = probabilities.shape();
    in_blocks(n, |start, out| {
        let mut block = Array2::zeros((out.len(), k));
        probabilities.read_rows(start, block.view_mut())?;
        for (i, (out, row)) in out.iter_mut().zip(block.outer_iter()).enumerate() {
            *out = value(of_probabilities(row, preferred(start + i)));
        }
        stage.advance(out.len())
    })
}

/// n values, as `fill(start, values)` fills each block of them.
fn in_blocks<T: Clone + Default + Send>(
    n: usize,
    fill: impl Fn(usize, &mut [T]) -> Result<()> + Sync,
) -> Result<Vec<T>> {
    let mut values = vec![T::default(); n];
    let blocks = values.par_chunks_mut(BLOCK).enumerate();
    blocks.try_for_each(|(block, out)| fill(block * BLOCK, out))?;
    Ok(values)
}
