//! Predicted probabilities: one distribution over the classes per sample.

use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut2, Axis, s};

use crate::{Error, Result, rows_in_range, same_length};

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
pub trait ProbabilitySource: Sync {
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
/// assert_eq!(error.to_string(), "predicted probabilities sums to 1.1 in row 1: it must sum to 1");
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

/// Checks that every row of `rows` is a distribution: entries in [0, 1] that sum to 1 within `tolerance`.
/// `first` is the number of the first row, for messages when `rows` is a block of a larger array.
///
/// # Errors
/// [`Error::OutOfRange`] (NaN too) or [`Error::OffSimplex`], naming the row.
pub fn simplex_rows(what: &'static str, first: usize, rows: ArrayView2<'_, f64>, tolerance: f64) -> Result<()> {
    for (i, row) in rows.outer_iter().enumerate() {
        if !row.to_slice().is_some_and(|row| is_plainly_simplex(row, tolerance)) {
            simplex_row(what, first + i, row, tolerance)?;
        }
    }
    Ok(())
}

fn simplex_row(what: &'static str, row: usize, values: ArrayView1<'_, f64>, tolerance: f64) -> Result<()> {
    // A rounding error above 1 is no defect of the data; anything beyond the tolerance is.
    let bad = values.iter().position(|p| !(0.0..=1.0 + tolerance).contains(p));
    if let Some(column) = bad {
        return Err(Error::OutOfRange { what, row, column, value: values[column], low: 0.0, high: 1.0 });
    }
    let sum = values.sum();
    if (sum - 1.0).abs() > tolerance {
        return Err(Error::OffSimplex { what, row, sum });
    }
    Ok(())
}

/// The check of [`simplex_row`] without saying what is wrong: eight lanes, so that it compiles to vector instructions.
fn is_plainly_simplex(row: &[f64], tolerance: f64) -> bool {
    let (mut least, mut greatest, mut sums) = ([0.0_f64; 8], [0.0_f64; 8], [0.0_f64; 8]);
    let (chunks, rest) = row.as_chunks::<8>();
    let mut last = [0.0; 8];
    last[..rest.len()].copy_from_slice(rest);
    for chunk in chunks.iter().chain([&last]) {
        for (lane, &value) in chunk.iter().enumerate() {
            least[lane] = if value < least[lane] { value } else { least[lane] };
            greatest[lane] = if value > greatest[lane] { value } else { greatest[lane] };
            sums[lane] += value;
        }
    }
    // A NaN makes the sum NaN, which is within no tolerance.
    let in_range = least.iter().all(|p| *p >= 0.0) && greatest.iter().all(|p| *p <= 1.0 + tolerance);
    in_range && (sums.iter().sum::<f64>() - 1.0).abs() <= tolerance
}
