//! Rows brought to the scale on which networks are trained.

use mislabel_core::{EmbeddingSource, Result};
use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::autoencoder::params::InputScaling;
use crate::autoencoder::samples::folds::Folds;
use crate::fitting::moments::{ClassMoments, median_variance};
use crate::rows::slices::{CHUNK, in_rows, in_rows_mut, square_norm};

/// A step with what it learned from the data.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FittedStep {
    /// Every row divided by its norm.
    UnitNorm,
    /// (x − offset)·factor for every feature, clipped to [0, 1] or not.
    Affine { offset: Vec<f64>, factor: Vec<f64>, clip: bool },
}

/// All steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FittedScaling(pub(crate) Vec<FittedStep>);

/// Sum, sum of squares, least and greatest value of every feature, relative to the first row.
struct FeatureStatistics {
    sum: Vec<f64>,
    squares: Vec<f64>,
    least: Vec<f64>,
    most: Vec<f64>,
}

impl FittedScaling {
    /// Fits the `steps`, each to the rows as the steps before it leave them: one pass each. O(steps·n·d).
    pub(crate) fn fit(steps: &[InputScaling], source: &dyn EmbeddingSource, folds: &Folds) -> Result<Self> {
        let mut scaling = Self::default();
        for step in steps {
            let fitted = match step {
                InputScaling::UnitNorm => FittedStep::UnitNorm,
                InputScaling::Standardize => scaling.standardized(source)?,
                InputScaling::MinMax => scaling.ranged(source)?,
                InputScaling::ClassVariance => scaling.by_class_variance(source, folds)?,
            };
            scaling.0.push(fitted);
        }
        Ok(scaling)
    }

    /// The rows numbered `rows`, scaled, `(rows.len(), d)`.
    pub(crate) fn gather(&self, source: &dyn EmbeddingSource, rows: &[u32]) -> Result<Array2<f32>> {
        let mut out = Array2::zeros((rows.len(), source.shape().1));
        source.gather(rows, out.view_mut())?;
        self.apply(&mut out);
        Ok(out)
    }

    /// Rows `start..start + rows`, scaled, `(rows, d)`.
    pub(crate) fn read(&self, source: &dyn EmbeddingSource, start: usize, rows: usize) -> Result<Array2<f32>> {
        let mut out = Array2::zeros((rows, source.shape().1));
        source.read_rows(start, out.view_mut())?;
        self.apply(&mut out);
        Ok(out)
    }

    fn apply(&self, rows: &mut Array2<f32>) {
        for row in in_rows_mut(rows) {
            self.0.iter().for_each(|step| step.apply(row));
        }
    }

    fn standardized(&self, source: &dyn EmbeddingSource) -> Result<FittedStep> {
        let (n, first, statistics) = (source.shape().0 as f64, self.read(source, 0, 1)?, self.statistics(source)?);
        let offset = first.iter().zip(&statistics.sum).map(|(first, sum)| f64::from(*first) + sum / n).collect();
        let deviation = |(sum, squares): (&f64, &f64)| (squares / n - (sum / n).powi(2)).max(0.0).sqrt();
        let deviations = statistics.sum.iter().zip(&statistics.squares).map(deviation);
        let ranges = statistics.most.iter().zip(&statistics.least).map(|(most, least)| most - least);
        // What rounding leaves of a constant feature is no deviation.
        let factor = deviations.zip(ranges).map(|(s, range)| reciprocal(if range > 0.0 { s } else { 0.0 })).collect();
        Ok(FittedStep::Affine { offset, factor, clip: false })
    }

    fn ranged(&self, source: &dyn EmbeddingSource) -> Result<FittedStep> {
        let (first, statistics) = (self.read(source, 0, 1)?, self.statistics(source)?);
        let offset = first.iter().zip(&statistics.least).map(|(first, least)| f64::from(*first) + least).collect();
        let factor = statistics.most.iter().zip(&statistics.least).map(|(most, least)| reciprocal(most - least));
        Ok(FittedStep::Affine { offset, factor: factor.collect(), clip: true })
    }

    fn by_class_variance(&self, source: &dyn EmbeddingSource, folds: &Folds) -> Result<FittedStep> {
        let d = source.shape().1;
        let moments = |class: usize| self.moments(source, folds.rows(class));
        let moments = (0..folds.class_count()).into_par_iter().map(moments).collect::<Result<Vec<_>>>()?;
        let variance = median_variance(&moments) / d as f64;
        let factor = if variance > 0.0 { variance.sqrt().recip() } else { 1.0 };
        Ok(FittedStep::Affine { offset: vec![0.0; d], factor: vec![factor; d], clip: false })
    }

    /// Mean and variance of the class with these `rows`, about its first.
    fn moments(&self, source: &dyn EmbeddingSource, rows: &[u32]) -> Result<ClassMoments> {
        let mut sum = vec![0.0; if rows.is_empty() { 0 } else { source.shape().1 }];
        let mut squares = 0.0;
        let first = self.gather(source, &rows[..rows.len().min(1)])?;
        for chunk in rows.chunks(CHUNK) {
            let gathered = self.gather(source, chunk)?;
            for row in in_rows(&gathered) {
                for ((sum, x), first) in sum.iter_mut().zip(row).zip(&first) {
                    let x = f64::from(*x) - f64::from(*first);
                    *sum += x;
                    squares += x * x;
                }
            }
        }
        let n = rows.len().max(1) as f64;
        sum.iter_mut().for_each(|sum| *sum /= n);
        let variance = (squares / n - square_norm(&sum)).max(0.0);
        Ok(ClassMoments { count: rows.len(), mean: sum, variance })
    }

    /// Statistics over all rows, chunk by chunk; the chunks and their order do not depend on threads.
    fn statistics(&self, source: &dyn EmbeddingSource) -> Result<FeatureStatistics> {
        let (n, d) = source.shape();
        let first = self.read(source, 0, 1)?;
        let starts: Vec<usize> = (0..n).step_by(CHUNK).collect();
        let of_chunk = |start: usize| {
            let rows = self.read(source, start, CHUNK.min(n - start))?;
            Ok(FeatureStatistics::of(rows.view(), first.as_slice().expect("one row is contiguous")))
        };
        let partial = starts.into_par_iter().map(of_chunk).collect::<Result<Vec<_>>>()?;
        let mut total = FeatureStatistics::none(d);
        partial.iter().for_each(|part| total.merge(part));
        Ok(total)
    }
}

impl FeatureStatistics {
    fn none(features: usize) -> Self {
        let all = |value| vec![value; features];
        Self { sum: all(0.0), squares: all(0.0), least: all(f64::INFINITY), most: all(f64::NEG_INFINITY) }
    }

    fn of(rows: ArrayView2<'_, f32>, first: &[f32]) -> Self {
        let mut statistics = Self::none(first.len());
        for row in rows.outer_iter() {
            for (j, (x, first)) in row.iter().zip(first).enumerate() {
                let x = f64::from(*x) - f64::from(*first);
                statistics.sum[j] += x;
                statistics.squares[j] += x * x;
                statistics.least[j] = statistics.least[j].min(x);
                statistics.most[j] = statistics.most[j].max(x);
            }
        }
        statistics
    }

    fn merge(&mut self, other: &Self) {
        crate::rows::slices::add(&other.sum, &mut self.sum);
        crate::rows::slices::add(&other.squares, &mut self.squares);
        self.least.iter_mut().zip(&other.least).for_each(|(a, b)| *a = a.min(*b));
        self.most.iter_mut().zip(&other.most).for_each(|(a, b)| *a = a.max(*b));
    }
}

impl FittedStep {
    fn apply(&self, row: &mut [f32]) {
        match self {
            Self::UnitNorm => {
                let factor = reciprocal(square_norm(row).sqrt());
                row.iter_mut().for_each(|x| *x = (f64::from(*x) * factor) as f32);
            }
            Self::Affine { offset, factor, clip } => {
                for ((x, offset), factor) in row.iter_mut().zip(offset).zip(factor) {
                    *x = ((f64::from(*x) - offset) * factor) as f32;
                }
                if *clip {
                    row.iter_mut().for_each(|x| *x = x.clamp(0.0, 1.0));
                }
            }
        }
    }
}

/// 1/value, or 0 for 0.
fn reciprocal(value: f64) -> f64 {
    if value > 0.0 { value.recip() } else { 0.0 }
}
