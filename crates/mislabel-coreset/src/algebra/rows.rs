//! Rows of embeddings in f64, block by block.

use mislabel_core::{EmbeddingSource, Result, Stage};
use ndarray::Array2;
use rayon::prelude::*;

/// Rows read at a time: large enough for a matrix product, small enough for several in memory.
pub(crate) const BLOCK: usize = 512;

/// Blocks that are made at a time where they are used one after the other.
const GROUP: usize = 8;

/// Rows of a source, divided by their L2 norm or as they come; `stage` counts those that are read.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) source: &'a dyn EmbeddingSource,
    pub(crate) unit_norm: bool,
    pub(crate) stage: &'a Stage<'a>,
}

impl Rows<'_> {
    pub(crate) fn shape(&self) -> (usize, usize) {
        self.source.shape()
    }

    /// Rows `start..start + count`, `(count, d)`.
    pub(crate) fn block(&self, start: usize, count: usize) -> Result<Array2<f64>> {
        let mut raw = Array2::zeros((count, self.shape().1));
        self.source.read_rows(start, raw.view_mut())?;
        self.stage.advance(count)?;
        Ok(self.scaled(raw))
    }

    /// The rows numbered `rows`, `(rows.len(), d)`.
    pub(crate) fn gather(&self, rows: &[u32]) -> Result<Array2<f64>> {
        let mut raw = Array2::zeros((rows.len(), self.shape().1));
        self.source.gather(rows, raw.view_mut())?;
        self.stage.advance(rows.len())?;
        Ok(self.scaled(raw))
    }

    fn scaled(&self, raw: Array2<f32>) -> Array2<f64> {
        let mut rows = raw.mapv(f64::from);
        if self.unit_norm {
            for mut row in rows.outer_iter_mut() {
                let square: f64 = row.iter().map(|x| x * x).sum();
                // A zero row has no direction and stays.
                if square > 0.0 {
                    row /= square.sqrt();
                }
            }
        }
        rows
    }

    /// What `result(start, rows)` gives for every block, in order.
    pub(crate) fn blocks<T: Send>(&self, result: impl Fn(usize, Array2<f64>) -> Result<T> + Sync) -> Result<Vec<T>> {
        let n = self.shape().0;
        let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
        starts.into_par_iter().map(|start| result(start, self.block(start, BLOCK.min(n - start))?)).collect()
    }

    /// Hands what `result(start, rows)` gives for every block to `visit`, in order; a few blocks are made at a time, on
    /// all threads.
    pub(crate) fn blocks_in_turn<T: Send>(
        &self,
        result: impl Fn(usize, Array2<f64>) -> T + Sync,
        mut visit: impl FnMut(T),
    ) -> Result<()> {
        let n = self.shape().0;
        let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
        for group in starts.chunks(GROUP) {
            let made = |&start: &usize| Ok(result(start, self.block(start, BLOCK.min(n - start))?));
            group.par_iter().map(made).collect::<Result<Vec<T>>>()?.into_iter().for_each(&mut visit);
        }
        Ok(())
    }

    /// Σ over the rows of vectors of `width` values that `add(row, features, sums)` adds to; the order of summation does
    /// not depend on threads.
    pub(crate) fn sums(&self, width: usize, add: impl Fn(usize, &[f64], &mut [f64]) + Sync) -> Result<Vec<f64>> {
        let partial = self.blocks(|start, rows| {
            let mut sums = vec![0.0; width];
            in_rows(&rows).enumerate().for_each(|(i, row)| add(start + i, row, &mut sums));
            Ok(sums)
        })?;
        let mut total = vec![0.0; width];
        for sums in partial {
            total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
        }
        Ok(total)
    }
}

/// The rows of an array in standard layout, as slices.
pub(crate) fn in_rows(array: &Array2<f64>) -> impl Iterator<Item = &[f64]> {
    array.as_slice().expect("the array was made in standard layout").chunks_exact(array.ncols())
}

/// The rows of an array in standard layout, as mutable slices.
pub(crate) fn in_rows_mut(array: &mut Array2<f64>) -> impl Iterator<Item = &mut [f64]> {
    let columns = array.ncols();
    array.as_slice_mut().expect("the array was made in standard layout").chunks_exact_mut(columns)
}
