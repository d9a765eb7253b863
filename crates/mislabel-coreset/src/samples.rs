//! What importance is measured on: rows, given labels, and what else is known of the samples.

use std::fmt;

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{EmbeddingSource, Error, Labels, ProbabilitySource, Result, Run};
use ndarray::{Array1, Array2, ArrayView1};
use rayon::prelude::*;

/// Rows read at a time.
const BLOCK: usize = 512;

/// The greatest weight or loss: sums of as many as fit into memory stay finite, and so do their squares.
pub(crate) const MOST: f64 = 1e100;

/// n samples: embeddings, `(n, d)`, given labels, `(n,)`, and optionally weights and losses, `(n,)` each.
#[derive(Clone, Copy)]
pub struct Samples<'a> {
    embeddings: &'a dyn EmbeddingSource,
    given: &'a Labels,
    weights: Option<ArrayView1<'a, f64>>,
    losses: Option<ArrayView1<'a, f64>>,
}

impl fmt::Debug for Samples<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut samples = f.debug_struct("Samples");
        samples.field("shape", &self.embeddings.shape()).field("classes", &self.given.class_count());
        samples.field("weighted", &self.weights.is_some()).field("with_losses", &self.losses.is_some());
        samples.finish_non_exhaustive()
    }
}

impl<'a> Samples<'a> {
    /// Samples of weight 1, without losses.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the two differ in length.
    pub fn new(embeddings: &'a dyn EmbeddingSource, given: &'a Labels) -> Result<Self> {
        same_length("given labels", embeddings.shape().0, given.len())?;
        Ok(Self { embeddings, given, weights: None, losses: None })
    }

    /// The same samples with `weights`, `(n,)`: each stands for so many.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::OutOfRange`] at a weight that is negative, NaN or above 1e100;
    /// [`Error::Undefined`] when all are 0.
    pub fn with_weights(self, weights: ArrayView1<'a, f64>) -> Result<Self> {
        checked("sample weights", weights, self.given.len())?;
        if weights.iter().all(|weight| *weight == 0.0) {
            let reason = "every sample has weight 0";
            return Err(Error::Undefined { quantity: "importance", reason });
        }
        Ok(Self { weights: Some(weights), ..self })
    }

    /// The same samples with the `losses`, `(n,)`, of their given labels under some model; [`log_losses`] has the usual
    /// ones.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::OutOfRange`] at a loss that is negative, NaN or above 1e100.
    pub fn with_losses(self, losses: ArrayView1<'a, f64>) -> Result<Self> {
        checked("losses", losses, self.given.len())?;
        Ok(Self { losses: Some(losses), ..self })
    }

    /// The embeddings, `(n, d)`.
    pub fn embeddings(&self) -> &'a dyn EmbeddingSource {
        self.embeddings
    }

    /// The given labels, `(n,)`.
    pub fn given(&self) -> &'a Labels {
        self.given
    }

    /// The weight of sample `row`, 1 unless weights were given. Panics when `row` ≥ n, as indexing does.
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// The losses, `(n,)`, if any were given.
    pub fn losses(&self) -> Option<ArrayView1<'a, f64>> {
        self.losses
    }

    /// Σ of the weights.
    pub(crate) fn total_weight(&self) -> f64 {
        self.weights.map_or(self.given.len() as f64, |weights| weights.sum())
    }
}

pub(crate) fn checked(what: &'static str, values: ArrayView1<'_, f64>, n: usize) -> Result<()> {
    same_length(what, n, values.len())?;
    match values.iter().position(|value| !(0.0..=MOST).contains(value)) {
        Some(row) => Err(Error::OutOfRange { what, row, column: 0, value: values[row], low: 0.0, high: MOST }),
        None => Ok(()),
    }
}

/// The logarithmic loss of every given label, `(n,)`: −ln of its probability in `probabilities`, `(n, k)`, read in blocks.
///
/// Probabilities below 1e-15 count as 1e-15, a loss of 34.5, so that no loss is infinite. Losses of a model that has
/// learnt the given labels by heart say nothing: take out-of-sample probabilities.
///
/// ```
/// use mislabel_core::{Labels, PredictedProbabilities, Run};
/// use mislabel_coreset::log_losses;
/// use ndarray::array;
///
/// let probabilities = array![[0.5, 0.5], [1.0, 0.0]];
/// let probabilities = PredictedProbabilities::new(probabilities.view())?;
/// let losses = log_losses(&probabilities, &Labels::new(vec![0, 0], 2)?, &Run::quiet())?;
/// assert_eq!(losses, array![2.0_f64.ln(), 0.0]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::LengthMismatch`] when n or k differ between the two, [`Error::Cancelled`], and what the source reports.
pub fn log_losses(probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<Array1<f64>> {
    let loss = |row: usize, probabilities: ArrayView1<'_, f64>| log_loss(probabilities[given.class(row)]);
    Ok(Array1::from(of_probability_rows(probabilities, given, run, loss)?))
}

/// −ln p, p at least 1e-15 and at most 1.
pub(crate) fn log_loss(probability: f64) -> f64 {
    (-probability.clamp(1e-15, 1.0).ln()).max(0.0)
}

/// `value(row, probabilities of the row)` of every row of `probabilities`, `(n, k)`; blocks run in parallel.
pub(crate) fn of_probability_rows<T: Clone + Default + Send>(
    probabilities: &dyn ProbabilitySource,
    given: &Labels,
    run: &Run<'_>,
    value: impl Fn(usize, ArrayView1<'_, f64>) -> T + Sync,
) -> Result<Vec<T>> {
    let (n, k) = probabilities.shape();
    same_length("given labels", n, given.len())?;
    same_class_count("the given labels", k, given.class_count())?;
    let stage = run.stage("reading probabilities", n);
    let mut values = vec![T::default(); n];
    values.par_chunks_mut(BLOCK).enumerate().try_for_each(|(block, out)| -> Result<()> {
        let mut rows = Array2::zeros((out.len(), k));
        probabilities.read_rows(block * BLOCK, rows.view_mut())?;
        let pairs = out.iter_mut().zip(rows.outer_iter()).enumerate();
        pairs.for_each(|(i, (out, row))| *out = value(block * BLOCK + i, row));
        stage.advance(rows.nrows())
    })?;
    Ok(values)
}
