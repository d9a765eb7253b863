//! Distances in units of how all classes vary.

use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Mat, Par};
use mislabel_core::{ClassEvidence, ClassMembers, EmbeddingSource, Error, Labels, Result, Run};
use mislabel_linalg::{Products, add_lower, ridged_factor, row_major};
use ndarray::{Array2, ArrayViewMut2, s};
use rayon::prelude::*;

use crate::fitting::moments::class_moments;
use crate::methods::soft_linear::SoftLinear;
use crate::rows::scaling::{RowScaling, ScaledRows};
use crate::rows::slices::{CHUNK, in_rows_mut, square_norm};

/// χ above which a sample does not count for the metric: the first round of [`SoftLinear`].
const TRIM: f64 = 1.06;

/// Rows in the metric are held where they take at most so many bytes, and computed at every reading where they take more.
const HELD: u64 = 1 << 30;

/// Of a memory budget, rows in the metric may take one part in so many.
const SHARE_OF_BUDGET: u64 = 4;

/// A metric in which all classes together vary alike in every direction: distances count for less along directions in which samples
/// differ from the mean of their own class.
///
/// With W = (1/N) Σ (x − m_y)(x − m_y)ᵀ over the N samples that the first round of [`SoftLinear`] keeps (χ ≤ 1.06), m_y the mean of
/// the kept of a class, and LLᵀ = W + γ·tr(W)/d·I, a row x becomes z = L⁻¹(x − m), m the mean of all rows. Any other square root
/// of the same matrix would give the same distances.
///
/// It is an option and no default: with every component it helps pixels, classes that look alike, and errors near boundaries, and
/// hurts texts whose classes overlap (docs/notebook/posterior.md has figures). The likelihood of the labels does not tell which it is.
/// With few components it helps less or hurts: own errors have full rank, and those of other classes then have not.
///
/// Rows in the metric have lengths that mean something: reconstructors read them with [`RowScaling::None`]. Leave-one-out
/// errors are exact given the metric, which itself has seen every sample, as one of N.
///
/// ```
/// use mislabel_core::{EmbeddingSource, Embeddings, Labels, Run};
/// use mislabel_reconstruct::{RowScaling, SharedMetric};
/// use ndarray::{Array2, array};
///
/// // Both classes vary along the first direction, and differ along the second.
/// let rows = array![[9.0_f32, 100.0], [-9.0, 102.0], [0.0, 98.0], [9.0, -100.0], [-9.0, -102.0], [0.0, -98.0]];
/// let embeddings = Embeddings::new(rows.view())?;
/// let given = Labels::new(vec![0, 0, 0, 1, 1, 1], 2)?;
/// let metric = SharedMetric { ridge: 0.001, scaling: RowScaling::None };
/// let seen = metric.rows(embeddings, &given, &Run::quiet())?;
///
/// let apart = |source: &dyn EmbeddingSource, pair: [u32; 2]| {
///     let mut two = Array2::zeros((2, 2));
///     source.gather(&pair, two.view_mut()).map(|()| (&two.row(0) - &two.row(1)).mapv(|x: f32| x * x).sum())
/// };
/// let between_by_within = |source: &dyn EmbeddingSource| Ok::<_, mislabel_core::Error>(apart(source, [2, 5])? / apart(source, [0, 1])?);
/// assert!(between_by_within(&seen)? > 10.0 * between_by_within(&embeddings)?);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct SharedMetric {
    /// γ, from 1e-6 to 1e6: how much of the metric stays that of the rows themselves. Default 1.
    pub ridge: f64,
    /// What is done to every row first.
    pub scaling: RowScaling,
}

/// γ within which W + γ·tr(W)/d·I is definite in f64, and not I alone.
const RIDGE: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

impl Default for SharedMetric {
    fn default() -> Self {
        Self { ridge: 1.0, scaling: RowScaling::UnitNorm }
    }
}

impl SharedMetric {
    /// The rows of `embeddings`, `(n, d)`, in the metric that the labels `given`, `(n,)`, make. O(n·d²) and what a fit of
    /// [`SoftLinear`] takes; 16·d² bytes, and 4·n·d where rows are held: where these are at most 1 GiB, and a quarter of what
    /// `run` may take.
    ///
    /// # Errors
    /// [`Error::Parameter`], [`Error::Memory`], and those of [`SoftLinear::fit`].
    pub fn rows<S: EmbeddingSource>(&self, embeddings: S, given: &Labels, run: &Run<'_>) -> Result<MetricRows<S>> {
        if !RIDGE.contains(&self.ridge) {
            return Err(Error::parameter("ridge", self.ridge, "from 1e-6 to 1e6"));
        }
        let (n, d) = embeddings.shape();
        run.need("the shared metric", 16 * (d * d) as u64)?;
        let (center, unit, transform) = {
            let rows = ScaledRows::new(&embeddings, given, self.scaling)?;
            let model = SoftLinear { trim: vec![TRIM], scaling: self.scaling, ..SoftLinear::default() };
            let keep = model.kept_samples(&rows, given, &run.scoped("metric"))?;
            (rows.center().to_vec(), rows.unit(), self.transform(&rows, given, &keep, run)?)
        };
        let mut rows = MetricRows { source: embeddings, scaling: self.scaling, center, unit, transform, held: None };
        let bytes = 4 * (n * d) as u64;
        if bytes <= run.memory().map_or(HELD, |budget| HELD.min(budget.bytes() / SHARE_OF_BUDGET)) {
            rows.held = Some(rows.all()?);
        }
        Ok(rows)
    }

    /// L⁻¹, row by row, `(d, d)`.
    fn transform(&self, rows: &ScaledRows<'_>, given: &Labels, keep: &[bool], run: &Run<'_>) -> Result<Vec<f32>> {
        let d = rows.shape().1;
        let members = ClassMembers::of(given, |row| keep[row]);
        let moments = class_moments(rows, &members)?;
        let stage = run.stage("fitting the metric", keep.iter().filter(|keep| **keep).count());
        let mut within = Mat::<f64>::zeros(d, d);
        for (class, moments) in moments.iter().enumerate() {
            for chunk in members.rows(class).chunks(CHUNK) {
                let centered = rows.gather(chunk, &moments.mean)?;
                let matrix = row_major(&centered);
                add_lower(&mut within, matrix.transpose(), matrix);
                stage.advance(chunk.len())?;
            }
        }
        let trace: f64 = (0..d).map(|i| within[(i, i)]).sum();
        let mut inverse = Mat::identity(d, d);
        // Where no class varies there is nothing to measure by: rows stay as they are.
        if trace > 0.0 {
            // On a scale on which the average direction has variance 1: a common factor changes no ratio.
            within *= faer::Scale(d as f64 / trace);
            let factor = ridged_factor(within, self.ridge);
            solve_lower_triangular_in_place(factor.as_ref(), inverse.as_mut(), Par::Seq);
        }
        Ok((0..d * d).map(|at| inverse[(at / d, at % d)] as f32).collect())
    }
}

/// Embeddings in a [`SharedMetric`].
#[derive(Clone, Debug)]
pub struct MetricRows<S> {
    source: S,
    scaling: RowScaling,
    /// `(d,)`, in units of scaled rows.
    center: Vec<f64>,
    unit: f64,
    /// L⁻¹, `(d, d)`.
    transform: Vec<f32>,
    held: Option<Array2<f32>>,
}

impl<S: EmbeddingSource> MetricRows<S> {
    /// The bytes of rows that are held.
    pub fn held_bytes(&self) -> u64 {
        self.held.as_ref().map_or(0, |held| 4 * held.len() as u64)
    }

    fn all(&self) -> Result<Array2<f32>> {
        let mut all = Array2::zeros(self.source.shape());
        let chunks = all.axis_chunks_iter_mut(ndarray::Axis(0), CHUNK).into_par_iter().enumerate();
        chunks.try_for_each(|(index, out)| self.compute(out, |raw| self.source.read_rows(index * CHUNK, raw)))?;
        Ok(all)
    }

    /// Reads rows by `read`, and writes them in the metric into `out`.
    fn compute(
        &self,
        mut out: ArrayViewMut2<'_, f32>,
        read: impl FnOnce(ArrayViewMut2<'_, f32>) -> Result<()>,
    ) -> Result<()> {
        let d = self.center.len();
        let mut raw = Array2::zeros(out.raw_dim());
        read(raw.view_mut())?;
        for row in in_rows_mut(&mut raw) {
            let factor = match self.scaling {
                RowScaling::None => self.unit.recip(),
                RowScaling::UnitNorm => {
                    Some(square_norm(&*row)).filter(|square| *square > 0.0).map_or(0.0, |s| s.sqrt().recip())
                }
            };
            row.iter_mut().zip(&self.center).for_each(|(x, center)| *x = (f64::from(*x) * factor - center) as f32);
        }
        let mut products = Products::default();
        products.multiply(raw.as_slice().expect("the buffer is in standard layout"), &self.transform, d);
        for (column, mut out) in out.columns_mut().into_iter().enumerate() {
            out.iter_mut().zip(products.column(column)).for_each(|(out, value)| *out = *value);
        }
        Ok(())
    }
}

impl<S: EmbeddingSource> EmbeddingSource for MetricRows<S> {
    fn shape(&self) -> (usize, usize) {
        self.source.shape()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        match &self.held {
            None => self.compute(out, |raw| self.source.read_rows(start, raw)),
            Some(held) => {
                let rows = out.nrows();
                mislabel_core::checks::rows_in_range(held.nrows(), start, rows)?;
                out.assign(&held.slice(s![start..start + rows, ..]));
                Ok(())
            }
        }
    }

    fn gather(&self, rows: &[u32], mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        mislabel_core::checks::same_length("the gathering buffer", rows.len(), out.nrows())?;
        match &self.held {
            None => self.compute(out, |raw| self.source.gather(rows, raw)),
            Some(_) => rows
                .iter()
                .zip(out.outer_iter_mut())
                .try_for_each(|(row, out)| self.read_rows(*row as usize, out.insert_axis(ndarray::Axis(0)))),
        }
    }
}

/// Evidence on the rows in a shared metric. `evidence` must read rows with [`RowScaling::None`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InSharedMetric<E> {
    /// The metric.
    pub metric: SharedMetric,
    /// What looks at the rows in it.
    pub evidence: E,
}

impl<E: ClassEvidence> ClassEvidence for InSharedMetric<E> {
    type Evidence = E::Evidence;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<E::Evidence> {
        let rows = self.metric.rows(embeddings, given, run)?;
        self.evidence.evidence(&rows, given, &run.scoped("in the metric").without(rows.held_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::Embeddings;

    #[test]
    fn rows_are_the_same_bits_whether_they_are_held_or_computed_alone_or_together() {
        let rows = Array2::from_shape_fn((300, 7), |(i, j)| ((i * 7919 + j * 104_729 + i * j * 31) as f32).sin());
        let given = Labels::new((0..300).map(|i| i % 3).collect(), 3).unwrap();
        let embeddings = Embeddings::new(rows.view()).unwrap();
        let held = SharedMetric::default().rows(embeddings, &given, &Run::quiet()).unwrap();
        let computed = MetricRows { held: None, ..held.clone() };
        assert_eq!((held.held_bytes(), computed.held_bytes()), (300 * 7 * 4, 0));
        for (start, count) in [(0, 300), (299, 1), (41, 17)] {
            let mut read = (Array2::zeros((count, 7)), Array2::zeros((count, 7)));
            held.read_rows(start, read.0.view_mut()).unwrap();
            computed.read_rows(start, read.1.view_mut()).unwrap();
            assert_eq!(read.0, read.1);
        }
        let mut some = (Array2::zeros((3, 7)), Array2::zeros((3, 7)));
        held.gather(&[40, 2, 299], some.0.view_mut()).unwrap();
        computed.gather(&[40, 2, 299], some.1.view_mut()).unwrap();
        assert_eq!(some.0, some.1);
        let outside =
            |rows: &MetricRows<_>| rows.read_rows(299, Array2::zeros((2, 7)).view_mut()).unwrap_err().to_string();
        assert_eq!(outside(&held), outside(&computed));
    }
}
