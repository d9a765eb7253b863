//! Bringing rows to the scale on which reconstructors compare them.

use std::fmt;

use mislabel_core::checks::same_length;
use mislabel_core::{EmbeddingSource, Labels, Result};
use ndarray::{Array2, Axis, s};
use rayon::prelude::*;

use crate::rows::slices::{CHUNK, GROUP, add, in_rows, in_rows_mut, square_norm};

/// Rows gathered at a time: the raw ones stay in the cache until they are scaled.
const GATHERED: usize = 64;

/// What is done to every row before anything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum RowScaling {
    /// Every row divided by its L2 norm (a zero row stays zero): directions matter, lengths do not. The default,
    /// because the embeddings of most networks are compared by cosine.
    #[default]
    UnitNorm,
    /// Rows as they come.
    None,
}

/// Embeddings read as scaled rows, with the mean of all rows subtracted.
///
/// The center changes no reconstruction error (they are all translation invariant), but it keeps f32 products
/// accurate where the rows share a large common part. For the same reason rows are divided by one common `unit`,
/// by which errors are multiplied in the end.
pub(crate) struct ScaledRows<'a> {
    source: &'a dyn EmbeddingSource,
    scaling: RowScaling,
    center: Vec<f64>,
    unit: f64,
}

impl<'a> ScaledRows<'a> {
    /// Checks that there is one label per row and that two classes have samples, then finds the center (and the
    /// unit, where rows are not normalized) in a pass over the source each.
    pub(crate) fn new(source: &'a dyn EmbeddingSource, given: &Labels, scaling: RowScaling) -> Result<Self> {
        let (n, d) = source.shape();
        same_length("given labels", n, given.len())?;
        given.need_classes(2)?;
        let mut rows = Self { source, scaling, center: vec![0.0; d], unit: 1.0 };
        let mut center = rows.reduce(d, add)?;
        center.iter_mut().for_each(|sum| *sum /= n as f64);
        rows.center = center;
        if scaling == RowScaling::None {
            let squares = rows.reduce(1, |row, sums| sums[0] += square_norm(row))?;
            let rms = (squares[0] / n as f64).sqrt();
            rows.unit = if rms > 0.0 { rms } else { 1.0 };
            rows.center.iter_mut().for_each(|center| *center /= rows.unit);
        }
        Ok(rows)
    }

    /// The same scaling with the center and unit of an earlier fit, for other samples.
    pub(crate) fn with_center(source: &'a dyn EmbeddingSource, scaling: RowScaling, center: &[f64], unit: f64) -> Self {
        Self { source, scaling, center: center.to_vec(), unit }
    }

    pub(crate) fn shape(&self) -> (usize, usize) {
        self.source.shape()
    }

    /// The rows as another machine scales them.
    pub(crate) fn unscaled(&self) -> ScoredRows<'_> {
        let unit = (self.scaling == RowScaling::None).then_some(self.unit);
        ScoredRows { source: self.source, center: &self.center, unit }
    }

    pub(crate) fn scaling(&self) -> RowScaling {
        self.scaling
    }

    pub(crate) fn center(&self) -> &[f64] {
        &self.center
    }

    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    /// Rows `start..start + out.nrows()` in f32, into `out`, `(rows, d)`, for scoring.
    pub(crate) fn read(&self, start: usize, out: &mut Array2<f32>) -> Result<()> {
        self.source.read_rows(start, out.view_mut())?;
        self.scale_in_place(out);
        Ok(())
    }

    /// The rows numbered `rows`, as [`read`](Self::read) gives them.
    pub(crate) fn pick(&self, rows: &[u32], out: &mut Array2<f32>) -> Result<()> {
        self.source.gather(rows, out.view_mut())?;
        self.scale_in_place(out);
        Ok(())
    }

    fn scale_in_place(&self, rows: &mut Array2<f32>) {
        for row in in_rows_mut(rows) {
            let factor = self.factor(row);
            row.iter_mut().zip(&self.center).for_each(|(x, center)| *x = (f64::from(*x) * factor - center) as f32);
        }
    }

    /// The rows numbered `rows` less `mean`, in f64, `(rows.len(), d)`, for fitting.
    pub(crate) fn gather(&self, rows: &[u32], mean: &[f64]) -> Result<Array2<f64>> {
        let offset: Vec<f64> = self.center.iter().zip(mean).map(|(center, mean)| center + mean).collect();
        let mut gathered = Array2::zeros((rows.len(), offset.len()));
        let mut raw = Array2::zeros((GATHERED.min(rows.len()), offset.len()));
        for (rows, mut out) in rows.chunks(GATHERED).zip(gathered.axis_chunks_iter_mut(Axis(0), GATHERED)) {
            let mut raw = raw.slice_mut(s![..rows.len(), ..]);
            self.source.gather(rows, raw.view_mut())?;
            for (raw, mut out) in raw.outer_iter().zip(out.outer_iter_mut()) {
                let raw = raw.to_slice().expect("the buffer is in standard layout");
                self.scale(raw, &offset, out.as_slice_mut().expect("the buffer is in standard layout"));
            }
        }
        Ok(gathered)
    }

    fn scale(&self, raw: &[f32], offset: &[f64], out: &mut [f64]) {
        let factor = self.factor(raw);
        let values = raw.iter().zip(offset);
        out.iter_mut().zip(values).for_each(|(out, (x, offset))| *out = f64::from(*x) * factor - offset);
    }

    /// What a row is multiplied by.
    fn factor(&self, row: &[f32]) -> f64 {
        if self.scaling == RowScaling::None {
            return self.unit.recip();
        }
        let square = square_norm(row);
        if square > 0.0 { square.sqrt().recip() } else { 0.0 }
    }

    /// Sums over all rows, chunk by chunk; the chunks and their order do not depend on threads.
    fn reduce(&self, width: usize, sum: impl Fn(&[f64], &mut [f64]) + Sync) -> Result<Vec<f64>> {
        let n = self.shape().0;
        let chunk_sums = |start: usize| {
            let rows = CHUNK.min(n - start);
            let mut raw = Array2::zeros((rows, self.center.len()));
            self.source.read_rows(start, raw.view_mut())?;
            let mut sums = vec![0.0; width];
            let mut scaled = vec![0.0; self.center.len()];
            for row in in_rows(&raw) {
                self.scale(row, &self.center, &mut scaled);
                sum(&scaled, &mut sums);
            }
            Ok(sums)
        };
        let starts: Vec<usize> = (0..n).step_by(CHUNK).collect();
        let mut total = vec![0.0; width];
        // A group at a time, so that what is held does not grow with n.
        for group in starts.chunks(GROUP) {
            let partial = group.par_iter().map(|start| chunk_sums(*start)).collect::<Result<Vec<Vec<f64>>>>()?;
            partial.iter().for_each(|sums| add(sums, &mut total));
        }
        Ok(total)
    }
}

/// Rows before they are scaled: x = raw · factor − `center`.
#[derive(Clone, Copy)]
pub struct ScoredRows<'a> {
    /// The raw rows, `(n, d)`.
    pub source: &'a dyn EmbeddingSource,
    /// What is subtracted, `(d,)`.
    pub center: &'a [f64],
    /// Every row is divided by this, or, where there is none, by its own length (a row of zeros stays one).
    pub unit: Option<f64>,
}

impl fmt::Debug for ScoredRows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, center, unit } = self;
        let mut rows = f.debug_struct("ScoredRows");
        rows.field("shape", &source.shape()).field("center", center).field("unit", unit).finish_non_exhaustive()
    }
}
