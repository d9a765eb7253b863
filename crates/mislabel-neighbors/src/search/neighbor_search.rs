//! Searching for neighbors, as a trait.

use mislabel_core::{EmbeddingSource, Error, Result, Run};

use crate::graph::neighbor_graph::NeighborGraph;

/// A way to find every sample's nearest others.
///
/// Implementers promise k neighbors per sample, or n − 1 where k is larger; the same graph for the same input and
/// parameters on any number of threads; and say whether the graph is exact.
pub trait NeighborSearch: Send + Sync {
    /// The `k` nearest others of the n samples of `embeddings`, `(n, d)`.
    ///
    /// # Errors
    /// [`Error::Parameter`] when k is 0, [`Error::Undefined`] when n is 1, whatever keeps the embeddings from being
    /// read, and [`Error::Cancelled`] when `progress` says so.
    fn neighbors(&self, embeddings: &dyn EmbeddingSource, k: usize, run: &Run<'_>) -> Result<NeighborGraph>;
}

/// The number of neighbors that `n` samples have when `k` are asked for.
pub(crate) fn clipped(k: usize, n: usize) -> Result<usize> {
    if k == 0 {
        return Err(Error::parameter("k", 0.0, "at least 1"));
    }
    if n < 2 {
        return Err(Error::Undefined { quantity: "the nearest neighbor", reason: "there is only one sample" });
    }
    if n > u32::MAX as usize {
        return Err(Error::parameter("samples", n, "fewer than 4,294,967,296"));
    }
    Ok(k.min(n - 1))
}
