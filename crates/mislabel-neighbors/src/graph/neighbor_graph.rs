//! The neighbor graph: every sample's nearest others.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Labels, Result};
use ndarray::{Array2, ArrayView1, ArrayView2};

use crate::graph::distance::Distance;

/// The k nearest other samples of each of n samples, nearest first.
///
/// Every neighbor is another sample, none appears twice in a row, and distances are finite, at least 0 and ascending
/// along a row. Where the graph comes from, an exact search, an approximate index or another program, makes no
/// difference to the detectors on it. 12 bytes per entry.
///
/// ```
/// use mislabel_neighbors::{Distance, NeighborGraph};
/// use ndarray::array;
///
/// // Three points on a line at 0, 1 and 3, found by other means.
/// let graph = NeighborGraph::new(array![[1, 2], [0, 2], [1, 0]], array![[1.0, 3.0], [1.0, 2.0], [2.0, 3.0]], Distance::Euclidean)?;
/// assert_eq!(graph.neighbors(2), [1, 0]);
///
/// let loops = NeighborGraph::new(array![[1], [1]], array![[1.0], [0.0]], Distance::Euclidean);
/// assert_eq!(loops.unwrap_err().to_string(), "neighbor 1 of sample 1 at place 0 is the sample itself");
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NeighborGraph {
    indices: Array2<u32>,
    distances: Array2<f64>,
    distance: Distance,
}

impl NeighborGraph {
    /// A graph from `indices` and `distances`, both `(n, k)` with n, k ≥ 1, row i for sample i, nearest first and
    /// without the sample itself. O(n·k log k).
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`] when the shapes differ, [`Error::InvalidNeighbor`] at an index of n
    /// or more, a sample that is its own neighbor or one that appears twice, [`Error::NotFinite`], and
    /// [`Error::OutOfRange`] at a distance below 0 (or above 2 under cosine) or below the one before it.
    pub fn new(indices: Array2<u32>, distances: Array2<f64>, distance: Distance) -> Result<Self> {
        if indices.is_empty() {
            return Err(Error::Empty { what: "the neighbor graph" });
        }
        same_length("the distances of the neighbor graph", indices.nrows(), distances.nrows())?;
        same_length("a row of the distances of the neighbor graph", indices.ncols(), distances.ncols())?;
        let (indices, distances) = (standard(indices), standard(distances));
        let mut sorted = Vec::with_capacity(indices.ncols());
        for (row, (neighbors, values)) in indices.outer_iter().zip(distances.outer_iter()).enumerate() {
            check_neighbors(row, indices.nrows(), neighbors, &mut sorted)?;
            check_distances(row, values, distance)?;
        }
        Ok(Self { indices, distances, distance })
    }

    /// A graph whose maker keeps the promises of [`new`](Self::new).
    pub(crate) fn trusted(indices: Array2<u32>, distances: Array2<f64>, distance: Distance) -> Self {
        debug_assert!(Self::new(indices.clone(), distances.clone(), distance).is_ok());
        Self { indices, distances, distance }
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a graph is never empty")]
    pub fn len(&self) -> usize {
        self.indices.nrows()
    }

    /// Neighbors per sample, k, from 1 to n − 1.
    pub fn width(&self) -> usize {
        self.indices.ncols()
    }

    /// What the distances are.
    pub fn distance(&self) -> Distance {
        self.distance
    }

    /// The neighbors of sample `row`, `(k,)`, nearest first. Panics when `row` ≥ n, as slices do.
    pub fn neighbors(&self, row: usize) -> &[u32] {
        let k = self.width();
        &self.indices.as_slice().expect("graphs are in standard layout")[row * k..][..k]
    }

    /// The distances of [`neighbors`](Self::neighbors), `(k,)`, ascending.
    pub fn distances(&self, row: usize) -> &[f64] {
        let k = self.width();
        &self.distances.as_slice().expect("graphs are in standard layout")[row * k..][..k]
    }

    /// All neighbors, `(n, k)`.
    pub fn indices_view(&self) -> ArrayView2<'_, u32> {
        self.indices.view()
    }

    /// All distances, `(n, k)`.
    pub fn distances_view(&self) -> ArrayView2<'_, f64> {
        self.distances.view()
    }

    /// Whether every sample has all others as neighbors, so that no wider graph exists.
    pub fn is_complete(&self) -> bool {
        self.width() + 1 == self.len()
    }

    /// How many neighbors a method that wants `wanted` may use: that many, or all of a complete graph.
    pub(crate) fn usable(&self, name: &'static str, wanted: usize) -> Result<usize> {
        if wanted == 0 {
            return Err(Error::parameter(name, 0.0, "at least 1"));
        }
        if wanted > self.width() && !self.is_complete() {
            return Err(Error::GraphTooNarrow { needed: wanted, found: self.width() });
        }
        Ok(wanted.min(self.width()))
    }

    /// Checks that there is a label for every sample.
    pub(crate) fn labeled_by(&self, given: &Labels) -> Result<()> {
        same_length("given labels", self.len(), given.len())
    }
}

fn standard<T: Clone>(array: Array2<T>) -> Array2<T> {
    if array.is_standard_layout() { array } else { array.as_standard_layout().into_owned() }
}

fn check_neighbors(row: usize, n: usize, neighbors: ArrayView1<'_, u32>, sorted: &mut Vec<u32>) -> Result<()> {
    let invalid = |column, neighbor: u32, defect| Error::InvalidNeighbor { row, column, neighbor, defect };
    for (column, &neighbor) in neighbors.iter().enumerate() {
        if neighbor as usize >= n {
            return Err(invalid(column, neighbor, "is not one of the samples"));
        }
        if neighbor as usize == row {
            return Err(invalid(column, neighbor, "is the sample itself"));
        }
    }
    sorted.clear();
    sorted.extend(neighbors);
    sorted.sort_unstable();
    let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) else { return Ok(()) };
    let column = neighbors.iter().rposition(|neighbor| *neighbor == pair[0]).unwrap_or(0);
    Err(invalid(column, pair[0], "appears twice"))
}

fn check_distances(row: usize, values: ArrayView1<'_, f64>, distance: Distance) -> Result<()> {
    let what = "the distances of the neighbor graph";
    let high = if distance == Distance::Cosine { 2.0 } else { f64::INFINITY };
    let mut low = 0.0;
    for (column, &value) in values.iter().enumerate() {
        if !value.is_finite() {
            return Err(Error::NotFinite { what, row, column, value });
        }
        if !(low..=high).contains(&value) {
            return Err(Error::OutOfRange { what, row, column, value, low, high });
        }
        low = value;
    }
    Ok(())
}
