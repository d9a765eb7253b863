//! What is trained, and on what: the seam behind which any classifier fits.

use mislabel_core::{Error, Labels, Progress, Result, finite_row, same_length};
use ndarray::{Array2, ArrayView1, ArrayView2};

/// Training rows, their labels and, if they differ, their weights.
#[derive(Clone, Copy, Debug)]
pub struct TrainingSet<'a> {
    rows: ArrayView2<'a, f32>,
    labels: &'a Labels,
    weights: Option<ArrayView1<'a, f64>>,
}

impl<'a> TrainingSet<'a> {
    /// Joins `rows`, `(m, d)`, with `labels`, `(m,)`, and `weights`, `(m,)`, of the samples in the loss (`None`: all 1).
    ///
    /// # Errors
    /// [`Error::Empty`] without rows or features, [`Error::LengthMismatch`], [`Error::NotFinite`] at the first bad
    /// feature, [`Error::OutOfRange`] at a weight that is negative, NaN or infinite, [`Error::Undefined`] when all
    /// weights are zero.
    pub fn new(rows: ArrayView2<'a, f32>, labels: &'a Labels, weights: Option<ArrayView1<'a, f64>>) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::Empty { what: "training rows" });
        }
        same_length("training labels", rows.nrows(), labels.len())?;
        for (row, values) in rows.outer_iter().enumerate() {
            finite_row("training rows", row, values)?;
        }
        if let Some(weights) = weights {
            check_weights(weights, labels.len())?;
        }
        Ok(Self { rows, labels, weights })
    }

    /// The rows, `(m, d)`, finite, m, d ≥ 1.
    pub fn rows(&self) -> ArrayView2<'a, f32> {
        self.rows
    }

    /// The labels, `(m,)`, over all k classes, of which some may be absent.
    pub fn labels(&self) -> &'a Labels {
        self.labels
    }

    /// The sample weights, `(m,)`, finite, not negative and not all 0; `None` when all are 1.
    pub fn weights(&self) -> Option<ArrayView1<'a, f64>> {
        self.weights
    }

    /// The weight of sample `row`.
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// The classes that have a sample of positive weight, ascending: those a classifier can predict.
    pub fn present_classes(&self) -> Vec<u32> {
        let mut present = vec![false; self.labels.classes()];
        for (row, &label) in self.labels.values().iter().enumerate() {
            present[label as usize] |= self.weight(row) > 0.0;
        }
        (0..self.labels.classes() as u32).filter(|class| present[*class as usize]).collect()
    }
}

/// Checks `weights` of `n` samples: finite, not negative, not all zero.
pub(crate) fn check_weights(weights: ArrayView1<'_, f64>, n: usize) -> Result<()> {
    const WHAT: &str = "sample weights";
    same_length(WHAT, n, weights.len())?;
    if let Some(row) = weights.iter().position(|weight| !(0.0..=MOST_WEIGHT).contains(weight)) {
        let value = weights[row];
        return Err(Error::OutOfRange { what: WHAT, row, column: 0, value, low: 0.0, high: MOST_WEIGHT });
    }
    if weights.iter().all(|weight| *weight == 0.0) {
        return Err(Error::Undefined { quantity: "a weighted loss", reason: "every sample has weight 0" });
    }
    Ok(())
}

/// The greatest sample weight: sums of as many as fit into memory stay finite.
const MOST_WEIGHT: f64 = 1e100;

/// A way to train a classifier that predicts probabilities.
///
/// Implementers promise the same model for the same training set on any number of threads, and a model that depends
/// on nothing but the training set (and their own parameters): no state is kept between fits, because the
/// probabilities of [`Probe`](crate::Probe) are out-of-sample only then.
pub trait Classifier: Sync {
    /// Trains on `training`. A class without samples of positive weight must be predicted with probability 0.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a parameter that makes no sense, [`Error::Cancelled`] when `progress` says so,
    /// and whatever else the training set lacks for this classifier.
    fn fit(&self, training: &TrainingSet<'_>, progress: &dyn Progress) -> Result<Box<dyn ProbabilityModel>>;
}

impl<C: Classifier + ?Sized> Classifier for &C {
    fn fit(&self, training: &TrainingSet<'_>, progress: &dyn Progress) -> Result<Box<dyn ProbabilityModel>> {
        (**self).fit(training, progress)
    }
}

impl<C: Classifier + ?Sized> Classifier for Box<C> {
    fn fit(&self, training: &TrainingSet<'_>, progress: &dyn Progress) -> Result<Box<dyn ProbabilityModel>> {
        (**self).fit(training, progress)
    }
}

/// A trained classifier.
pub trait ProbabilityModel: Send + Sync {
    /// Predicted probabilities, `(m, k)`, of `rows`, `(m, d)`: every row a distribution over the k classes.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when d is not that of the training rows.
    fn probabilities(&self, rows: ArrayView2<'_, f32>) -> Result<Array2<f64>>;
}
