//! The confident joint: how often samples given one class are confidently of another.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Labels, ProbabilitySource, Result, Run};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rayon::prelude::*;

use crate::blocks::{class_counts, shared_classes};
use crate::joint::standing::Standing;
use crate::joint::sure_classes::{Lowered, UNSURE};
use crate::joint::thresholds::ConfidentThresholds;
use crate::numpy::rounding::rounded_to_total;
use crate::numpy::summation::pairwise_sum_of;

/// Keeps divisions by an empty class finite.
pub(crate) const TINY: f64 = 1e-100;

/// The confident joint C, `(k, k)`: `C[i][j]` counts samples given class i that are confidently of class j.
///
/// Row = given class, column = true class. Entries are finite and not negative.
///
/// ```
/// use mislabel_confident::ConfidentJoint;
/// use mislabel_core::{Labels, ProbabilityMatrix, Run};
/// use ndarray::array;
///
/// let given = Labels::new(vec![0, 0, 0, 1, 1], 2)?;
/// let probabilities = array![[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7], [0.2, 0.8]];
/// let joint = ConfidentJoint::count(&ProbabilityMatrix::new(probabilities)?, &given, &Run::quiet())?;
/// assert_eq!(joint.view(), array![[2.0, 1.0], [0.0, 1.0]]); // one of class 0 is confidently of class 1
/// assert_eq!(joint.calibrated(&given)?.view(), array![[2.0, 1.0], [0.0, 2.0]]); // rows sum to the label counts
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "mislabel_core::serialized::Rows<f64>")
)]
pub struct ConfidentJoint(
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::rows"))] Array2<f64>,
);

#[cfg(feature = "serde")]
impl TryFrom<mislabel_core::serialized::Rows<f64>> for ConfidentJoint {
    type Error = Error;

    fn try_from(rows: mislabel_core::serialized::Rows<f64>) -> Result<Self> {
        Self::new(rows.into_array()?)
    }
}

impl ConfidentJoint {
    /// A joint that was counted elsewhere, `(k, k)`, row = given class, column = true class.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`] when it is not square, [`Error::OutOfRange`] at the first entry
    /// that is negative, infinite or NaN.
    pub fn new(counts: Array2<f64>) -> Result<Self> {
        const WHAT: &str = "the confident joint";
        if counts.is_empty() {
            return Err(Error::Empty { what: WHAT });
        }
        same_length("a row of the confident joint", counts.nrows(), counts.ncols())?;
        if let Some(((row, column), &value)) = counts.indexed_iter().find(|(_, c)| !(0.0..=f64::MAX).contains(*c)) {
            return Err(Error::OutOfRange { what: WHAT, row, column, value, low: 0.0, high: f64::MAX });
        }
        Ok(Self(counts))
    }

    /// Counts the samples of `probabilities`, `(n, k)` out-of-sample, given the labels `given`, `(n,)`.
    ///
    /// A sample counts as confidently of the one class whose probability reaches its threshold; where several do,
    /// of the most probable class; where none does, not at all. The diagonal is at least 1. Not calibrated.
    ///
    /// # Errors
    /// As [`ConfidentThresholds::estimate`].
    pub fn count(probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<Self> {
        Ok(ConfidentCount::of(probabilities, given, run)?.joint)
    }

    /// As [`count`](Self::count) with the thresholds given, `(k,)`.
    ///
    /// # Errors
    /// As [`count`](Self::count), and [`Error::LengthMismatch`] unless there are k thresholds.
    pub fn count_above(
        probabilities: &dyn ProbabilitySource,
        given: &Labels,
        thresholds: &ConfidentThresholds,
        run: &Run<'_>,
    ) -> Result<Self> {
        let classes = shared_classes(probabilities, given)?;
        same_length("confident thresholds", classes, thresholds.view().len())?;
        let standings = Standing::of_all(probabilities, given, run)?;
        Ok(ConfidentCount::above(thresholds.clone(), standings, probabilities, given, run)?.joint)
    }

    /// The joint of confident classes that were counted elsewhere, `(k, k)`, row = given class, column = confident class:
    /// what [`count`](Self::count) makes of these counts.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of_confident_classes(mut counts: Array2<f64>) -> Result<Self> {
        counts.diag_mut().mapv_inplace(|count| count.max(1.0));
        Self::new(counts)
    }

    /// The counts, `(k, k)`, row = given class, column = true class.
    pub fn view(&self) -> ArrayView2<'_, f64> {
        self.0.view()
    }

    /// The counts themselves, `(k, k)`.
    pub fn into_array(self) -> Array2<f64> {
        self.0
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.0.nrows()
    }

    /// Whole counts whose rows sum to the label counts of `given`, `(n,)`, and which sum to n.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the labels have more than k classes.
    pub fn calibrated(&self, given: &Labels) -> Result<Self> {
        self.clone().into_calibrated(given)
    }

    /// As [`calibrated`](Self::calibrated), by the number of labels of every class, `(k,)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless there are k counts.
    pub fn calibrated_to(&self, label_counts: &[usize]) -> Result<Self> {
        same_length("label counts", self.class_count(), label_counts.len())?;
        let counts: Vec<f64> = label_counts.iter().map(|count| *count as f64).collect();
        Ok(self.clone().scaled_to(&counts, label_counts.iter().sum()))
    }

    /// As [`calibrated`](Self::calibrated), in place.
    pub(crate) fn into_calibrated(self, given: &Labels) -> Result<Self> {
        let counts = self.label_counts(given)?;
        Ok(self.scaled_to(&counts, given.len()))
    }

    fn scaled_to(mut self, counts: &[f64], n: usize) -> Self {
        let rows = self.0.axis_iter_mut(Axis(0)).into_par_iter();
        rows.zip(counts).for_each(|(mut row, count)| {
            let sum = row.sum().max(TINY);
            row.mapv_inplace(|value| value / sum * count);
        });
        let n = n as f64;
        let sum = pairwise_sum_of(&mut by_truth(&self.0), self.0.len()).max(TINY);
        self.0.axis_iter_mut(Axis(0)).into_par_iter().for_each(|mut row| {
            row.mapv_inplace(|value| value / sum * n);
            let rounded = rounded_to_total(&row.to_vec());
            row.assign(&Array1::from(rounded));
        });
        self
    }

    /// The estimated joint distribution P(given = i, true = j), `(k, k)`: calibrated and scaled to sum to 1.
    ///
    /// # Errors
    /// As [`calibrated`](Self::calibrated).
    pub fn distribution(&self, given: &Labels) -> Result<Array2<f64>> {
        let calibrated = self.calibrated(given)?.0;
        let sum = calibrated.sum().max(TINY);
        Ok(calibrated / sum)
    }

    pub(crate) fn label_counts(&self, given: &Labels) -> Result<Vec<f64>> {
        let classes = self.class_count();
        if given.class_count() > classes {
            let (expected, found) = (given.class_count(), classes);
            return Err(Error::LengthMismatch { what: "the confident joint", expected, found });
        }
        Ok(class_counts(given, classes).into_iter().map(|count| count as f64).collect())
    }
}

/// Columns transposed at a time: a row's part of them is two cache lines.
const TILE: usize = 16;

/// The entries of a matrix, `(k, k)`, column by column.
fn by_truth(joint: &Array2<f64>) -> impl Iterator<Item = f64> {
    let tiles = joint.axis_chunks_iter(Axis(1), TILE);
    tiles.flat_map(|columns| {
        let k = columns.nrows();
        let mut entries = vec![0.0; columns.len()];
        for (given, row) in columns.outer_iter().enumerate() {
            for (truth, value) in row.iter().enumerate() {
                entries[truth * k + given] = *value;
            }
        }
        entries
    })
}

/// A confident joint together with what was found out about every sample on the way.
#[derive(Clone, Debug)]
pub(crate) struct ConfidentCount {
    pub(crate) joint: ConfidentJoint,
    /// The class that each sample is confidently of, or [`UNSURE`]; `(n,)`.
    pub(crate) sure: Vec<u32>,
    pub(crate) standings: Vec<Standing>,
    pub(crate) thresholds: ConfidentThresholds,
}

impl ConfidentCount {
    pub(crate) fn of(probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<Self> {
        let classes = shared_classes(probabilities, given)?;
        let standings = Standing::of_all(probabilities, given, run)?;
        let thresholds = ConfidentThresholds::of_standings(&standings, given, classes);
        Self::above(thresholds, standings, probabilities, given, run)
    }

    fn above(
        thresholds: ConfidentThresholds,
        standings: Vec<Standing>,
        probabilities: &dyn ProbabilitySource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<Self> {
        let lowered = Lowered::from(&thresholds);
        let sure = lowered.sure_classes(&standings, probabilities, given, run)?;
        let mut counts = Array2::<f64>::zeros((lowered.class_count(), lowered.class_count()));
        for (&label, &class) in given.values().iter().zip(&sure).filter(|(_, class)| **class != UNSURE) {
            counts[[label as usize, class as usize]] += 1.0;
        }
        counts.diag_mut().mapv_inplace(|count| count.max(1.0));
        Ok(Self { joint: ConfidentJoint(counts), sure, standings, thresholds })
    }

    /// The samples that are confidently of another class than the given one and not nearly predicted as given, `(n,)`.
    pub(crate) fn off_diagonal(&self, given: &Labels) -> Vec<bool> {
        let is_off = |((standing, &sure), &label): ((&Standing, &u32), &u32)| {
            sure != UNSURE && sure != label && !standing.is_nearly_predicted(label as usize)
        };
        self.standings.iter().zip(&self.sure).zip(given.values()).map(is_off).collect()
    }
}
