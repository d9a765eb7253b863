//! What is trained, and on what: the seam behind which any classifier fits.

use std::fmt;

use mislabel_core::checks::{finite_row, rows_in_range, same_length};
use mislabel_core::{EmbeddingSource, Error, Labels, Result, Run};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, CowArray, Ix2, s};

/// Training rows, their labels and, if they differ, their weights.
#[derive(Clone, Copy)]
pub struct TrainingSet<'a> {
    rows: Rows<'a>,
    labels: &'a Labels,
    weights: Option<&'a [f64]>,
    room: u64,
}

impl fmt::Debug for TrainingSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrainingSet")
            .field("shape", &self.shape())
            .field("classes", &self.labels.class_count())
            .field("weighted", &self.weights.is_some())
            .field("room", &self.room)
            .finish_non_exhaustive()
    }
}

/// Where training rows are.
#[derive(Clone, Copy)]
enum Rows<'a> {
    InMemory(ArrayView2<'a, f32>),
    Read(&'a dyn EmbeddingSource),
}

impl<'a> TrainingSet<'a> {
    /// Joins `rows`, `(m, d)`, with `labels`, `(m,)`, and `weights`, `(m,)`, of the samples in the loss (`None`: all
    /// 1).
    ///
    /// # Errors
    /// [`Error::Empty`] without rows or features, [`Error::LengthMismatch`], [`Error::NotFinite`] at the first bad
    /// feature, [`Error::OutOfRange`] at a weight that is negative, NaN or infinite, [`Error::Undefined`] when all
    /// weights are zero.
    pub fn new(rows: ArrayView2<'a, f32>, labels: &'a Labels, weights: Option<&'a [f64]>) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::Empty { what: "training rows" });
        }
        same_length("training labels", rows.nrows(), labels.len())?;
        for (row, values) in rows.outer_iter().enumerate() {
            finite_row("training rows", row, values)?;
        }
        Self::of(Rows::InMemory(rows), labels, weights)
    }

    /// As [`new`](Self::new), of the rows of `source`, `(m, d)`, which are read whenever they are needed.
    ///
    /// # Errors
    /// As [`new`](Self::new), but for the rows: whatever is wrong with them shows when they are read.
    pub fn read(source: &'a dyn EmbeddingSource, labels: &'a Labels, weights: Option<&'a [f64]>) -> Result<Self> {
        same_length("training labels", source.shape().0, labels.len())?;
        Self::of(Rows::Read(source), labels, weights)
    }

    fn of(rows: Rows<'a>, labels: &'a Labels, weights: Option<&'a [f64]>) -> Result<Self> {
        if let Some(weights) = weights {
            check_weights(weights, labels.len())?;
        }
        Ok(Self { rows, labels, weights, room: u64::MAX })
    }

    /// The same, with the number of bytes that a classifier may take for copies of the rows; unlimited otherwise. A
    /// model does not depend on it.
    pub fn with_room(self, bytes: u64) -> Self {
        Self { room: bytes, ..self }
    }

    /// Bytes that a classifier may take for copies of the rows.
    pub fn room(&self) -> u64 {
        self.room
    }

    /// All rows, `(m, d)`, finite: where they are in memory already, without a copy.
    ///
    /// # Errors
    /// As [`EmbeddingSource::read_rows`].
    pub fn rows(&self) -> Result<CowArray<'a, f32, Ix2>> {
        match self.rows {
            Rows::InMemory(rows) => Ok(rows.into()),
            Rows::Read(source) => {
                let mut rows = Array2::zeros(source.shape());
                source.read_rows(0, rows.view_mut())?;
                Ok(rows.into())
            }
        }
    }

    /// The labels, `(m,)`, over all k classes, of which some may be absent.
    pub fn labels(&self) -> &'a Labels {
        self.labels
    }

    /// The sample weights, `(m,)`, finite, not negative and not all 0; `None` when all are 1.
    pub fn weights(&self) -> Option<&'a [f64]> {
        self.weights
    }

    /// The weight of sample `row`.
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// The classes that have a sample of positive weight, ascending: those a classifier can predict.
    pub fn present_classes(&self) -> Vec<u32> {
        let mut present = vec![false; self.labels.class_count()];
        for (row, &label) in self.labels.values().iter().enumerate() {
            present[label as usize] |= self.weight(row) > 0.0;
        }
        (0..self.labels.class_count() as u32).filter(|class| present[*class as usize]).collect()
    }
}

/// The rows alone, `(m, d)`, finite.
impl EmbeddingSource for TrainingSet<'_> {
    fn shape(&self) -> (usize, usize) {
        match self.rows {
            Rows::InMemory(rows) => rows.dim(),
            Rows::Read(source) => source.shape(),
        }
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        match self.rows {
            Rows::InMemory(all) => {
                rows_in_range(all.nrows(), start, out.nrows())?;
                same_length("a row of the reading buffer", all.ncols(), out.ncols())?;
                let end = start + out.nrows();
                out.assign(&all.slice(s![start..end, ..]));
                Ok(())
            }
            Rows::Read(source) => source.read_rows(start, out),
        }
    }

    fn gather(&self, rows: &[u32], mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        let all = match self.rows {
            Rows::InMemory(all) => all,
            Rows::Read(source) => return source.gather(rows, out),
        };
        same_length("the gathering buffer", rows.len(), out.nrows())?;
        same_length("a row of the gathering buffer", all.ncols(), out.ncols())?;
        for (&row, mut out) in rows.iter().zip(out.outer_iter_mut()) {
            rows_in_range(all.nrows(), row as usize, 1)?;
            out.assign(&all.row(row as usize));
        }
        Ok(())
    }
}

/// Checks `weights` of `n` samples: finite, not negative, not all zero.
pub(crate) fn check_weights(weights: &[f64], n: usize) -> Result<()> {
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
pub trait Classifier: Send + Sync {
    /// Trains on `training`. A class without samples of positive weight must be predicted with probability 0.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a parameter that makes no sense, [`Error::Cancelled`] when `progress` says so,
    /// and whatever else the training set lacks for this classifier.
    fn fit(&self, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<Box<dyn ProbabilityModel>>;

    /// The model that [`ProbabilityModel::to_bytes`] made these bytes of, if it was trained on `training`; never,
    /// unless said otherwise.
    fn restored(&self, bytes: &[u8], training: &TrainingSet<'_>) -> Option<Box<dyn ProbabilityModel>> {
        let _ = (bytes, training);
        None
    }
}

impl<C: Classifier + ?Sized> Classifier for &C {
    fn fit(&self, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<Box<dyn ProbabilityModel>> {
        (**self).fit(training, run)
    }

    fn restored(&self, bytes: &[u8], training: &TrainingSet<'_>) -> Option<Box<dyn ProbabilityModel>> {
        (**self).restored(bytes, training)
    }
}

impl<C: Classifier + ?Sized> Classifier for Box<C> {
    fn fit(&self, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<Box<dyn ProbabilityModel>> {
        (**self).fit(training, run)
    }

    fn restored(&self, bytes: &[u8], training: &TrainingSet<'_>) -> Option<Box<dyn ProbabilityModel>> {
        (**self).restored(bytes, training)
    }
}

/// A trained classifier.
pub trait ProbabilityModel: Send + Sync {
    /// Predicted probabilities, `(m, k)`, of `rows`, `(m, d)`: every row a distribution over the k classes.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when d is not that of the training rows.
    fn probabilities(&self, rows: ArrayView2<'_, f32>) -> Result<Array2<f64>>;

    /// The model as bytes for [`Classifier::restored`], so that a checkpoint keeps them instead of 8·k bytes for every
    /// sample that was predicted; none, unless said otherwise.
    fn to_bytes(&self) -> Option<Vec<u8>> {
        None
    }
}
