//! Synthetic predictions of a classifier.

use mislabel_core::checks::{rows_in_range, same_length};
use mislabel_core::{EmbeddingSource, Error, Labels, Result, split_seed};
use ndarray::{ArrayViewMut2, Axis};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;

/// Predicted probabilities, `(n, k)` as f32, of a classifier that knows the true labels to some extent; computed when they
/// are read, like [`ClusteredEmbeddings`](crate::ClusteredEmbeddings).
///
/// The logit of class j is `margin` for the true class, `margin`/2 for the others of its group, 0 elsewhere, plus standard
/// normal noise; probabilities are their softmax. They know nothing of given labels, as if out-of-sample.
///
/// It is an [`EmbeddingSource`] so that it can be written to a file as any f32 matrix.
#[derive(Clone, Copy, Debug)]
pub struct SimulatedPredictions<'a> {
    truth: &'a Labels,
    group: usize,
    margin: f64,
    seed: u64,
}

impl<'a> SimulatedPredictions<'a> {
    /// Predictions for samples of the classes `truth`, `(n,)`, `group` classes being similar, for example
    ///
    /// ```
    /// use mislabel_core::{EmbeddingSource, Labels};
    /// use mislabel_datasets::SimulatedPredictions;
    /// use ndarray::Array2;
    ///
    /// let truth = Labels::new(vec![0, 1, 2, 3], 4)?;
    /// let mut rows = Array2::zeros((4, 4));
    /// SimulatedPredictions::new(&truth, 2, 8.0, 51)?.read_rows(0, rows.view_mut())?;
    /// assert!((rows.row(1).sum() - 1.0).abs() < 1e-6 && rows[[1, 1]] > 0.5);
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Parameter`] for a group of 0, or a margin outside [0, 80].
    pub fn new(truth: &'a Labels, group: usize, margin: f64, seed: u64) -> Result<Self> {
        if group == 0 {
            return Err(Error::parameter("group", 0.0, "at least 1"));
        }
        if !(0.0..=80.0).contains(&margin) {
            return Err(Error::parameter("margin", margin, "in [0, 80]"));
        }
        Ok(Self { truth, group, margin, seed })
    }

    fn logit(&self, truth: usize, class: usize) -> f64 {
        match () {
            () if class == truth => self.margin,
            () if class / self.group == truth / self.group => 0.5 * self.margin,
            () => 0.0,
        }
    }
}

impl EmbeddingSource for SimulatedPredictions<'_> {
    fn shape(&self) -> (usize, usize) {
        (self.truth.len(), self.truth.class_count())
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        let (n, k) = self.shape();
        rows_in_range(n, start, out.nrows())?;
        same_length("a row of the reading buffer", k, out.ncols())?;
        for (i, mut row) in out.axis_iter_mut(Axis(0)).enumerate() {
            let truth = self.truth.class(start + i);
            let mut draws = ChaCha8Rng::seed_from_u64(split_seed(self.seed, &[(start + i) as u64]));
            let mut sum = 0.0_f64;
            for (class, value) in row.iter_mut().enumerate() {
                let noise: f32 = draws.sample(StandardNormal);
                // Less the margin, so that nothing overflows.
                *value = ((self.logit(truth, class) - self.margin) as f32 + noise).exp();
                sum += f64::from(*value);
            }
            let scale = (1.0 / sum) as f32;
            row.mapv_inplace(|value| value * scale);
        }
        Ok(())
    }
}
