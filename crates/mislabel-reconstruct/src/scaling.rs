//! Bringing rows to the scale on which reconstructors compare them.

use mislabel_core::{EmbeddingSource, Labels, Result, same_length};
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

/// Rows read at a time when statistics are gathered: large enough to amortise a call, small enough for the cache.
pub(crate) const CHUNK: usize = 1024;

/// What is done to every row before anything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scaling {
    /// Every row divided by its L2 norm (a zero row stays zero): directions matter, lengths do not. The default,
    /// because the embeddings of most networks are compared by cosine.
    #[default]
    UnitNorm,
    /// Rows as they come.
    None,
}

/// Embeddings read as scaled rows, with the mean of all rows subtracted.
///
/// The centre changes no reconstruction error (they are all translation invariant), but it keeps f32 products
/// accurate where the rows share a large common part. For the same reason rows are divided by one common `unit`,
/// by which errors are multiplied in the end.
pub(crate) struct ScaledRows<'a> {
    source: &'a dyn EmbeddingSource,
    scaling: Scaling,
    centre: Vec<f64>,
    unit: f64,
}

impl<'a> ScaledRows<'a> {
    /// Checks that there is one label per row and that two classes have samples, then finds the centre (and the
    /// unit, where rows are not normalised) in a pass over the source each.
    pub(crate) fn new(source: &'a dyn EmbeddingSource, given: &Labels, scaling: Scaling) -> Result<Self> {
        let (n, d) = source.shape();
        same_length("given labels", n, given.len())?;
        given.need_classes(2)?;
        let mut rows = Self { source, scaling, centre: vec![0.0; d], unit: 1.0 };
        let mut centre = rows.reduce(d, |x, sums| x.outer_iter().for_each(|row| add(sums, row.iter().copied())))?;
        centre.iter_mut().for_each(|sum| *sum /= n as f64);
        rows.centre = centre;
        if scaling == Scaling::None {
            let squares = rows.reduce(1, |x, sums| sums[0] += x.iter().map(|v| v * v).sum::<f64>())?;
            let rms = (squares[0] / n as f64).sqrt();
            rows.unit = if rms > 0.0 { rms } else { 1.0 };
        }
        Ok(rows)
    }

    /// The same scaling with the centre and unit of an earlier fit, for other samples.
    pub(crate) fn with_centre(source: &'a dyn EmbeddingSource, scaling: Scaling, centre: &[f64], unit: f64) -> Self {
        Self { source, scaling, centre: centre.to_vec(), unit }
    }

    pub(crate) fn shape(&self) -> (usize, usize) {
        self.source.shape()
    }

    pub(crate) fn scaling(&self) -> Scaling {
        self.scaling
    }

    pub(crate) fn centre(&self) -> &[f64] {
        &self.centre
    }

    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    /// Rows `start..start + rows` in f32, `(rows, d)`, for scoring.
    pub(crate) fn block(&self, start: usize, rows: usize) -> Result<Array2<f32>> {
        let mut block = Array2::zeros((rows, self.centre.len()));
        self.source.read_rows(start, block.view_mut())?;
        for mut row in block.outer_iter_mut() {
            let factor = self.factor(row.iter().copied());
            row.iter_mut().zip(&self.centre).for_each(|(x, centre)| *x = self.scaled(*x, factor, *centre) as f32);
        }
        Ok(block)
    }

    /// The rows numbered `rows` in f64, `(rows.len(), d)`, for fitting.
    pub(crate) fn gather(&self, rows: &[u32]) -> Result<Array2<f64>> {
        let mut raw = Array2::zeros((rows.len(), self.centre.len()));
        self.source.gather(rows, raw.view_mut())?;
        let mut scaled = Array2::zeros(raw.dim());
        self.scale(raw.view(), scaled.view_mut());
        Ok(scaled)
    }

    fn scale(&self, raw: ArrayView2<'_, f32>, mut scaled: ArrayViewMut2<'_, f64>) {
        for (raw, mut scaled) in raw.outer_iter().zip(scaled.outer_iter_mut()) {
            let factor = self.factor(raw.iter().copied());
            let values = raw.iter().zip(&self.centre);
            scaled.iter_mut().zip(values).for_each(|(out, (x, centre))| *out = self.scaled(*x, factor, *centre));
        }
    }

    fn scaled(&self, value: f32, factor: f64, centre: f64) -> f64 {
        (f64::from(value) * factor - centre) / self.unit
    }

    /// What a row is multiplied by.
    fn factor(&self, row: impl Iterator<Item = f32>) -> f64 {
        if self.scaling == Scaling::None {
            return 1.0;
        }
        let square: f64 = row.map(|x| f64::from(x) * f64::from(x)).sum();
        if square > 0.0 { square.sqrt().recip() } else { 0.0 }
    }

    /// Sums over all rows, chunk by chunk; the chunks and their order do not depend on threads.
    fn reduce(&self, width: usize, sum: impl Fn(ArrayView2<'_, f64>, &mut [f64]) + Sync) -> Result<Vec<f64>> {
        let n = self.shape().0;
        let chunk_sums = |start: usize| {
            let rows = CHUNK.min(n - start);
            let mut raw = Array2::zeros((rows, self.centre.len()));
            self.source.read_rows(start, raw.view_mut())?;
            let mut scaled = Array2::zeros(raw.dim());
            self.scale(raw.view(), scaled.view_mut());
            let mut sums = vec![0.0; width];
            sum(scaled.view(), &mut sums);
            Ok(sums)
        };
        let starts: Vec<usize> = (0..n).step_by(CHUNK).collect();
        let partial = starts.into_par_iter().map(chunk_sums).collect::<Result<Vec<Vec<f64>>>>()?;
        let mut total = vec![0.0; width];
        partial.iter().for_each(|sums| add(&mut total, sums.iter().copied()));
        Ok(total)
    }
}

/// Adds `values` to `sums`, entry by entry.
pub(crate) fn add(sums: &mut [f64], values: impl Iterator<Item = f64>) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}
