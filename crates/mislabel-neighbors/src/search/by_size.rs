//! Exact search while it is affordable, approximate search beyond.

use mislabel_core::{EmbeddingSource, Result, Run};

use crate::graph::distance::Distance;
use crate::graph::neighbor_graph::NeighborGraph;
use crate::search::clustered::ClusteredSearch;
use crate::search::exact::ExactSearch;
use crate::search::neighbor_search::NeighborSearch;

/// Which search is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SearchKind {
    /// All pairs of samples up to [`SearchBySize::MOST_EXACT`] samples, the nearest cells beyond.
    #[default]
    Auto,
    /// All pairs of samples ([`ExactSearch`]).
    Exact,
    /// The nearest cells of samples ([`ClusteredSearch`]).
    Approximate,
}

/// Search that is exact or approximate, by the number of samples unless told otherwise.
///
/// ```
/// use mislabel_core::{Embeddings, Run};
/// use mislabel_neighbors::{ExactSearch, NeighborSearch, SearchBySize};
/// use ndarray::array;
///
/// let rows = array![[1.0_f32, 0.0], [2.0, 0.1], [0.0, 3.0]];
/// let rows = Embeddings::new(rows.view())?;
/// let graph = SearchBySize::default().neighbors(&rows, 1, &Run::quiet())?;
/// assert_eq!(graph, ExactSearch::default().neighbors(&rows, 1, &Run::quiet())?);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct SearchBySize {
    /// The distance; default cosine.
    pub distance: Distance,
    /// Which search is used; default by the number of samples.
    pub kind: SearchKind,
    /// Cells searched for a sample where the search is approximate; `None`: as [`ClusteredSearch`] has it.
    pub cells_searched: Option<usize>,
    /// Decides which samples the centers of cells are learned from.
    pub seed: u64,
}

impl SearchBySize {
    /// Samples up to which [`SearchKind::Auto`] searches exactly: 310 CPU seconds at 768 features.
    pub const MOST_EXACT: usize = 200_000;

    /// Whether `samples` samples are searched approximately.
    pub fn is_approximate(&self, samples: usize) -> bool {
        match self.kind {
            SearchKind::Exact => false,
            SearchKind::Approximate => true,
            SearchKind::Auto => samples > Self::MOST_EXACT,
        }
    }
}

impl NeighborSearch for SearchBySize {
    fn neighbors(&self, embeddings: &dyn EmbeddingSource, k: usize, run: &Run<'_>) -> Result<NeighborGraph> {
        let distance = self.distance;
        if !self.is_approximate(embeddings.shape().0) {
            return ExactSearch { distance }.neighbors(embeddings, k, run);
        }
        let (searched, seed) = (self.cells_searched, self.seed);
        ClusteredSearch { distance, searched, seed, ..ClusteredSearch::default() }.neighbors(embeddings, k, run)
    }
}
