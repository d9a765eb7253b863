//! Exact search: all distances, block by block, by matrix products.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use mislabel_core::{EmbeddingSource, Result, Run};
use ndarray::{Array2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use crate::graph::distance::Distance;
use crate::graph::neighbor_graph::NeighborGraph;
use crate::search::checkpoint;
use crate::search::nearest::{Nearest, SPARE};
use crate::search::neighbor_search::{NeighborSearch, clipped};
use crate::search::rows::SearchRows;

/// Most samples whose neighbors one task finds; no power of two, whose columns would compete for the same cache lines.
const ROW_BLOCK: usize = 960;

/// Fewest of them: the rows of the f32 kernel.
const LEAST_BLOCK: usize = 96;

/// Candidates multiplied at a time: the product, [`ROW_BLOCK`] x this in f32, stays in a core's second-level cache.
const CANDIDATE_BLOCK: usize = 384;

/// Exact nearest neighbors: 2·n²·d operations in f32 matrix products with a running top-k, never n x n memory.
///
/// The k + 8 best by f32 products are put in order by their distances in f64. Ties among different rows are broken by lot,
/// which the two rows decide, ties among equal rows by the lower sample number: the order of samples does not change which
/// rows are neighbors, also where more than 8 others are within rounding of the k-th, as in binary features and around a
/// zero row. The f32 product of two rows, which chooses there, has one order of summation wherever the rows lie. The
/// rows lie in memory, 4·n·d bytes; the graph takes 12·n·k. On two cores at 380 GFLOP/s 100,000 x 384 take 20 s,
/// 1,000,000 take 34 min; beyond, see [`ClusteredSearch`](crate::ClusteredSearch). With a checkpoint finished blocks of
/// samples are kept.
///
/// ```
/// use mislabel_core::{Embeddings, Run};
/// use mislabel_neighbors::{ExactSearch, NeighborSearch};
/// use ndarray::array;
///
/// let rows = array![[1.0_f32, 0.0], [2.0, 0.1], [0.0, 3.0]];
/// let graph = ExactSearch::default().neighbors(&Embeddings::new(rows.view())?, 1, &Run::quiet())?;
/// assert_eq!(graph.indices_view(), array![[1], [0], [1]]); // by cosine
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct ExactSearch {
    /// The distance; default cosine.
    pub distance: Distance,
}

impl NeighborSearch for ExactSearch {
    fn neighbors(&self, embeddings: &dyn EmbeddingSource, k: usize, run: &Run<'_>) -> Result<NeighborGraph> {
        let (n, d) = embeddings.shape();
        let k = clipped(k, n)?;
        // The rows as f32 with their marks; number and distance of every neighbor.
        run.need("a graph of nearest neighbors", n as u64 * (4 * (d as u64 + 4) + 12 * k as u64))?;
        let rows = SearchRows::read(embeddings, self.distance, run)?;
        let mut indices = Array2::zeros((n, k));
        let mut distances = Array2::zeros((n, k));
        // The block depends on n alone, so that threads cannot change a product.
        let block = (n / 16).next_multiple_of(LEAST_BLOCK).clamp(LEAST_BLOCK, ROW_BLOCK);
        let stage = run.stage("searching neighbors", n);
        let tasks = indices.axis_chunks_iter_mut(Axis(0), block).into_par_iter();
        let tasks = tasks.zip(distances.axis_chunks_iter_mut(Axis(0), block).into_par_iter()).enumerate();
        let space = || Space { block, ..Space::default() };
        tasks.try_for_each_init(space, |space, (task, (indices, distances))| {
            stage.advance(kept_or_searched(run, &rows, task * block, space, indices, distances)?)
        })?;
        Ok(NeighborGraph::trusted(indices, distances, self.distance))
    }
}

/// Memory for the products of one task, which have the same size for all: the order of summation may depend on the size.
#[derive(Default)]
struct Space {
    /// Rows of a product.
    block: usize,
    products: Vec<f32>,
    own: Vec<f32>,
    candidates: Vec<f32>,
}

/// The `count` rows from `start` on, and zeros up to `full` rows; put into `padding` where there are zeros.
fn padded<'a>(rows: &'a SearchRows, start: usize, count: usize, full: usize, padding: &'a mut Vec<f32>) -> &'a [f32] {
    let own = rows.block(start, count);
    if count == full {
        return own;
    }
    padding.clear();
    padding.extend_from_slice(own);
    padding.resize(full * rows.shape().1, 0.0);
    padding
}

/// As [`search_block`], unless an earlier run did so and kept what it found.
fn kept_or_searched(
    run: &Run<'_>,
    rows: &SearchRows,
    start: usize,
    space: &mut Space,
    mut indices: ArrayViewMut2<'_, u32>,
    mut distances: ArrayViewMut2<'_, f64>,
) -> Result<usize> {
    let part = format!("exact neighbors from {start} on");
    if let Some(kept) = run.load(&part)?
        && checkpoint::restore(&kept, indices.view_mut(), distances.view_mut())
    {
        return Ok(indices.nrows());
    }
    let count = search_block(rows, start, space, indices.view_mut(), distances.view_mut());
    if run.keeps_parts() {
        run.store(&part, &checkpoint::bytes(indices.view(), distances.view()))?;
    }
    Ok(count)
}

/// Finds the neighbors of the samples from `start` on, as many as `indices`, `(rows, k)`, has rows.
fn search_block(
    rows: &SearchRows,
    start: usize,
    space: &mut Space,
    mut indices: ArrayViewMut2<'_, u32>,
    mut distances: ArrayViewMut2<'_, f64>,
) -> usize {
    let (count, k) = indices.dim();
    let mut nearest = Nearest::new(count, (k + SPARE).min(rows.shape().0 - 1));
    offer_all(rows, start, count, space, &mut nearest);
    let mut found = Vec::new();
    for row in 0..count {
        nearest.settle(row, start + row, rows, &mut found);
        for (place, &(squared, _, neighbor)) in found[..k].iter().enumerate() {
            indices[[row, place]] = neighbor;
            distances[[row, place]] = rows.distance_of(squared);
        }
    }
    count
}

fn offer_all(rows: &SearchRows, start: usize, count: usize, space: &mut Space, nearest: &mut Nearest) {
    let (n, d) = rows.shape();
    let Space { block, products, own, candidates } = space;
    products.resize(*block * CANDIDATE_BLOCK, 0.0);
    let own = MatRef::from_row_major_slice(padded(rows, start, count, *block, own), *block, d);
    for first in (0..n).step_by(CANDIDATE_BLOCK) {
        let width = CANDIDATE_BLOCK.min(n - first);
        let candidates = padded(rows, first, width, CANDIDATE_BLOCK, candidates);
        let candidates = MatRef::from_column_major_slice(candidates, d, CANDIDATE_BLOCK);
        let product = MatMut::from_row_major_slice_mut(products, *block, CANDIDATE_BLOCK);
        matmul(product, Accum::Replace, own, candidates, 1.0, Par::Seq);
        let half_squares = rows.half_squares(first, width);
        for (row, products) in products.chunks_exact(CANDIDATE_BLOCK).take(count).enumerate() {
            let own = start + row;
            nearest.offer(row, own, first, &products[..width], half_squares, |other| rows.rank(own, other));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`ExactSearch`] rests on where distances tie but for rounding.
    #[test]
    fn the_product_of_two_rows_does_not_depend_on_their_places() {
        for (block, d) in [(LEAST_BLOCK, 1), (LEAST_BLOCK, 7), (192, 33), (ROW_BLOCK, 2), (ROW_BLOCK, 130), (288, 1025)]
        {
            let row = |seed: usize| (0..d).map(move |feature| ((seed * 31 + feature * 17) as f32 * 0.713).sin());
            let own: Vec<f32> = (0..block).flat_map(|_| row(1)).collect();
            let candidates: Vec<f32> = (0..CANDIDATE_BLOCK).flat_map(|_| row(2)).collect();
            let mut products = vec![0.0; block * CANDIDATE_BLOCK];
            let product = MatMut::from_row_major_slice_mut(&mut products, block, CANDIDATE_BLOCK);
            let left = MatRef::from_row_major_slice(&own, block, d);
            let right = MatRef::from_column_major_slice(&candidates, d, CANDIDATE_BLOCK);
            matmul(product, Accum::Replace, left, right, 1.0, Par::Seq);
            assert!(products.iter().all(|product| *product == products[0]), "{block} x {d}");
        }
    }
}
