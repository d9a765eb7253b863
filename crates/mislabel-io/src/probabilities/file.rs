//! Predicted probabilities in files.

use std::path::Path;

use mislabel_core::checks::{rows_in_range, same_length, simplex_rows};
use mislabel_core::{ProbabilitySource, SIMPLEX_TOLERANCE};
use ndarray::{Array2, ArrayView1, ArrayViewMut2};

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::matrix::{Content, Opened, matrix};
use crate::issues::table::SampleColumn;
use crate::probabilities::rounding::unrounded;
use crate::storage::stored_array::Backing;
use crate::table::role::Understanding;

/// Predicted probabilities in a file, `(n, k)`; the formats are those of [`EmbeddingFile`](crate::EmbeddingFile).
///
/// Rows are converted to f64 and checked when they are read: entries in [0, 1] whose sum is 1 within
/// [`SIMPLEX_TOLERANCE`]. Rows that are off by no more than their few digits explain (`0.33,0.33,0.33`) are divided by their
/// sum, and entries below 0 by no more than the tolerance are 0.
///
/// ```
/// use mislabel_core::ProbabilitySource;
/// use mislabel_io::{ReadOptions, ProbabilityFile, write_npy};
/// use ndarray::array;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("pred_probs.npy");
/// write_npy(&path, array![[0.25, 0.75], [0.9, 0.2]].view())?;
///
/// let probabilities = ProbabilityFile::open(&path, &ReadOptions::default())?;
/// assert_eq!(probabilities.shape(), (2, 2));
/// let error = probabilities.to_array().unwrap_err().to_string();
/// assert!(error.ends_with("pred_probs.npy: predicted probabilities: row 1 sums to 1.1, expected 1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ProbabilityFile(Opened);

impl ProbabilityFile {
    /// Opens the file at `path`; its extension tells the format.
    ///
    /// # Errors
    /// As [`EmbeddingFile::open`](crate::EmbeddingFile::open).
    pub fn open(path: impl AsRef<Path>, choice: &ReadOptions) -> Result<Self> {
        matrix(path.as_ref(), choice, Content::Predictions).map(Self)
    }

    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        self.0.stack.path()
    }

    /// Where the data are.
    pub fn residence(&self) -> Backing {
        self.0.stack.residence()
    }

    /// What was read as what.
    pub fn understanding(&self) -> &Understanding {
        &self.0.understanding
    }

    /// The names of the columns, `(k,)`, where a table has a name for each.
    pub fn column_names(&self) -> Option<&[String]> {
        self.0.names.as_deref()
    }

    /// The column of ids of the samples, `(n,)`, where a table has one.
    pub fn ids(&self) -> Option<&SampleColumn> {
        self.0.ids.first()
    }

    /// All columns that tell the samples apart, `(n,)` each, best first: a table may have an index beside its ids.
    pub fn id_columns(&self) -> &[SampleColumn] {
        &self.0.ids
    }

    /// The same with row i taken from row `rows[i]`. Panics at a row of n or more.
    #[must_use]
    pub fn with_rows(self, rows: Vec<u32>) -> Self {
        let stack = self.0.stack.with_rows(rows);
        Self(Opened { stack, ..self.0 })
    }

    /// The same with column i taken from column `order[i]`. Panics at a column of k or more.
    #[must_use]
    pub fn with_columns(self, order: Vec<usize>) -> Self {
        let stack = self.0.stack.with_columns(order);
        Self(Opened { stack, ..self.0 })
    }

    /// Whether there are fewer rows than columns, and the columns sum to 1 as rows should.
    fn is_transposed(&self) -> bool {
        let (n, k) = self.shape();
        let mut rows = Array2::zeros((if n < k { n } else { 0 }, k));
        let is_read = n < k && self.0.stack.read(0, &mut rows.view_mut(), false).is_ok();
        let sums_to_one = |column: ArrayView1<'_, f64>| (column.sum() - 1.0).abs() < 0.02;
        is_read
            && rows.iter().all(|value| (-0.01..=1.01).contains(value))
            && rows.columns().into_iter().all(sums_to_one)
    }

    /// All rows, `(n, k)`, in memory.
    ///
    /// # Errors
    /// As [`read_rows`](ProbabilitySource::read_rows).
    pub fn to_array(&self) -> mislabel_core::Result<Array2<f64>> {
        let mut rows = Array2::zeros(self.shape());
        self.read_rows(0, rows.view_mut())?;
        Ok(rows)
    }
}

/// The error of a row that is no distribution; values far from [0, 1] are likely percentages or logits.
fn refusal(path: &Path, cause: mislabel_core::Error, sum: impl Fn(usize) -> f64) -> Error {
    match cause {
        mislabel_core::Error::OutOfRange { row, column, value, .. }
            if value.is_finite() && !(-0.5..=1.5).contains(&value) =>
        {
            let requirement = match value >= 0.0 && (sum(row) - PERCENT).abs() < 1.0 {
                true => "lie in [0, 1]; the row sums to 100: if these are percentages, divide them by 100",
                false => "lie in [0, 1]; if these are logits, name the file with --logits",
            };
            let (path, column, value) = (path.into(), column.to_string(), value.to_string());
            Error::Value { path, row, column, value, requirement }
        }
        cause => Error::content(path)(cause),
    }
}

/// What percentages sum to.
const PERCENT: f64 = 100.0;

impl ProbabilitySource for ProbabilityFile {
    fn shape(&self) -> (usize, usize) {
        self.0.stack.shape()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f64>) -> mislabel_core::Result<()> {
        let (n, k) = self.shape();
        rows_in_range(n, start, out.nrows())?;
        same_length("a row of the reading buffer", k, out.ncols())?;
        self.0.stack.read(start, &mut out, false)?;
        out.rows_mut().into_iter().for_each(unrounded);
        simplex_rows("predicted probabilities", start, out.view(), SIMPLEX_TOLERANCE).map_err(|error| {
            if self.is_transposed() {
                let requirement = "have a row for every sample: its columns sum to 1, transpose it";
                return Error::Shape { path: self.path().into(), shape: vec![n, k], requirement }.into();
            }
            refusal(self.path(), error, |row| out.row(row - start).sum()).into()
        })
    }
}
