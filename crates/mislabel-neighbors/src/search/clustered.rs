//! Approximate search in the nearest cells of a clustering, all products in blocks.

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use mislabel_core::{EmbeddingSource, Error, Result, Run};
use ndarray::Array2;
use rayon::prelude::*;

use crate::graph::distance::Distance;
use crate::graph::neighbor_graph::NeighborGraph;
use crate::search::cells::{BLOCK, Cells};
use crate::search::nearest::{Nearest, SPARE};
use crate::search::neighbor_search::{NeighborSearch, clipped};
use crate::search::rows::{ReadRows, Rows, SearchRows, square, square_difference};

/// Most samples whose neighbors one task finds: so many ask about every cell that its rows are worth reading.
const MOST_QUERIES: usize = 8192;

/// The task's share of all samples where that is fewer.
const TASKS: usize = 64;

/// Approximate nearest neighbors by an inverted file (Sivic & Zisserman 2003; Jégou, Douze & Schmid 2011, section IV, without
/// their compression): k-means divides the samples into cells, and each sample is compared with those of the cells whose centers
/// are nearest to it.
///
/// Only the choice of candidates is approximate: distances are exact, in f64, and so is the order.
/// [`NeighborGraph::recall`] measures what share of the true neighbors was found. Needs no C++ compiler, unlike
/// `ApproximateSearch`, and nothing but the graph in memory.
///
/// Time: with c = 2 √n cells of which p are searched, 2·n·d·(c + p·n/c) operations instead of 2·n²·d; with the default p, 3.2·n^1.75·d,
/// for a million samples a twentieth. Memory: the graph, 12·n·k; the centers and 32 samples for each, 4·66·√n·d; per thread 8,192
/// rows; and all rows, 4·n·d, where the memory budget of the run allows: else they are read, converted and normalized whenever
/// they are compared, n²/8192 rows in all.
///
/// ```
/// use mislabel_core::{Embeddings, Run};
/// use mislabel_neighbors::{ClusteredSearch, NeighborSearch};
/// use ndarray::Array2;
///
/// let rows = Array2::from_shape_fn((500, 3), |(i, j)| ((i * 7 + j * 3) as f32 * 0.37).sin());
/// let rows = Embeddings::new(rows.view())?;
/// let graph = ClusteredSearch::default().neighbors(&rows, 5, &Run::quiet())?;
/// assert!(graph.recall(&rows, 100, 0, &Run::quiet())?.share.value() > 0.9);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct ClusteredSearch {
    /// The distance; default cosine.
    pub distance: Distance,
    /// The number of cells, at least 1; default 2 √n.
    pub cells: Option<usize>,
    /// Cells searched for a sample, at least 1; default 9/4 √c, 32 for 10,000 samples. More is slower and finds more. More are
    /// searched where those hold fewer samples than are wanted.
    pub searched: Option<usize>,
    /// Decides which samples the centers are learnt from.
    pub seed: u64,
}

impl Default for ClusteredSearch {
    fn default() -> Self {
        Self { distance: Distance::Cosine, cells: None, searched: None, seed: 0 }
    }
}

impl NeighborSearch for ClusteredSearch {
    fn neighbors(&self, embeddings: &dyn EmbeddingSource, k: usize, run: &Run<'_>) -> Result<NeighborGraph> {
        for (name, value) in [("cells", self.cells.unwrap_or(1)), ("searched", self.searched.unwrap_or(1))] {
            if value == 0 {
                return Err(Error::parameter(name, 0.0, "at least 1"));
            }
        }
        let (n, d) = embeddings.shape();
        let k = clipped(k, n)?;
        let cells = self.cells.unwrap_or((2.0 * (n as f64).sqrt()).ceil() as usize).min(n);
        if self.holds_rows(run, (n, d), k, cells)? {
            let rows = SearchRows::read(embeddings, self.distance, run)?;
            return self.graph(&rows, k, cells, run);
        }
        self.graph(&ReadRows::new(embeddings, self.distance, run)?, k, cells, run)
    }
}

impl ClusteredSearch {
    /// Whether the budget has room for all rows; an error where it has none for the rest.
    fn holds_rows(&self, run: &Run<'_>, (n, d): (usize, usize), k: usize, cells: usize) -> Result<bool> {
        let Some(budget) = run.memory() else { return Ok(true) };
        let [n, d, k, cells] = [n, d, k, cells].map(|count| count as u64);
        let threads = rayon::current_num_threads() as u64;
        let (block, queries) = (BLOCK as u64, MOST_QUERIES as u64);
        let blocks = threads * 4 * (block * (2 * d + cells) + queries * (2 * d + block + 10 * (k + 8)) + 16 * cells);
        let centers = 4 * (d + 1) * cells * 33;
        let left = budget.need("a graph of nearest neighbors", n * (12 * k + 24) + centers + blocks)?;
        Ok(4 * n * (d + 1) <= left)
    }

    fn graph(&self, rows: &dyn Rows, k: usize, cells: usize, run: &Run<'_>) -> Result<NeighborGraph> {
        let n = rows.shape().0;
        let cells = Cells::of(rows, cells, self.seed, &run.stage("dividing samples into cells", n))?;
        let searched = self.searched.unwrap_or((2.25 * (cells.count() as f64).sqrt()).ceil() as usize);
        let search = CellSearch::new(rows, &cells, searched, k)?;
        let stage = run.stage("searching neighbors", n);
        let (mut indices, mut distances) = (Array2::zeros((n, k)), Array2::zeros((n, k)));
        // By n alone, so that threads cannot change a product.
        let queries = (n / TASKS).clamp(BLOCK, MOST_QUERIES);
        let tasks: Vec<&[u32]> = cells.order.chunks(queries).collect();
        // The order of the results is that of the tasks; how many are held before they are put into the graph is not.
        for (wave, tasks) in tasks.chunks(2 * rayon::current_num_threads()).enumerate() {
            let first = wave * 2 * rayon::current_num_threads() * queries;
            let found = tasks.par_iter().enumerate().map(|(task, own)| search.found(first + task * queries, own));
            for (own, found) in tasks.iter().zip(found.collect::<Result<Vec<_>>>()?) {
                for (row, found) in own.iter().zip(found.chunks_exact(k)) {
                    for (place, (squared, neighbor)) in found.iter().enumerate() {
                        indices[[*row as usize, place]] = *neighbor;
                        distances[[*row as usize, place]] = rows.distance_of(*squared);
                    }
                }
                stage.advance(own.len())?;
            }
        }
        Ok(NeighborGraph::trusted(indices, distances, self.distance))
    }
}

/// Where the blocks of a cell begin in the order of the cells.
fn blocks(cells: &Cells, cell: usize) -> impl Iterator<Item = usize> {
    (cells.starts[cell]..cells.starts[cell + 1]).step_by(BLOCK)
}

/// Memory for the products of one cell.
#[derive(Default)]
struct Space {
    asking: Vec<f32>,
    candidates: Vec<f32>,
    products: Vec<f32>,
}

/// Neighbors of samples by the cells near them. Samples go by their place in the order of the cells.
struct CellSearch<'a> {
    rows: &'a dyn Rows,
    cells: &'a Cells,
    searched: usize,
    k: usize,
    /// ‖v‖²/2 of every sample, by place.
    half_squares: Vec<f32>,
}

impl<'a> CellSearch<'a> {
    fn new(rows: &'a dyn Rows, cells: &'a Cells, searched: usize, k: usize) -> Result<Self> {
        let d = rows.shape().1;
        let half_squares = cells.order.par_chunks(BLOCK).map(|numbers| {
            let mut values = vec![0.0; numbers.len() * d];
            rows.gather(numbers, &mut values)?;
            Ok(values.chunks_exact(d).map(|row| (0.5 * square(row)) as f32).collect())
        });
        let half_squares = half_squares.collect::<Result<Vec<Vec<f32>>>>()?.concat();
        Ok(Self { rows, cells, searched, k, half_squares })
    }

    /// Neighbors of the samples `own`, which begin at place `start`: squared distance and number, k for each.
    fn found(&self, start: usize, own: &[u32]) -> Result<Vec<(f64, u32)>> {
        let (n, d) = self.rows.shape();
        let mut queries = vec![0.0; own.len() * d];
        self.rows.gather(own, &mut queries)?;
        let mut nearest = Nearest::new(own.len(), (self.k + SPARE).min(n - 1));
        let mut space = Space::default();
        for (cell, asking) in self.wanted(&queries).iter().enumerate().filter(|(_, asking)| !asking.is_empty()) {
            for first in blocks(self.cells, cell) {
                let end = self.cells.starts[cell + 1].min(first + BLOCK);
                self.compare(&queries, asking, first..end, &mut space)?;
                let half_squares = &self.half_squares[first..end];
                for (row, products) in asking.iter().zip(space.products.chunks_exact(end - first)) {
                    nearest.offer(*row as usize, start + *row as usize, first, products, half_squares, |_| 0);
                }
            }
        }
        self.settled(&queries, &nearest)
    }

    /// The products of the rows `asking` of `queries` with the samples at `places`, row by row, into `space`.
    fn compare(&self, queries: &[f32], asking: &[u32], places: Range<usize>, space: &mut Space) -> Result<()> {
        let (d, width) = (self.rows.shape().1, places.len());
        space.candidates.resize(width * d, 0.0);
        self.rows.gather(&self.cells.order[places], &mut space.candidates)?;
        space.asking.clear();
        asking.iter().for_each(|row| space.asking.extend_from_slice(&queries[*row as usize * d..][..d]));
        space.products.resize(asking.len() * width, 0.0);
        let product = MatMut::from_row_major_slice_mut(&mut space.products, asking.len(), width);
        let left = MatRef::from_row_major_slice(&space.asking, asking.len(), d);
        let right = MatRef::from_column_major_slice(&space.candidates, d, width);
        matmul(product, Accum::Replace, left, right, 1.0, Par::Seq);
        Ok(())
    }

    /// For every cell the rows of `queries` that are compared with its samples.
    fn wanted(&self, queries: &[f32]) -> Vec<Vec<u32>> {
        let (count, d) = (self.cells.count(), self.rows.shape().1);
        let mut wanted = vec![Vec::new(); count];
        let mut order = Vec::new();
        for (block, queries) in queries.chunks(BLOCK * d).enumerate() {
            for (row, keys) in self.cells.keys(queries, d).chunks_exact(count).enumerate() {
                let searched = self.nearest_cells(keys, &mut order);
                searched.iter().for_each(|cell| wanted[*cell as usize].push((block * BLOCK + row) as u32));
            }
        }
        wanted
    }

    /// The cells of the greatest `keys`, and more where those hold fewer than k other samples.
    fn nearest_cells<'o>(&self, keys: &[f32], order: &'o mut Vec<u32>) -> &'o [u32] {
        let nearer = |a: &u32, b: &u32| keys[*b as usize].total_cmp(&keys[*a as usize]).then(a.cmp(b));
        order.clear();
        order.extend(0..keys.len() as u32);
        let mut searched = self.searched.min(keys.len());
        if searched < keys.len() {
            order.select_nth_unstable_by(searched, nearer);
        }
        let members = |cell: &u32| self.cells.members(*cell as usize).len();
        let mut samples: usize = order[..searched].iter().map(members).sum();
        if samples <= self.k {
            order[searched..].sort_unstable_by(nearer);
        }
        // The sample itself is among them.
        while samples <= self.k && searched < keys.len() {
            samples += members(&order[searched]);
            searched += 1;
        }
        &order[..searched]
    }

    /// The k nearest candidates of every row by distance in f64, ties to the lower number.
    fn settled(&self, queries: &[f32], nearest: &Nearest) -> Result<Vec<(f64, u32)>> {
        let d = self.rows.shape().1;
        let (mut settled, mut found, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (row, query) in queries.chunks_exact(d).enumerate() {
            let places = nearest.candidates(row);
            let numbers: Vec<u32> = places.iter().map(|place| self.cells.order[*place as usize]).collect();
            values.resize(numbers.len() * d, 0.0);
            self.rows.gather(&numbers, &mut values)?;
            found.clear();
            let squares = values.chunks_exact(d).map(|candidate| square_difference(query, candidate));
            found.extend(squares.zip(numbers));
            found.sort_unstable_by(|a: &(f64, u32), b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            settled.extend_from_slice(&found[..self.k]);
        }
        Ok(settled)
    }
}
