//! Logits: unnormalized log-probabilities, one row per sample.

use mislabel_core::checks::{finite_row, same_length};
use mislabel_core::{EmbeddingSource, Error, ProbabilityMatrix, Result};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, Zip};

use crate::softmax::softmax;

const WHAT: &str = "logits";

/// Logits of n samples over k classes, `(n, k)`, every value finite; the rows of some samples may be missing.
///
/// The softmax of a row is a distribution over the CLASSES of that one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Logits {
    rows: Array2<f32>,
    missing: Vec<bool>,
}

impl Logits {
    /// Checks `rows`, `(n, k)`, any memory layout. O(n·k).
    ///
    /// # Errors
    /// [`Error::Empty`] when n or k is 0, [`Error::NotFinite`] at the first NaN or infinity.
    pub fn new(rows: Array2<f32>) -> Result<Self> {
        let missing = vec![false; rows.nrows()];
        Self::with_missing(rows, missing)
    }

    /// The same, for samples some of which have no prediction: where `missing`, `(n,)`, is true, the row may hold
    /// anything and is ignored.
    ///
    /// # Errors
    /// As [`new`](Self::new) for the other rows; [`Error::LengthMismatch`].
    pub fn with_missing(rows: Array2<f32>, missing: Vec<bool>) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::Empty { what: WHAT });
        }
        same_length("the mask of missing logits", rows.nrows(), missing.len())?;
        for (row, values) in rows.outer_iter().enumerate().filter(|(row, _)| !missing[*row]) {
            finite_row(WHAT, row, values)?;
        }
        Ok(Self { rows, missing })
    }

    /// All rows of a source of finite numbers, such as a file, `(n, k)`. Takes 4·n·k bytes; [`Softmax`](crate::Softmax) and
    /// [`Predictions::from_logit_rows`](crate::Predictions::from_logit_rows) read them in blocks.
    ///
    /// # Errors
    /// As [`new`](Self::new), and what the source reports.
    pub fn read(source: &dyn EmbeddingSource) -> Result<Self> {
        let mut rows = Array2::zeros(source.shape());
        source.read_rows(0, rows.view_mut())?;
        Self::new(rows)
    }

    /// The softmax of every row: predicted probabilities, `(n, k)`, for methods that want them. O(n·k).
    ///
    /// ```
    /// use mislabel_predictions::Logits;
    /// use ndarray::array;
    ///
    /// let logits = Logits::new(array![[0.0_f32, 3.0_f32.ln()], [1e30, -1e30]])?;
    /// let probabilities = logits.softmax()?;
    /// assert!((probabilities.view()[[0, 1]] - 0.75).abs() < 1e-7);
    /// assert_eq!(probabilities.view().row(1).to_vec(), [1.0, 0.0]);
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Undefined`] when the logits of a sample are missing.
    pub fn softmax(&self) -> Result<ProbabilityMatrix> {
        if self.missing.contains(&true) {
            let reason = "the logits of some samples are missing";
            return Err(Error::Undefined { quantity: "the softmax of all rows", reason });
        }
        let mut probabilities = self.rows.mapv(f64::from);
        Zip::from(probabilities.axis_iter_mut(Axis(0))).par_for_each(softmax);
        ProbabilityMatrix::new(probabilities)
    }

    /// `(n, k)`.
    pub fn shape(&self) -> (usize, usize) {
        self.rows.dim()
    }

    /// The logits of sample `row`, `(k,)`; `None` where they are missing. Panics when `row` ≥ n, as indexing does.
    pub fn row(&self, row: usize) -> Option<ArrayView1<'_, f32>> {
        (!self.missing[row]).then(|| self.rows.row(row))
    }

    /// All rows, `(n, k)`; those of missing predictions hold whatever they were made with.
    pub fn view(&self) -> ArrayView2<'_, f32> {
        self.rows.view()
    }
}
