//! What is done to every row before it is classified.

use std::fmt;

use mislabel_core::{EmbeddingSource, Result};
use ndarray::{Array2, ArrayViewMut1, ArrayViewMut2, Axis};
use rayon::prelude::*;

/// Rows read at a time.
const ROWS_READ: usize = 1024;

/// How rows are scaled. Labels play no part, so nothing leaks from fold to fold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum FeatureScaling {
    /// Every row divided by its L2 norm (a zero row stays zero).
    #[default]
    UnitNorm,
    /// Every feature moved and divided to mean 0 and variance 1 over all rows (a constant feature becomes 0).
    Standardized,
    /// Standardized features, then every row divided by its L2 norm.
    StandardizedUnitNorm,
    /// Rows as they come.
    None,
}

impl FeatureScaling {
    /// Reads all rows of `source` and scales them: `(n, d)`, 4·n·d bytes, O(n·d).
    ///
    /// # Errors
    /// As [`EmbeddingSource::read_rows`].
    pub fn rows(self, source: &dyn EmbeddingSource) -> Result<Array2<f32>> {
        self.source(source)?.to_array()
    }

    /// The rows of `source`, `(n, d)`, scaled whenever they are read, to the same bits as [`rows`](Self::rows): O(d)
    /// memory. Where features are standardized, all rows are read twice first.
    ///
    /// # Errors
    /// As [`EmbeddingSource::read_rows`].
    pub fn source(self, source: &dyn EmbeddingSource) -> Result<ScaledRows<'_>> {
        let standardized = matches!(self, Self::Standardized | Self::StandardizedUnitNorm);
        let spread = if standardized { Some(Spread::of(source)?) } else { None };
        Ok(ScaledRows { source, scaling: self, spread })
    }
}

/// Embeddings that are scaled when they are read; see [`FeatureScaling::source`].
pub struct ScaledRows<'a> {
    source: &'a dyn EmbeddingSource,
    scaling: FeatureScaling,
    spread: Option<Spread>,
}

impl fmt::Debug for ScaledRows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScaledRows")
            .field("shape", &self.source.shape())
            .field("scaling", &self.scaling)
            .finish_non_exhaustive()
    }
}

impl ScaledRows<'_> {
    /// All rows, scaled, `(n, d)`.
    pub(crate) fn to_array(&self) -> Result<Array2<f32>> {
        let mut rows = Array2::zeros(self.shape());
        let chunks: Vec<_> = rows.axis_chunks_iter_mut(Axis(0), ROWS_READ).enumerate().collect();
        chunks.into_par_iter().try_for_each(|(i, chunk)| self.read_rows(i * ROWS_READ, chunk))?;
        Ok(rows)
    }

    fn scale(&self, mut rows: ArrayViewMut2<'_, f32>) {
        for mut row in rows.outer_iter_mut() {
            if let Some(spread) = &self.spread {
                spread.standardize(row.view_mut());
            }
            if matches!(self.scaling, FeatureScaling::UnitNorm | FeatureScaling::StandardizedUnitNorm) {
                to_unit_norm(row);
            }
        }
    }
}

impl EmbeddingSource for ScaledRows<'_> {
    fn shape(&self) -> (usize, usize) {
        self.source.shape()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        self.source.read_rows(start, out.view_mut())?;
        self.scale(out);
        Ok(())
    }

    fn gather(&self, rows: &[u32], mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        self.source.gather(rows, out.view_mut())?;
        self.scale(out);
        Ok(())
    }
}

/// Mean and standard deviation of every feature; the deviation of a constant feature counts as 1.
struct Spread {
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

impl Spread {
    fn of(source: &dyn EmbeddingSource) -> Result<Self> {
        let mean = column_means(source, |x, _| x)?;
        let variance = column_means(source, |x, column| (x - mean[column]).powi(2))?;
        let deviation = |variance: &f64| if *variance > 0.0 { variance.sqrt() } else { 1.0 };
        Ok(Self { deviation: variance.iter().map(deviation).collect(), mean })
    }

    fn standardize(&self, mut row: ArrayViewMut1<'_, f32>) {
        for (column, x) in row.iter_mut().enumerate() {
            *x = ((f64::from(*x) - self.mean[column]) / self.deviation[column]) as f32;
        }
    }
}

fn to_unit_norm(mut row: ArrayViewMut1<'_, f32>) {
    let norm = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    if norm > 0.0 {
        row.mapv_inplace(|x| (f64::from(x) / norm) as f32);
    }
}

/// The mean of `term(x, column)` over the rows; chunks of rows are summed in parallel, then in order.
fn column_means(source: &dyn EmbeddingSource, term: impl Fn(f64, usize) -> f64 + Sync) -> Result<Vec<f64>> {
    let (n, d) = source.shape();
    let sums_of = |start: usize| -> Result<Vec<f64>> {
        let mut rows = Array2::zeros((ROWS_READ.min(n - start), d));
        source.read_rows(start, rows.view_mut())?;
        let mut sums = vec![0.0; d];
        for row in rows.outer_iter() {
            row.iter().enumerate().for_each(|(column, x)| sums[column] += term(f64::from(*x), column));
        }
        Ok(sums)
    };
    let starts: Vec<usize> = (0..n).step_by(ROWS_READ).collect();
    let partial = starts.into_par_iter().map(sums_of).collect::<Result<Vec<Vec<f64>>>>()?;
    Ok((0..d).map(|column| partial.iter().map(|sums| sums[column]).sum::<f64>() / n as f64).collect())
}
