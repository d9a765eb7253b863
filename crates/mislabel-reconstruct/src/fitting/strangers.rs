//! Samples of other classes, by which a class learns what its left-out directions explain of them.

use faer::Mat;
use mislabel_core::{Labels, Result, split_seed};
use ndarray::Array2;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::index;

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
