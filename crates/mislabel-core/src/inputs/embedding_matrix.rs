//! Embeddings that are owned, from whatever is in memory.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use crate::error::{Error, Result};
use crate::inputs::embeddings::{EmbeddingSource, Embeddings};

/// Embeddings in memory that are owned, `(n, d)` with n, d ≥ 1, every value finite: what a struct keeps, or a thread takes.
///
/// [`Embeddings`] is the borrowed twin.
///
/// ```
/// use mislabel_core::{EmbeddingMatrix, EmbeddingSource};
/// use ndarray::array;
///
/// let from_rows = EmbeddingMatrix::from_rows(&[vec![0.0, 1.0], vec![1.0, 0.0]])?;
/// let from_values = EmbeddingMatrix::from_values(vec![0.0, 1.0, 1.0, 0.0], 2)?;
/// let from_doubles = EmbeddingMatrix::from_f64(array![[0.0, 1.0], [1.0, 0.0]].view())?;
/// assert_eq!(from_rows, from_values);
/// assert_eq!(from_rows, from_doubles);
///
/// let ragged = EmbeddingMatrix::from_rows(&[vec![0.0, 1.0], vec![1.0]]).unwrap_err();
/// assert_eq!(ragged.to_string(), "embeddings: row 1 has 1 entries, expected 2");
/// let overflow = EmbeddingMatrix::from_f64(array![[0.0, 1e300]].view()).unwrap_err();
/// assert!(overflow.to_string().starts_with("embeddings[0, 1] is 1000000"));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddingMatrix(Array2<f32>);

impl EmbeddingMatrix {
    /// Checks `rows`, `(n, d)`, any memory layout. O(n·d).
    ///
    /// # Errors
    /// As [`Embeddings::new`].
    pub fn new(rows: Array2<f32>) -> Result<Self> {
        Embeddings::new(rows.view())?;
        Ok(Self(rows))
    }

    /// n rows of `features` values each, one after the other.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the values are no whole number of rows, and as [`new`](Self::new).
    pub fn from_values(values: Vec<f32>, features: usize) -> Result<Self> {
        let shape = Embeddings::from_values(&values, features)?.shape();
        Ok(Self(Array2::from_shape_vec(shape, values).expect("there are as many values as the shape says")))
    }

    /// One slice or vector per sample, all of the same length.
    ///
    /// # Errors
    /// [`Error::RowLength`] at the first row of another length than row 0, and as [`new`](Self::new).
    pub fn from_rows(rows: &[impl AsRef<[f32]>]) -> Result<Self> {
        let expected = rows.first().map_or(0, |row| row.as_ref().len());
        let mut values = Vec::with_capacity(rows.len() * expected);
        for (row, features) in rows.iter().enumerate() {
            let found = features.as_ref().len();
            if found != expected {
                return Err(Error::RowLength { what: "embeddings", row, expected, found });
            }
            values.extend_from_slice(features.as_ref());
        }
        Self::from_values(values, expected)
    }

    /// All rows of a source, in memory: 4·n·d bytes.
    ///
    /// # Errors
    /// Those of the source.
    pub fn read(source: &dyn EmbeddingSource) -> Result<Self> {
        let mut rows = Array2::zeros(source.shape());
        source.read_rows(0, rows.view_mut())?;
        Self::new(rows)
    }

    /// The checked array, `(n, d)`.
    pub fn view(&self) -> ArrayView2<'_, f32> {
        self.0.view()
    }

    /// The borrowed twin. It is not checked again.
    pub fn embeddings(&self) -> Embeddings<'_> {
        Embeddings::checked(self.0.view())
    }

    /// The array itself, `(n, d)`.
    pub fn into_array(self) -> Array2<f32> {
        self.0
    }
}

impl EmbeddingSource for EmbeddingMatrix {
    fn shape(&self) -> (usize, usize) {
        self.0.dim()
    }

    fn read_rows(&self, start: usize, out: ArrayViewMut2<'_, f32>) -> Result<()> {
        self.embeddings().read_rows(start, out)
    }

    fn gather(&self, rows: &[u32], out: ArrayViewMut2<'_, f32>) -> Result<()> {
        self.embeddings().gather(rows, out)
    }
}
