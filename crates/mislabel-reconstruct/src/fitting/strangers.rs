//! Samples of other classes, by which a class learns what its left-out directions explain of them.

use faer::Mat;
use mislabel_core::checks::same_length;
use mislabel_core::{EmbeddingSource, Labels, Result, split_seed};
use ndarray::Array2;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::index;

use crate::rows::scaling::{RowScaling, ScaledRows};
use crate::rows::slices::in_rows;

/// Samples among which every class finds its strangers; all, where there are fewer.
const CANDIDATES: usize = 4096;

/// Samples of all classes, among which every class finds those of others that it measures the factor of its left-out directions on
/// ([`NearestClasses`](crate::NearestClasses)).
#[derive(Debug)]
pub struct Strangers {
    rows: Array2<f32>,
    labels: Vec<u32>,
    /// How many serve a class.
    wanted: usize,
}

impl Strangers {
    /// How many samples are drawn from all, where there are more.
    pub const CANDIDATES: usize = CANDIDATES;

    /// All rows of `embeddings`, `(m, d)`, labeled `given`, `(m,)`, each divided by its length; the nearest `wanted` serve a class.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch), and what the source reports.
    pub fn of(embeddings: &dyn EmbeddingSource, given: &Labels, wanted: usize) -> Result<Self> {
        let (n, d) = embeddings.shape();
        same_length("given labels", n, given.len())?;
        let mut rows = Array2::zeros((n, d));
        ScaledRows::with_center(embeddings, RowScaling::UnitNorm, &vec![0.0; d], 1.0).read(0, &mut rows)?;
        Ok(Self { rows, labels: given.values().to_vec(), wanted })
    }

    /// The number of features d.
    pub(crate) fn features(&self) -> usize {
        self.rows.ncols()
    }

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
        let others =
            in_rows(&self.rows).zip(&self.labels).enumerate().filter(|(_, (_, label))| **label as usize != class);
        let mut nearest: Vec<(f64, usize, &[f32])> =
            others.map(|(at, (row, _))| (squared_distance(row, mean), at, row)).collect();
        // Of two that are as far away, the one that was drawn from an earlier row.
        let by_distance = |one: &(f64, usize, &[f32]), other: &(f64, usize, &[f32])| {
            one.0.total_cmp(&other.0).then(one.1.cmp(&other.1))
        };
        if self.wanted < nearest.len() {
            nearest.select_nth_unstable_by(self.wanted, by_distance);
            nearest.truncate(self.wanted);
        }
        nearest.sort_unstable_by(by_distance);
        Mat::from_fn(mean.len(), nearest.len(), |feature, at| f64::from(nearest[at].2[feature]) - mean[feature])
    }
}

/// ‖x − m‖², summed in lanes, which the compiler turns into vector instructions.
fn squared_distance(row: &[f32], mean: &[f64]) -> f64 {
    const LANES: usize = 8;
    let (rows, means) = (row.as_chunks::<LANES>(), mean.as_chunks::<LANES>());
    let mut lanes = [0.0; LANES];
    for (x, m) in rows.0.iter().zip(means.0) {
        for lane in 0..LANES {
            let difference = f64::from(x[lane]) - m[lane];
            lanes[lane] += difference * difference;
        }
    }
    let rest = rows.1.iter().zip(means.1).map(|(x, m)| (f64::from(*x) - m).powi(2));
    lanes.into_iter().chain(rest).sum()
}
