//! Embeddings in memory, and the trait for embeddings that are anywhere.

use ndarray::{ArrayView2, ArrayViewMut2, s};

use crate::checks::{finite_row, rows_in_range, same_length};
use crate::error::{Error, Result};
use crate::forwarding::forward;

/// A source of embeddings that is read in blocks of rows: an array in memory, a mapped file, a generator.
///
/// Implementers promise that the shape never changes, that a row reads the same every time,
/// that every value written is finite, and that reads may happen from several threads at once.
pub trait EmbeddingSource: Send + Sync {
    /// `(n, d)`: samples and features, both at least 1.
    fn shape(&self) -> (usize, usize);

    /// Fills `out` (`(rows, d)`, standard layout) with the rows from `start` on.
    ///
    /// # Errors
    /// Whatever keeps the source from delivering finite rows, naming the row;
    /// [`Error::OutOfRange`] or [`Error::LengthMismatch`] when the request does not fit the shape.
    fn read_rows(&self, start: usize, out: ArrayViewMut2<'_, f32>) -> Result<()>;

    /// Fills row i of `out` (`(rows.len(), d)`) with row `rows[i]` of the source.
    ///
    /// # Errors
    /// As [`read_rows`](Self::read_rows).
    fn gather(&self, rows: &[u32], mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        same_length("the gathering buffer", rows.len(), out.nrows())?;
        for (i, &row) in rows.iter().enumerate() {
            self.read_rows(row as usize, out.slice_mut(s![i..=i, ..]))?;
        }
        Ok(())
    }
}

forward! {
    EmbeddingSource {
        fn shape(&self) -> (usize, usize);
        fn read_rows(&self, start: usize, out: ArrayViewMut2<'_, f32>) -> Result<()>;
        fn gather(&self, rows: &[u32], out: ArrayViewMut2<'_, f32>) -> Result<()>;
    }
}

/// A view of embeddings in memory, `(n, d)` with n, d ≥ 1, every value finite.
///
/// ```
/// use mislabel_core::{Embeddings, EmbeddingSource};
/// use ndarray::array;
///
/// let rows = array![[0.0_f32, 1.0], [1.0, 0.0]];
/// let embeddings = Embeddings::new(rows.view())?;
/// assert_eq!(embeddings.shape(), (2, 2));
///
/// let broken = array![[0.0_f32, f32::NAN]];
/// let error = Embeddings::new(broken.view()).unwrap_err();
/// assert_eq!(error.to_string(), "embeddings[0, 1] is NaN, expected a finite number");
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Embeddings<'a>(ArrayView2<'a, f32>);

impl<'a> Embeddings<'a> {
    /// Checks `rows`, `(n, d)`, any memory layout. O(n·d).
    ///
    /// # Errors
    /// [`Error::Empty`] when n or d is 0, [`Error::NotFinite`] at the first NaN or infinity.
    pub fn new(rows: ArrayView2<'a, f32>) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::Empty { what: "embeddings" });
        }
        for (row, values) in rows.outer_iter().enumerate() {
            finite_row("embeddings", row, values)?;
        }
        Ok(Self(rows))
    }

    /// n rows of `features` values each, one after the other.
    ///
    /// ```
    /// use mislabel_core::{EmbeddingSource, Embeddings};
    ///
    /// assert_eq!(Embeddings::from_values(&[0.0, 1.0, 1.0, 0.0, 2.0, 2.0], 2)?.shape(), (3, 2));
    /// assert!(Embeddings::from_values(&[0.0, 1.0, 1.0], 2).is_err());
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the values are no whole number of rows, and as [`new`](Self::new).
    pub fn from_values(values: &'a [f32], features: usize) -> Result<Self> {
        if values.is_empty() || features == 0 {
            return Err(Error::Empty { what: "embeddings" });
        }
        let rows = values.len().div_ceil(features);
        same_length("embeddings as rows one after the other", rows * features, values.len())?;
        Self::new(ArrayView2::from_shape((rows, features), values).expect("there are as many values as the shape says"))
    }

    /// Rows that were checked before.
    pub(crate) fn checked(rows: ArrayView2<'a, f32>) -> Self {
        Self(rows)
    }

    /// The checked array, `(n, d)`.
    pub fn view(&self) -> ArrayView2<'a, f32> {
        self.0
    }
}

impl EmbeddingSource for Embeddings<'_> {
    fn shape(&self) -> (usize, usize) {
        self.0.dim()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        let (n, d) = self.0.dim();
        rows_in_range(n, start, out.nrows())?;
        same_length("a row of the reading buffer", d, out.ncols())?;
        let end = start + out.nrows();
        out.assign(&self.0.slice(s![start..end, ..]));
        Ok(())
    }

    fn gather(&self, rows: &[u32], mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        let (n, d) = self.0.dim();
        same_length("the gathering buffer", rows.len(), out.nrows())?;
        same_length("a row of the gathering buffer", d, out.ncols())?;
        for (&row, mut out) in rows.iter().zip(out.outer_iter_mut()) {
            rows_in_range(n, row as usize, 1)?;
            let values = self.0.row(row as usize);
            match (values.as_slice(), out.as_slice_mut()) {
                (Some(values), Some(out)) => out.copy_from_slice(values),
                _ => out.assign(&values),
            }
        }
        Ok(())
    }
}
