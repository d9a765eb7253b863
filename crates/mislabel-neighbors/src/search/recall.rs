//! What share of the true neighbors a graph has, measured on a sample.

use std::fmt;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use mislabel_core::checks::same_length;
use mislabel_core::{EmbeddingSource, Error, Estimate, Result, Run, split_seed};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::index;
use rayon::prelude::*;

use crate::graph::neighbor_graph::NeighborGraph;
use crate::search::nearest::{Nearest, SPARE};
use crate::search::rows::{ReadRows, Rows, square, square_difference};

/// Sampled samples that one task searches for.
const BLOCK: usize = 96;

/// Candidates read at a time.
const CANDIDATES: usize = 960;

/// The share of the true k nearest neighbors that a graph has: the mean over sampled rows.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SearchRecall {
    /// The share, in [0, 1]; its standard error is 0 where all rows were taken.
    pub share: Estimate,
    /// How many rows were sampled.
    pub rows: usize,
}

impl fmt::Display for SearchRecall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4} +- {:.4}, on {} samples", self.share.value(), self.share.standard_error(), self.rows)
    }
}

impl NeighborGraph {
    /// Compares the graph with exact search for at most `rows` of its n samples, drawn with `seed`, of the same `embeddings`,
    /// `(n, d)`. A neighbor counts if it is no farther than the true k-th. 2·rows·n·d operations; the embeddings are read in
    /// blocks.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::Parameter`] without rows, [`Error::Cancelled`], and as
    /// [`EmbeddingSource::read_rows`].
    pub fn recall(
        &self,
        embeddings: &dyn EmbeddingSource,
        rows: usize,
        seed: u64,
        run: &Run<'_>,
    ) -> Result<SearchRecall> {
        same_length("the neighbor graph", embeddings.shape().0, self.len())?;
        if rows == 0 {
            return Err(Error::parameter("rows", 0.0, "at least 1"));
        }
        let mut random = ChaCha8Rng::seed_from_u64(split_seed(seed, &[]));
        let mut sample = index::sample(&mut random, self.len(), rows.min(self.len())).into_vec();
        sample.sort_unstable();
        let read = ReadRows::new(embeddings, self.distance(), run)?;
        let stage = run.stage("measuring recall", sample.len());
        let shares = sample.par_chunks(BLOCK).map(|sample| {
            let shares = self.shares(&read, sample)?;
            stage.advance(sample.len())?;
            Ok(shares)
        });
        let shares = shares.collect::<Result<Vec<Vec<f64>>>>()?.concat();
        recall(&shares, self.len())
    }

    /// The share for every one of `sample`.
    fn shares(&self, rows: &dyn Rows, sample: &[usize]) -> Result<Vec<f64>> {
        let (n, d) = rows.shape();
        let k = self.width();
        let numbers: Vec<u32> = sample.iter().map(|row| *row as u32).collect();
        let mut queries = vec![0.0; sample.len() * d];
        rows.gather(&numbers, &mut queries)?;
        let mut nearest = Nearest::new(sample.len(), (k + SPARE).min(n - 1));
        let (mut candidates, mut products) = (Vec::new(), Vec::new());
        for first in (0..n).step_by(CANDIDATES) {
            let numbers: Vec<u32> = (first as u32..(first + CANDIDATES).min(n) as u32).collect();
            let width = numbers.len();
            candidates.resize(width * d, 0.0);
            rows.gather(&numbers, &mut candidates)?;
            let half_squares: Vec<f32> = candidates.chunks_exact(d).map(|row| (0.5 * square(row)) as f32).collect();
            products.resize(sample.len() * width, 0.0);
            let product = MatMut::from_row_major_slice_mut(&mut products, sample.len(), width);
            let left = MatRef::from_row_major_slice(&queries, sample.len(), d);
            let right = MatRef::from_column_major_slice(&candidates, d, width);
            matmul(product, Accum::Replace, left, right, 1.0, Par::Seq);
            for (row, products) in products.chunks_exact(width).enumerate() {
                nearest.offer(row, sample[row], first, products, &half_squares, |_| 0);
            }
        }
        let share = |(row, query): (usize, &[f32])| -> Result<f64> {
            let numbers = nearest.candidates(row);
            let mut values = vec![0.0; numbers.len() * d];
            rows.gather(numbers, &mut values)?;
            let squares = values.chunks_exact(d).map(|candidate| square_difference(query, candidate));
            let mut distances: Vec<f64> = squares.map(|squared| rows.distance_of(squared)).collect();
            distances.sort_unstable_by(f64::total_cmp);
            let found = self.distances(sample[row]).iter().filter(|distance| **distance <= distances[k - 1]).count();
            Ok(found as f64 / k as f64)
        };
        queries.chunks_exact(d).enumerate().map(share).collect()
    }
}

/// Mean and standard error of the `shares` of a sample, drawn without replacement from `n`.
fn recall(shares: &[f64], n: usize) -> Result<SearchRecall> {
    let count = shares.len() as f64;
    let share = shares.iter().sum::<f64>() / count;
    let squares: f64 = shares.iter().map(|value| (value - share).powi(2)).sum();
    let left_out = 1.0 - count / n as f64;
    let standard_error = if shares.len() > 1 { (left_out * squares / (count - 1.0) / count).sqrt() } else { 0.0 };
    Ok(SearchRecall { share: Estimate::new(share, standard_error)?, rows: shares.len() })
}
