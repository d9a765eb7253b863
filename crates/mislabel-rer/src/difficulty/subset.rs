//! Some rows of a source of embeddings, as a source of its own.

use std::fmt;

use mislabel_core::checks::rows_in_range;
use mislabel_core::{EmbeddingSource, Error, Result};
use ndarray::ArrayViewMut2;

/// The rows `rows` of another source, in that order; a row may come more than once.
///
/// ```
/// use mislabel_core::{Embeddings, EmbeddingSource};
/// use mislabel_rer::Subset;
/// use ndarray::{Array2, array};
///
/// let all = array![[0.0_f32], [1.0], [2.0]];
/// let all = Embeddings::new(all.view())?;
/// let subset = Subset::new(&all, vec![2, 0])?;
/// let mut rows = Array2::zeros(subset.shape());
/// subset.read_rows(0, rows.view_mut())?;
/// assert_eq!(rows, array![[2.0], [0.0]]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
pub struct Subset<'a> {
    source: &'a dyn EmbeddingSource,
    rows: Vec<u32>,
}

impl fmt::Debug for Subset<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Subset").field("source", &self.source.shape()).field("rows", &self.rows).finish()
    }
}

impl<'a> Subset<'a> {
    /// The rows `rows`, each below the n of `source`.
    ///
    /// # Errors
    /// [`Error::Empty`] without rows, [`Error::OutOfRange`] naming the first row of n or more.
    pub fn new(source: &'a dyn EmbeddingSource, rows: Vec<u32>) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::Empty { what: "the subset" });
        }
        let (n, _) = source.shape();
        if let Some(place) = rows.iter().position(|row| *row as usize >= n) {
            let (value, high) = (f64::from(rows[place]), n as f64 - 1.0);
            return Err(Error::OutOfRange { what: "the subset's rows", row: place, column: 0, value, low: 0.0, high });
        }
        Ok(Self { source, rows })
    }
}

impl EmbeddingSource for Subset<'_> {
    fn shape(&self) -> (usize, usize) {
        (self.rows.len(), self.source.shape().1)
    }

    fn read_rows(&self, start: usize, out: ArrayViewMut2<'_, f32>) -> Result<()> {
        rows_in_range(self.rows.len(), start, out.nrows())?;
        self.source.gather(&self.rows[start..start + out.nrows()], out)
    }

    fn gather(&self, rows: &[u32], out: ArrayViewMut2<'_, f32>) -> Result<()> {
        let original = |row: &u32| {
            rows_in_range(self.rows.len(), *row as usize, 1)?;
            Ok(self.rows[*row as usize])
        };
        self.source.gather(&rows.iter().map(original).collect::<Result<Vec<u32>>>()?, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::Embeddings;
    use ndarray::{Array2, array};

    #[test]
    fn rows_outside_the_source_or_the_subset_are_errors() {
        let all = array![[0.0_f32], [1.0]];
        let all = Embeddings::new(all.view()).unwrap();
        assert!(matches!(Subset::new(&all, vec![]), Err(Error::Empty { .. })));
        assert!(matches!(Subset::new(&all, vec![0, 2]), Err(Error::OutOfRange { row: 1, .. })));
        let subset = Subset::new(&all, vec![1, 1, 0]).unwrap();
        let mut out = Array2::zeros((2, 1));
        assert!(subset.read_rows(2, out.view_mut()).is_err());
        assert!(subset.gather(&[0, 3], out.view_mut()).is_err());
        subset.gather(&[2, 0], out.view_mut()).unwrap();
        assert_eq!(out, array![[0.0], [1.0]]);
    }
}
