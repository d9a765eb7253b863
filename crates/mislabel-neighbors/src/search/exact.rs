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
/// The k + 8 best by f32 products are put in order by their distances in f64, ties to the lower sample number. The
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
        // The rows as f32; number and distance of every neighbor.
        run.need("a graph of nearest neighbors", n as u64 * (4 * (d as u64 + 2) + 12 * k as u64))?;
        let rows = SearchRows::read(embeddings, self.distance, run)?;
        let mut indices = Array2::zeros((n, k));
        let mut distances = Array2::zeros((n, k));
        // The block depends on n alone, so that threads cannot change a product.
        let block = (n / 16).next_multiple_of(LEAST_BLOCK).clamp(LEAST_BLOCK, ROW_BLOCK);
        let stage = run.stage("searching neighbors", n);
        let tasks = indices.axis_chunks_iter_mut(Axis(0), block).into_par_iter();
        let tasks = tasks.zip(distances.axis_chunks_iter_mut(Axis(0), block).into_par_iter()).enumerate();
        tasks.try_for_each_init(Vec::new, |products, (task, (indices, distances))| {
            stage.advance(kept_or_searched(run, &rows, task * block, products, indices, distances)?)
        })?;
        Ok(NeighborGraph::trusted(indices, distances, self.distance))
    }
}

/// As [`search_block`], unless an earlier run did so and kept what it found.
fn kept_or_searched(
    run: &Run<'_>,
    rows: &SearchRows,
    start: usize,
    products: &mut Vec<f32>,
    mut indices: ArrayViewMut2<'_, u32>,
    mut distances: ArrayViewMut2<'_, f64>,
) -> Result<usize> {
    let part = format!("exact neighbors from {start} on");
    if let Some(kept) = run.load(&part)?
        && checkpoint::restore(&kept, indices.view_mut(), distances.view_mut())
    {
        return Ok(indices.nrows());
    }
    let count = search_block(rows, start, products, indices.view_mut(), distances.view_mut());
    if run.keeps_parts() {
        run.store(&part, &checkpoint::bytes(indices.view(), distances.view()))?;
    }
    Ok(count)
}

/// Finds the neighbors of the samples from `start` on, as many as `indices`, `(rows, k)`, has rows.
fn search_block(
    rows: &SearchRows,
    start: usize,
    products: &mut Vec<f32>,
    mut indices: ArrayViewMut2<'_, u32>,
    mut distances: ArrayViewMut2<'_, f64>,
) -> usize {
    let (count, k) = indices.dim();
    let mut nearest = Nearest::new(count, (k + SPARE).min(rows.shape().0 - 1));
    offer_all(rows, start, count, products, &mut nearest);
    let mut found = Vec::new();
    for row in 0..count {
        nearest.settle(row, start + row, rows, &mut found);
        for (place, &(squared, neighbor)) in found[..k].iter().enumerate() {
            indices[[row, place]] = neighbor;
            distances[[row, place]] = rows.distance_of(squared);
        }
    }
    count
}

fn offer_all(rows: &SearchRows, start: usize, count: usize, products: &mut Vec<f32>, nearest: &mut Nearest) {
    let (n, d) = rows.shape();
    let block = MatRef::from_row_major_slice(rows.block(start, count), count, d);
    products.resize(count * CANDIDATE_BLOCK, 0.0);
    for first in (0..n).step_by(CANDIDATE_BLOCK) {
        let width = CANDIDATE_BLOCK.min(n - first);
        let candidates = MatRef::from_column_major_slice(rows.block(first, width), d, width);
        let product = MatMut::from_row_major_slice_mut(&mut products[..count * width], count, width);
        matmul(product, Accum::Replace, block, candidates, 1.0, Par::Seq);
        let half_squares = rows.half_squares(first, width);
        for (row, products) in products[..count * width].chunks_exact(width).enumerate() {
            nearest.offer(row, start + row, first, products, half_squares);
        }
    }
}
