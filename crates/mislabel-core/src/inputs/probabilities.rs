//! Predicted probabilities: one distribution over the classes per sample.

use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, s};

use crate::checks::{rows_in_range, same_length, simplex_rows};
use crate::error::{Error, Result};
use crate::forwarding::forward;

/// How far a row of predicted probabilities may sum from 1.
///
/// A softmax over 1,000 classes stored as f16 is off by up to half an ulp per entry, 2⁻¹¹ ≈ 5e-4 in all.
pub const SIMPLEX_TOLERANCE: f64 = 1e-3;

/// Rows that one thread checks at a time.
const CHECKED_ROWS: usize = 256;

/// A source of predicted probabilities that is read in blocks of rows.
///
/// Implementers promise what [`EmbeddingSource`](crate::EmbeddingSource)s do,
/// and that every row lies on the simplex within [`SIMPLEX_TOLERANCE`].
pub trait ProbabilitySource: Send + Sync {
    /// `(n, k)`: samples and classes, both at least 1.
    fn shape(&self) -> (usize, usize);

    /// Fills `out` (`(rows, k)`, standard layout) with the rows from `start` on.
    ///
    /// # Errors
    /// Whatever keeps the source from delivering valid rows, naming the row.
    fn read_rows(&self, start: usize, out: ArrayViewMut2<'_, f64>) -> Result<()>;

    /// All rows, `(n, k)`, any memory layout, where they are in memory already: readers may then skip the copy.
    fn in_memory(&self) -> Option<ArrayView2<'_, f64>> {
        None
    }
}

forward! {
    ProbabilitySource {
        fn shape(&self) -> (usize, usize);
        fn read_rows(&self, start: usize, out: ArrayViewMut2<'_, f64>) -> Result<()>;
        fn in_memory(&self) -> Option<ArrayView2<'_, f64>>;
    }
}

/// A view of predicted probabilities in memory, `(n, k)`: entries in [0, 1], rows summing to 1.
///
/// Most methods need them *out-of-sample*: predicted by a model that did not see the sample's label.
///
/// ```
/// use mislabel_core::PredictedProbabilities;
/// use ndarray::array;
///
/// let rows = array![[0.25, 0.75], [0.9, 0.2]];
/// let error = PredictedProbabilities::new(rows.view()).unwrap_err();
/// assert_eq!(error.to_string(), "predicted probabilities: row 1 sums to 1.1, expected 1");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PredictedProbabilities<'a>(ArrayView2<'a, f64>);

impl<'a> PredictedProbabilities<'a> {
    /// Checks `rows`, `(n, k)`, any memory layout. O(n·k).
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::OutOfRange`] (NaN too) or [`Error::OffSimplex`] at the first bad row.
    pub fn new(rows: ArrayView2<'a, f64>) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::Empty { what: "predicted probabilities" });
        }
        let blocks = rows.axis_chunks_iter(Axis(0), CHECKED_ROWS).into_par_iter().enumerate();
        let check = |(block, rows)| {
            simplex_rows("predicted probabilities", block * CHECKED_ROWS, rows, SIMPLEX_TOLERANCE).err()
        };
        match blocks.find_map_first(check) {
            Some(error) => Err(error),
            None => Ok(Self(rows)),
        }
    }

    /// The checked array, `(n, k)`.
    pub fn view(&self) -> ArrayView2<'a, f64> {
        self.0
    }
}

impl ProbabilitySource for PredictedProbabilities<'_> {
    fn shape(&self) -> (usize, usize) {
        self.0.dim()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f64>) -> Result<()> {
        let (n, k) = self.0.dim();
        rows_in_range(n, start, out.nrows())?;
        same_length("a row of the reading buffer", k, out.ncols())?;
        let end = start + out.nrows();
        out.assign(&self.0.slice(s![start..end, ..]));
        Ok(())
    }

    fn in_memory(&self) -> Option<ArrayView2<'_, f64>> {
        Some(self.0)
    }
}

/// Predicted probabilities that are owned, `(n, k)`: entries in [0, 1], rows summing to 1.
///
/// The evidence that a model hands to a judge of probabilities; [`PredictedProbabilities`] is its borrowed twin.
///
/// ```
/// use mislabel_core::{ProbabilityMatrix, ProbabilitySource};
/// use ndarray::array;
///
/// let probabilities = ProbabilityMatrix::new(array![[0.25, 0.75], [0.9, 0.1]])?;
/// assert_eq!(probabilities.shape(), (2, 2));
/// assert!(ProbabilityMatrix::new(array![[0.25, f64::NAN]]).is_err());
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ProbabilityMatrix(Array2<f64>);

impl ProbabilityMatrix {
    /// Checks `rows`, `(n, k)`, any memory layout. O(n·k).
    ///
    /// # Errors
    /// As [`PredictedProbabilities::new`].
    pub fn new(rows: Array2<f64>) -> Result<Self> {
        PredictedProbabilities::new(rows.view())?;
        Ok(Self(rows))
    }

    /// Probabilities in f32, `(n, k)`, as networks give them.
    ///
    /// ```
    /// use mislabel_core::ProbabilityMatrix;
    /// use ndarray::array;
    ///
    /// let probabilities = ProbabilityMatrix::from_f32(array![[0.25_f32, 0.75], [0.9, 0.1]].view())?;
    /// assert_eq!(probabilities.view()[[0, 1]], 0.75);
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_f32(rows: ArrayView2<'_, f32>) -> Result<Self> {
        Self::new(rows.mapv(f64::from))
    }

    /// One slice or vector per sample, all of length k.
    ///
    /// # Errors
    /// [`Error::RowLength`] at the first row of another length than row 0, and as [`new`](Self::new).
    pub fn from_rows(rows: &[impl AsRef<[f64]>]) -> Result<Self> {
        let expected = rows.first().map_or(0, |row| row.as_ref().len());
        let mut values = Vec::with_capacity(rows.len() * expected);
        for (row, probabilities) in rows.iter().enumerate() {
            let found = probabilities.as_ref().len();
            if found != expected {
                return Err(Error::RowLength { what: "predicted probabilities", row, expected, found });
            }
            values.extend_from_slice(probabilities.as_ref());
        }
        let shape = (rows.len(), expected);
        Self::new(Array2::from_shape_vec(shape, values).expect("there are as many values as the shape says"))
    }

    /// The checked array, `(n, k)`.
    pub fn view(&self) -> ArrayView2<'_, f64> {
        self.0.view()
    }

    /// The array itself, `(n, k)`.
    pub fn into_array(self) -> Array2<f64> {
        self.0
    }
}

impl ProbabilitySource for ProbabilityMatrix {
    fn shape(&self) -> (usize, usize) {
        self.0.dim()
    }

    fn read_rows(&self, start: usize, out: ArrayViewMut2<'_, f64>) -> Result<()> {
        PredictedProbabilities(self.0.view()).read_rows(start, out)
    }

    fn in_memory(&self) -> Option<ArrayView2<'_, f64>> {
        Some(self.0.view())
    }
}
