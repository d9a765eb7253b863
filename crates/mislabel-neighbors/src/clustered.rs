//! Approximate search in the nearest cells of a clustering, all products in blocks.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use mislabel_core::{EmbeddingSource, Error, MemoryBudget, Progress, Result, Stage};
use ndarray::Array2;
use rayon::prelude::*;

use crate::cells::{BLOCK, Cells};
use crate::exact::SPARE;
use crate::nearest::Nearest;
use crate::rows::{ReadRows, Rows, SearchRows, square, square_difference};
use crate::search::clipped;
use crate::{Distance, NeighborGraph, NeighborSearch};

/// Cells whose results are held before they are put into the graph.
const WAVE: usize = 64;

/// Approximate nearest neighbours by an inverted file (Sivic & Zisserman 2003; Jégou, Douze & Schmid 2011, section IV, without
/// their compression): k-means divides the samples into cells, and each sample is compared with those of the cells whose centres
/// are nearest to it.
///
/// Only the choice of candidates is approximate: distances are exact, in f64, and so is the order.
/// [`NeighborGraph::recall`] measures what share of the true neighbours was found. Needs no C++ compiler, unlike
/// `ApproximateSearch`, and nothing but the graph in memory.
///
/// Time: with c = 2 √n cells of which p are searched, 2·n·d·(c + p·n/c) = n^1.5·d·(4 + p) operations instead of 2·n²·d. Memory: the
/// graph, 12·n·k; the centres and 32 samples for each, 4·64·√n·d; and the rows, 4·n·d, where [`memory`](Self::memory) allows:
/// else they are read, converted and normalised whenever they are compared.
///
/// ```
/// use mislabel_core::{Embeddings, Silent};
/// use mislabel_neighbors::{ClusteredSearch, NeighborSearch};
/// use ndarray::Array2;
///
/// let rows = Array2::from_shape_fn((500, 3), |(i, j)| ((i * 7 + j * 3) as f32 * 0.37).sin());
/// let rows = Embeddings::new(rows.view())?;
/// let graph = ClusteredSearch::default().neighbors(&rows, 5, &Silent)?;
/// assert!(graph.recall(&rows, 100, 0, &Silent)?.share > 0.9);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusteredSearch {
    /// The distance; default cosine.
    pub distance: Distance,
    /// The number of cells, at least 1; default 2 √n.
    pub cells: Option<usize>,
    /// Cells searched for a sample, at least 1; default 32. More is slower and finds more. More are searched where those hold
    /// fewer samples than are wanted.
    pub searched: usize,
    /// Decides which samples the centres are learnt from.
    pub seed: u64,
    /// Memory that the work may take; `None` sets no limit. It decides whether the rows are held, never the result.
    pub memory: Option<MemoryBudget>,
}

impl Default for ClusteredSearch {
    fn default() -> Self {
        Self { distance: Distance::Cosine, cells: None, searched: 32, seed: 0, memory: None }
    }
}

impl NeighborSearch for ClusteredSearch {
    fn neighbors(&self, embeddings: &dyn EmbeddingSource, k: usize, progress: &dyn Progress) -> Result<NeighborGraph> {
        for (name, value) in [("cells", self.cells.unwrap_or(1)), ("searched", self.searched)] {
            if value == 0 {
                return Err(Error::Parameter { name, value: 0.0, requirement: "at least 1" });
            }
        }
        let (n, d) = embeddings.shape();
        let k = clipped(k, n)?;
        let cells = self.cells.unwrap_or((2.0 * (n as f64).sqrt()).ceil() as usize).min(n);
        if self.holds_rows((n, d), k, cells)? {
            let rows = SearchRows::read(embeddings, self.distance, progress)?;
            return self.graph(&rows, k, cells, progress);
        }
        self.graph(&ReadRows::new(embeddings, self.distance, progress)?, k, cells, progress)
    }
}

impl ClusteredSearch {
    /// Whether the budget has room for all rows; an error where it has none for the rest.
    fn holds_rows(&self, (n, d): (usize, usize), k: usize, cells: usize) -> Result<bool> {
        let Some(budget) = self.memory else { return Ok(true) };
        let [n, d, k, cells] = [n, d, k, cells].map(|count| count as u64);
        let threads = rayon::current_num_threads() as u64;
        let blocks = threads * 4 * BLOCK as u64 * (3 * (d + 1) + 2 * cells + BLOCK as u64);
        let centres = 4 * (d + 1) * cells * 34;
        let left = budget.need("a graph of nearest neighbors", n * (12 * k + 24) + centres + blocks)?;
        Ok(4 * n * (d + 1) <= left)
    }

    fn graph(&self, rows: &dyn Rows, k: usize, cells: usize, progress: &dyn Progress) -> Result<NeighborGraph> {
        let n = rows.shape().0;
        let cells = Cells::of(rows, cells, self.seed, &Stage::new("dividing samples into cells", n, progress))?;
        let search = CellSearch::new(rows, &cells, self.searched, k)?;
        let stage = Stage::new("searching neighbors", n, progress);
        let (mut indices, mut distances) = (Array2::zeros((n, k)), Array2::zeros((n, k)));
        let starts: Vec<usize> = (0..cells.count()).flat_map(|cell| blocks(&cells, cell)).collect();
        for wave in starts.chunks(WAVE) {
            let found = wave.par_iter().map(|start| search.block(*start)).collect::<Result<Vec<_>>>()?;
            for (start, found) in wave.iter().zip(&found) {
                for (row, found) in cells.order[*start..].iter().zip(found.chunks_exact(k)) {
                    for (place, (squared, neighbor)) in found.iter().enumerate() {
                        indices[[*row as usize, place]] = *neighbor;
                        distances[[*row as usize, place]] = rows.distance_of(*squared);
                    }
                }
                stage.advance(found.len() / k)?;
            }
        }
        Ok(NeighborGraph::trusted(indices, distances, self.distance))
    }
}

/// Where the blocks of a cell begin in the order of the cells.
fn blocks(cells: &Cells, cell: usize) -> impl Iterator<Item = usize> {
    (cells.starts[cell]..cells.starts[cell + 1]).step_by(BLOCK)
}

/// Neighbours of samples by the cells near them. Samples go by their place in the order of the cells.
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

    /// Neighbours of the samples of one block, which begins at place `start`: squared distance and number, k for each.
    fn block(&self, start: usize) -> Result<Vec<(f64, u32)>> {
        let cell = self.cells.starts.partition_point(|first| *first <= start) - 1;
        let end = self.cells.starts[cell + 1].min(start + BLOCK);
        let (n, d) = self.rows.shape();
        let own = &self.cells.order[start..end];
        let mut queries = vec![0.0; own.len() * d];
        self.rows.gather(own, &mut queries)?;
        let mut nearest = Nearest::new(own.len(), (self.k + SPARE).min(n - 1));
        let (mut asking, mut candidates, mut products) = (Vec::new(), Vec::new(), Vec::new());
        for (cell, rows) in self.wanted(&queries).into_iter().enumerate() {
            asking.clear();
            rows.iter().for_each(|row| asking.extend_from_slice(&queries[*row as usize * d..][..d]));
            for first in blocks(self.cells, cell).take_while(|_| !rows.is_empty()) {
                let numbers = &self.cells.order[first..self.cells.starts[cell + 1].min(first + BLOCK)];
                let width = numbers.len();
                candidates.resize(width * d, 0.0);
                self.rows.gather(numbers, &mut candidates)?;
                products.resize(rows.len() * width, 0.0);
                let product = MatMut::from_row_major_slice_mut(&mut products, rows.len(), width);
                let left = MatRef::from_row_major_slice(&asking, rows.len(), d);
                let right = MatRef::from_column_major_slice(&candidates, d, width);
                matmul(product, Accum::Replace, left, right, 1.0, Par::Seq);
                let half_squares = &self.half_squares[first..first + width];
                for (row, products) in rows.iter().zip(products.chunks_exact(width)) {
                    nearest.offer(*row as usize, start + *row as usize, first, products, half_squares);
                }
            }
        }
        self.settled(&queries, &nearest)
    }

    /// For every cell the rows of a block that are compared with its samples.
    fn wanted(&self, queries: &[f32]) -> Vec<Vec<u32>> {
        let count = self.cells.count();
        let mut wanted = vec![Vec::new(); count];
        let mut order: Vec<u32> = Vec::new();
        let nearer = |keys: &[f32], a: u32, b: u32| keys[b as usize].total_cmp(&keys[a as usize]).then(a.cmp(&b));
        let keys = self.cells.keys(queries, self.rows.shape().1);
        for (row, keys) in keys.chunks_exact(count).enumerate() {
            order.clear();
            order.extend(0..count as u32);
            let mut searched = self.searched.min(count);
            if searched < count {
                order.select_nth_unstable_by(searched, |a, b| nearer(keys, *a, *b));
            }
            // One more, for the sample itself may be among them.
            let mut samples: usize =
                order[..searched].iter().map(|cell| self.cells.members(*cell as usize).len()).sum();
            if samples <= self.k {
                order[searched..].sort_unstable_by(|a, b| nearer(keys, *a, *b));
                while samples <= self.k && searched < count {
                    samples += self.cells.members(order[searched] as usize).len();
                    searched += 1;
                }
            }
            order[..searched].iter().for_each(|cell| wanted[*cell as usize].push(row as u32));
        }
        wanted
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
