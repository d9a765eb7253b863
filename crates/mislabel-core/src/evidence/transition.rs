//! The noise transition matrix.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

use crate::checks::{same_length, simplex_rows};
use crate::error::{Error, Result};

/// How far a row of a transition matrix may sum from 1: rounding of f64 sums over many classes, no more.
const ROW_TOLERANCE: f64 = 1e-6;

/// The noise transition matrix T, `(k, k)`: `T[i][j]` = P(given label = j | true label = i); rows sum to 1.
///
/// The orientation is in the constructors: the field writes this matrix both ways round
/// (cleanlab's `noise_matrix` is the transpose).
///
/// ```
/// use mislabel_core::NoiseTransition;
/// use ndarray::array;
///
/// let transition = NoiseTransition::from_true_rows(array![[0.9, 0.1], [0.2, 0.8]])?;
/// assert_eq!(transition.probability(0, 1), 0.1); // truly class 0, given class 1
/// let the_same = NoiseTransition::from_given_rows(array![[0.9, 0.2], [0.1, 0.8]])?;
/// assert_eq!(transition, the_same);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "crate::serialized::Rows<f64>")
)]
pub struct NoiseTransition(
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialized::rows"))] Array2<f64>,
);

impl NoiseTransition {
    /// From a matrix whose rows are true classes and whose columns are given classes; rows sum to 1.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`] when not square, [`Error::OutOfRange`],
    /// [`Error::OffSimplex`] naming the true class whose row does not sum to 1.
    pub fn from_true_rows(matrix: Array2<f64>) -> Result<Self> {
        const WHAT: &str = "the noise transition matrix";
        if matrix.is_empty() {
            return Err(Error::Empty { what: WHAT });
        }
        same_length("a row of the noise transition matrix", matrix.nrows(), matrix.ncols())?;
        simplex_rows(WHAT, 0, matrix.view(), ROW_TOLERANCE)?;
        Ok(Self(matrix))
    }

    /// From the transpose: rows are given classes, columns are true classes, columns sum to 1.
    ///
    /// # Errors
    /// As [`from_true_rows`](Self::from_true_rows), with rows and columns as in the transposed matrix.
    pub fn from_given_rows(matrix: Array2<f64>) -> Result<Self> {
        Self::from_true_rows(matrix.reversed_axes().as_standard_layout().into_owned())
    }

    /// The identity: no noise.
    ///
    /// # Errors
    /// [`Error::Empty`] when `classes` is 0.
    pub fn identity(classes: usize) -> Result<Self> {
        Self::from_true_rows(Array2::eye(classes))
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.0.nrows()
    }

    /// P(given label = `given` | true label = `truth`). Panics when a class is k or more, as indexing does.
    pub fn probability(&self, truth: usize, given: usize) -> f64 {
        self.0[[truth, given]]
    }

    /// The matrix, `(k, k)`, row = true class, column = given class.
    pub fn view(&self) -> ArrayView2<'_, f64> {
        self.0.view()
    }

    /// The noise rate η = Σ_i π_i · (1 − `T[i][i]`) under the distribution `prior` of true classes, `(k,)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when `prior` has not k entries; [`Error::OffSimplex`] or
    /// [`Error::OutOfRange`] when it is no distribution.
    pub fn noise_rate(&self, prior: &[f64]) -> Result<f64> {
        same_length("the class prior", self.class_count(), prior.len())?;
        simplex_rows("the class prior", 0, ArrayView1::from(prior).insert_axis(Axis(0)), ROW_TOLERANCE)?;
        let kept = self.0.diag();
        Ok(prior.iter().zip(kept).map(|(p, kept)| p * (1.0 - kept)).sum())
    }
}
