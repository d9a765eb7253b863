//! Embeddings of other number types, converted when they are read.

use ndarray::parallel::prelude::*;
use ndarray::{ArrayView2, ArrayViewMut2, Axis, s};

use crate::checks::{rows_in_range, same_length};
use crate::error::{Error, Result};
use crate::inputs::embedding_matrix::EmbeddingMatrix;
use crate::inputs::embeddings::EmbeddingSource;

/// A type of numbers that embeddings may consist of: f64, and with the feature `half` f16 and bf16.
pub trait Feature: Copy + Send + Sync + sealed::Sealed {
    /// The nearest f32; infinite where it is beyond.
    fn to_f32(self) -> f32;

    /// The number itself.
    fn to_f64(self) -> f64;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! feature {
    ($type:ty, $to_f32:expr, $to_f64:expr) => {
        impl sealed::Sealed for $type {}

        impl Feature for $type {
            fn to_f32(self) -> f32 {
                $to_f32(self)
            }

            fn to_f64(self) -> f64 {
                $to_f64(self)
            }
        }
    };
}

feature!(f64, |value| value as f32, |value| value);
#[cfg(feature = "half")]
feature!(half::f16, half::f16::to_f32, half::f16::to_f64);
#[cfg(feature = "half")]
feature!(half::bf16, half::bf16::to_f32, half::bf16::to_f64);

/// Rows that one thread checks at a time.
const CHECKED_ROWS: usize = 256;

/// A view of embeddings in memory whose numbers are f64, f16 or bf16, `(n, d)`: converted to f32 when they are read, so that
/// there is no copy.
///
/// ```
/// use mislabel_core::{ConvertedRows, EmbeddingSource};
/// use ndarray::{Array2, array};
///
/// let rows = array![[0.25, 1.0], [1e39, 0.0]];
/// let error = ConvertedRows::new(rows.view()).unwrap_err().to_string();
/// assert!(error.starts_with("embeddings[1, 0] is 1000000000000000000000000000000000000000, expected a number in"));
///
/// let source = ConvertedRows::new(rows.slice(ndarray::s![..1, ..]))?;
/// let mut read = Array2::zeros((1, 2));
/// source.read_rows(0, read.view_mut())?;
/// assert_eq!(read, array![[0.25_f32, 1.0]]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ConvertedRows<'a, T>(ArrayView2<'a, T>);

impl<'a, T: Feature> ConvertedRows<'a, T> {
    /// Checks `rows`, `(n, d)`, any memory layout. O(n·d).
    ///
    /// # Errors
    /// [`Error::Empty`] when n or d is 0, [`Error::NotFinite`] at the first NaN or infinity, and [`Error::OutOfRange`] at the
    /// first number that f32 cannot hold.
    pub fn new(rows: ArrayView2<'a, T>) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::Empty { what: "embeddings" });
        }
        let blocks = rows.axis_chunks_iter(Axis(0), CHECKED_ROWS).into_par_iter().enumerate();
        match blocks.find_map_first(|(block, rows)| check(block * CHECKED_ROWS, rows).err()) {
            Some(error) => Err(error),
            None => Ok(Self(rows)),
        }
    }

    /// The checked array, `(n, d)`.
    pub fn view(&self) -> ArrayView2<'a, T> {
        self.0
    }

    /// The rows as f32: 4·n·d bytes. Worth it for methods that read the rows several times.
    ///
    /// # Errors
    /// None that [`new`](Self::new) has not reported.
    pub fn to_matrix(&self) -> Result<EmbeddingMatrix> {
        EmbeddingMatrix::new(self.0.mapv(T::to_f32))
    }
}

fn check<T: Feature>(first: usize, rows: ArrayView2<'_, T>) -> Result<()> {
    let Some(((row, column), value)) = rows.indexed_iter().find(|(_, value)| !value.to_f32().is_finite()) else {
        return Ok(());
    };
    let (what, row, value) = ("embeddings", first + row, value.to_f64());
    if !value.is_finite() {
        return Err(Error::NotFinite { what, row, column, value });
    }
    let high = f64::from(f32::MAX);
    Err(Error::OutOfRange { what, row, column, value, low: -high, high })
}

impl<T: Feature> EmbeddingSource for ConvertedRows<'_, T> {
    fn shape(&self) -> (usize, usize) {
        self.0.dim()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        let (n, d) = self.0.dim();
        rows_in_range(n, start, out.nrows())?;
        same_length("a row of the reading buffer", d, out.ncols())?;
        let end = start + out.nrows();
        out.zip_mut_with(&self.0.slice(s![start..end, ..]), |out, value| *out = value.to_f32());
        Ok(())
    }
}

impl EmbeddingMatrix {
    /// Rows of f64, `(n, d)`, rounded to f32.
    ///
    /// # Errors
    /// As [`ConvertedRows::new`]: a number beyond f32 is named with its row and column, and does not become infinite.
    pub fn from_f64(rows: ArrayView2<'_, f64>) -> Result<Self> {
        ConvertedRows::new(rows)?.to_matrix()
    }
}
