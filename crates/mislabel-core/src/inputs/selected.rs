//! Some rows of a source, in any order.

use ndarray::{ArrayViewMut2, s};

use crate::checks::{rows_in_range, same_length};
use crate::error::{Error, Result};
use crate::inputs::embeddings::EmbeddingSource;
use crate::inputs::probabilities::ProbabilitySource;

/// Rows of embeddings or probabilities: row i is row `rows[i]` of the source.
///
/// ```
/// use mislabel_core::{Embeddings, EmbeddingSource, SelectedRows};
/// use ndarray::{Array2, array};
///
/// let rows = array![[0.0_f32], [1.0], [2.0]];
/// let embeddings = Embeddings::new(rows.view())?;
/// let selected = SelectedRows::new(&embeddings, vec![2, 0])?;
/// let mut out = Array2::zeros((2, 1));
/// selected.read_rows(0, out.view_mut())?;
/// assert_eq!(out, array![[2.0], [0.0]]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SelectedRows<S> {
    source: S,
    rows: Vec<u32>,
}

impl<S: EmbeddingSource> SelectedRows<S> {
    /// The rows `rows`, `(m,)`, of `source`.
    ///
    /// # Errors
    /// [`Error::Empty`] without rows, [`Error::SampleOutOfRange`] at one that `source` lacks.
    pub fn new(source: S, rows: Vec<u32>) -> Result<Self> {
        check(&rows, source.shape().0)?;
        Ok(Self { source, rows })
    }
}

impl<S: ProbabilitySource> SelectedRows<S> {
    /// The rows `rows`, `(m,)`, of `source`, which are probabilities.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of_probabilities(source: S, rows: Vec<u32>) -> Result<Self> {
        check(&rows, source.shape().0)?;
        Ok(Self { source, rows })
    }
}

fn check(rows: &[u32], samples: usize) -> Result<()> {
    if rows.is_empty() {
        return Err(Error::Empty { what: "selected rows" });
    }
    match rows.iter().position(|row| *row as usize >= samples) {
        Some(row) => Err(Error::SampleOutOfRange { row, sample: rows[row] as usize, samples }),
        None => Ok(()),
    }
}

impl<S: EmbeddingSource> EmbeddingSource for SelectedRows<S> {
    fn shape(&self) -> (usize, usize) {
        (self.rows.len(), self.source.shape().1)
    }

    fn read_rows(&self, start: usize, out: ArrayViewMut2<'_, f32>) -> Result<()> {
        rows_in_range(self.rows.len(), start, out.nrows())?;
        let rows = &self.rows[start..start + out.nrows()];
        match consecutive(rows) {
            Some(first) => self.source.read_rows(first, out),
            None => self.source.gather(rows, out),
        }
    }

    fn gather(&self, rows: &[u32], out: ArrayViewMut2<'_, f32>) -> Result<()> {
        same_length("the gathering buffer", rows.len(), out.nrows())?;
        let last = rows.iter().copied().max().map_or(0, |last| last as usize);
        rows_in_range(self.rows.len(), last, usize::from(!rows.is_empty()))?;
        let rows: Vec<u32> = rows.iter().map(|row| self.rows[*row as usize]).collect();
        self.source.gather(&rows, out)
    }
}

impl<S: ProbabilitySource> ProbabilitySource for SelectedRows<S> {
    fn shape(&self) -> (usize, usize) {
        (self.rows.len(), self.source.shape().1)
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f64>) -> Result<()> {
        rows_in_range(self.rows.len(), start, out.nrows())?;
        let rows = &self.rows[start..start + out.nrows()];
        let mut done = 0;
        for run in rows.chunk_by(|row, next| row.checked_add(1) == Some(*next)) {
            self.source.read_rows(run[0] as usize, out.slice_mut(s![done..done + run.len(), ..]))?;
            done += run.len();
        }
        Ok(())
    }
}

/// The first of `rows`, where each is one more than the one before.
fn consecutive(rows: &[u32]) -> Option<usize> {
    let follow = rows.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]));
    rows.first().filter(|_| follow).map(|first| *first as usize)
}
