//! Samples of other classes, by which a class learns what its left-out directions explain of them.

use faer::Mat;
use mislabel_core::{Labels, Result, split_seed};
use ndarray::Array2;
use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;

use crate::rows::scaling::ScaledRows;
use crate::rows::slices::in_rows;

/// Samples among which every class finds its strangers; all, where there are fewer.
const CANDIDATES: usize = 4096;

/// Some of the samples, as they are scored.
#[derive(Debug)]
pub(crate) struct Strangers {
    rows: Array2<f32>,
    labels: Vec<u32>,
    /// How many serve a class.
    wanted: usize,
}

impl Strangers {
    /// Drawn with the seed from all `rows`, labeled `given`.
    pub(crate) fn drawn(rows: &ScaledRows<'_>, given: &Labels, wanted: usize, seed: u64) -> Result<Self> {
        let (n, d) = rows.shape();
        let mut random = ChaCha8Rng::seed_from_u64(split_seed(seed, &[n as u64, d as u64]));
        let mut picked: Vec<u32> =
            index::sample(&mut random, n, CANDIDATES.min(n)).into_iter().map(|row| row as u32).collect();
        picked.sort_unstable();
        let mut candidates = Array2::zeros((picked.len(), d));
        rows.pick(&picked, &mut candidates)?;
        let labels = picked.iter().map(|row| given.values()[*row as usize]).collect();
        Ok(Self { rows: candidates, labels, wanted })
    }

    /// Those that are nearest to the `mean` of a class and labeled otherwise, less that mean, one per column. The nearest
    /// because it is they whose errors under the class matter.
    pub(crate) fn nearest(&self, class: usize, mean: &[f64]) -> Mat<f64> {
        let distance = |row: &[f32]| row.iter().zip(mean).map(|(x, m)| (f64::from(*x) - m).powi(2)).sum::<f64>();
        let others = in_rows(&self.rows).zip(&self.labels).filter(|(_, label)| **label as usize != class);
        let mut nearest: Vec<(f64, &[f32])> = others.map(|(row, _)| (distance(row), row)).collect();
        nearest.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        nearest.truncate(self.wanted);
        Mat::from_fn(mean.len(), nearest.len(), |feature, at| f64::from(nearest[at].1[feature]) - mean[feature])
    }
}
