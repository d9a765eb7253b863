//! Features of different units, put on one scale column by column.

use ndarray::{Array2, ArrayViewMut2};

use crate::error::Result;
use crate::inputs::embeddings::EmbeddingSource;

/// Rows that medians are taken from, at most.
const SAMPLED: usize = 16_384;
/// From the interquartile range of a normal distribution to its standard deviation.
const NORMAL: f64 = 1.349;

/// Embeddings whose columns are centered on their median and divided by their spread, when they are read.
///
/// The spread is the interquartile range over 1.349, which is the standard deviation where values are normal, and which a few
/// outliers do not move; or the standard deviation where more than half of the values are the same. A constant column becomes
/// 0. Medians are taken from at most 16,384 rows at equal distances. O(d) memory, two passes over these rows.
///
/// ```
/// use mislabel_core::{Embeddings, EmbeddingSource, StandardizedRows};
/// use ndarray::{Array2, array};
///
/// let rows = array![[1.0_f32, 100.0], [2.0, 100.0], [3.0, 100.0]];
/// let embeddings = Embeddings::new(rows.view())?;
/// let standardized = StandardizedRows::new(&embeddings)?;
/// let mut out = Array2::zeros((3, 2));
/// standardized.read_rows(0, out.view_mut())?;
/// assert_eq!(out.row(1), array![0.0, 0.0]);
/// assert!((out[[2, 0]] - 1.349).abs() < 1e-6);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct StandardizedRows<S> {
    source: S,
    /// `(d,)`.
    centers: Vec<f32>,
    /// `(d,)`; 0 for a constant column.
    factors: Vec<f32>,
}

impl<S: EmbeddingSource> StandardizedRows<S> {
    /// Measures the columns of `source`, `(n, d)`.
    ///
    /// # Errors
    /// As [`EmbeddingSource::read_rows`].
    pub fn new(source: S) -> Result<Self> {
        let sample = sample(&source)?;
        let columns: Vec<(f64, f64)> =
            sample.columns().into_iter().map(|column| center_and_spread(column.to_vec())).collect();
        let factor = |spread: f64| if spread > 0.0 { (1.0 / spread) as f32 } else { 0.0 };
        let centers = columns.iter().map(|(center, _)| *center as f32).collect();
        Ok(Self { source, centers, factors: columns.iter().map(|(_, spread)| factor(*spread)).collect() })
    }

    fn standardize(&self, mut out: ArrayViewMut2<'_, f32>) {
        for mut row in out.rows_mut() {
            for ((value, center), factor) in row.iter_mut().zip(&self.centers).zip(&self.factors) {
                *value = ((*value - center) * factor).clamp(f32::MIN, f32::MAX);
            }
        }
    }
}

impl<S: EmbeddingSource> EmbeddingSource for StandardizedRows<S> {
    fn shape(&self) -> (usize, usize) {
        self.source.shape()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        self.source.read_rows(start, out.view_mut())?;
        self.standardize(out);
        Ok(())
    }

    fn gather(&self, rows: &[u32], mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        self.source.gather(rows, out.view_mut())?;
        self.standardize(out);
        Ok(())
    }
}

fn sample(source: &dyn EmbeddingSource) -> Result<Array2<f32>> {
    let (n, d) = source.shape();
    let rows: Vec<u32> = (0..n as u32).step_by(n.div_ceil(SAMPLED)).collect();
    let mut sample = Array2::zeros((rows.len(), d));
    source.gather(&rows, sample.view_mut())?;
    Ok(sample)
}

fn center_and_spread(mut values: Vec<f32>) -> (f64, f64) {
    values.sort_unstable_by(f32::total_cmp);
    let at = |share: f64| {
        let place = share * (values.len() - 1) as f64;
        let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
        f64::from(low) + place.fract() * (f64::from(high) - f64::from(low))
    };
    let range = (at(0.75) - at(0.25)) / NORMAL;
    if range > 0.0 {
        return (at(0.5), range);
    }
    let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|value| (f64::from(*value) - mean).powi(2)).sum::<f64>() / values.len() as f64;
    // What rounding leaves of a constant column is no spread.
    let spread = variance.sqrt();
    (mean, if spread > 1e-6 * mean.abs() { spread } else { 0.0 })
}
