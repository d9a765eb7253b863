//! What is done to every row before it is classified.

use mislabel_core::{EmbeddingSource, Result};
use ndarray::{Array2, ArrayViewMut1, Axis, s};
use rayon::prelude::*;

/// Rows read at a time.
const ROWS_READ: usize = 1024;

/// How rows are scaled. Labels play no part, so nothing leaks from fold to fold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FeatureScaling {
    /// Every row divided by its L2 norm (a zero row stays zero).
    #[default]
    UnitNorm,
    /// Every feature moved and divided to mean 0 and variance 1 over all rows (a constant feature becomes 0).
    Standardised,
    /// Standardised features, then every row divided by its L2 norm.
    StandardisedUnitNorm,
    /// Rows as they come.
    None,
}

impl FeatureScaling {
    /// Reads all rows of `source` and scales them: `(n, d)`, 4·n·d bytes, O(n·d).
    ///
    /// # Errors
    /// As [`EmbeddingSource::read_rows`].
    pub fn rows(self, source: &dyn EmbeddingSource) -> Result<Array2<f32>> {
        let mut rows = Array2::zeros(source.shape());
        let chunks: Vec<_> = rows.axis_chunks_iter_mut(Axis(0), ROWS_READ).enumerate().collect();
        chunks.into_par_iter().try_for_each(|(i, chunk)| source.read_rows(i * ROWS_READ, chunk))?;
        if matches!(self, Self::Standardised | Self::StandardisedUnitNorm) {
            standardise(&mut rows);
        }
        if matches!(self, Self::UnitNorm | Self::StandardisedUnitNorm) {
            rows.axis_iter_mut(Axis(0)).into_par_iter().for_each(to_unit_norm);
        }
        Ok(rows)
    }
}

fn to_unit_norm(mut row: ArrayViewMut1<'_, f32>) {
    let norm = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    if norm > 0.0 {
        row.mapv_inplace(|x| (f64::from(x) / norm) as f32);
    }
}

fn standardise(rows: &mut Array2<f32>) {
    let count = rows.nrows() as f64;
    let mean: Vec<f64> = column_means(rows, count, |x, _| x);
    let variance: Vec<f64> = column_means(rows, count, |x, column| (x - mean[column]).powi(2));
    let deviation: Vec<f64> =
        variance.iter().map(|variance| if *variance > 0.0 { variance.sqrt() } else { 1.0 }).collect();
    rows.axis_iter_mut(Axis(0)).into_par_iter().for_each(|mut row| {
        for (column, x) in row.iter_mut().enumerate() {
            *x = ((f64::from(*x) - mean[column]) / deviation[column]) as f32;
        }
    });
}

/// The mean of `term(x, column)` over the rows; chunks of rows are summed in parallel, then in order.
fn column_means(rows: &Array2<f32>, count: f64, term: impl Fn(f64, usize) -> f64 + Sync) -> Vec<f64> {
    let sums_of = |start: usize| {
        let mut sums = vec![0.0; rows.ncols()];
        for row in rows.slice(s![start..(start + ROWS_READ).min(rows.nrows()), ..]).outer_iter() {
            row.iter().enumerate().for_each(|(column, x)| sums[column] += term(f64::from(*x), column));
        }
        sums
    };
    let starts: Vec<usize> = (0..rows.nrows()).step_by(ROWS_READ).collect();
    let partial: Vec<Vec<f64>> = starts.into_par_iter().map(sums_of).collect();
    (0..rows.ncols()).map(|column| partial.iter().map(|sums| sums[column]).sum::<f64>() / count).collect()
}
