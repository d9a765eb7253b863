//! Confident thresholds: how probable a class must be for a sample to count as confidently of that class.

use mislabel_core::{Error, Labels, ProbabilitySource, Result, Run};
use ndarray::{Array1, ArrayView1};

use crate::blocks::{class_counts, shared_classes};
use crate::joint::standing::Standing;
use crate::numpy::summation::pairwise_sum;

/// Least threshold: a class never predicted at all would otherwise be "confident" everywhere.
const LEAST: f64 = 2e-6;
/// The threshold of a class without samples, which no probability reaches.
const UNREACHABLE: f64 = 2.0;
/// How far below its threshold a probability still counts.
pub(crate) const TOLERANCE: f64 = 1e-6;

/// One threshold per class, t_j = mean of P_j over the samples given class j (Northcutt et al. 2021, equation 2).
///
/// At least 2e-6; 2, which no probability reaches, for a class without samples.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfidentThresholds(Array1<f64>);

impl ConfidentThresholds {
    /// The thresholds of `probabilities`, `(n, k)`, which must be out-of-sample, under the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the lengths differ, [`Error::LabelOutOfRange`] for a label without a column,
    /// [`Error::TooFewClasses`] when k < 2, [`Error::Cancelled`], and what reading the probabilities fails with.
    pub fn estimate(probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<Self> {
        let classes = shared_classes(probabilities, given)?;
        Ok(Self::of_standings(&Standing::of_all(probabilities, given, run)?, given, classes))
    }

    /// Thresholds chosen by the caller, `(k,)`.
    ///
    /// # Errors
    /// [`Error::Empty`], or [`Error::OutOfRange`] at the first threshold that is negative, NaN or above 2.
    pub fn new(thresholds: Array1<f64>) -> Result<Self> {
        const WHAT: &str = "confident thresholds";
        if thresholds.is_empty() {
            return Err(Error::Empty { what: WHAT });
        }
        if let Some(row) = thresholds.iter().position(|t| !(0.0..=UNREACHABLE).contains(t)) {
            let value = thresholds[row];
            return Err(Error::OutOfRange { what: WHAT, row, column: 0, value, low: 0.0, high: UNREACHABLE });
        }
        Ok(Self(thresholds))
    }

    /// The thresholds of means that were taken elsewhere, `(k,)`: of P_j over the samples given class j, `None` of none.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of_means(means: &[Option<f64>]) -> Result<Self> {
        let means = Self::new(means.iter().map(|mean| mean.unwrap_or(UNREACHABLE)).collect())?;
        Ok(Self(means.0.mapv_into(|mean| mean.max(LEAST))))
    }

    /// The thresholds, `(k,)`.
    pub fn view(&self) -> ArrayView1<'_, f64> {
        self.0.view()
    }

    pub(crate) fn of_standings(standings: &[Standing], given: &Labels, classes: usize) -> Self {
        let own = OwnByClass::gather(standings, given, classes);
        Self((0..classes).map(|class| mean(own.of(class)).map_or(UNREACHABLE, |mean| mean.max(LEAST))).collect())
    }
}

/// The probabilities of the given labels, grouped by class, each class's in order of the samples.
struct OwnByClass {
    values: Vec<f64>,
    starts: Vec<usize>,
}

impl OwnByClass {
    fn gather(standings: &[Standing], given: &Labels, classes: usize) -> Self {
        let mut starts = vec![0; classes + 1];
        for (class, count) in class_counts(given, classes).into_iter().enumerate() {
            starts[class + 1] = starts[class] + count;
        }
        let (mut next, mut values) = (starts.clone(), vec![0.0; standings.len()]);
        for (standing, &label) in standings.iter().zip(given.values()) {
            values[next[label as usize]] = standing.own;
            next[label as usize] += 1;
        }
        Self { values, starts }
    }

    fn of(&self, class: usize) -> &[f64] {
        &self.values[self.starts[class]..self.starts[class + 1]]
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| pairwise_sum(values) / values.len() as f64)
}
