//! The search as evidence.

use mislabel_core::checks::same_length;
use mislabel_core::{ClassEvidence, EmbeddingSource, Labels, Result, Run};

use crate::graph::neighbor_graph::NeighborGraph;
use crate::search::exact::ExactSearch;
use crate::search::neighbor_search::NeighborSearch;

/// Neighbors per sample of a graph for judges that do not say how many they read.
pub const DEFAULT_NEIGHBORS: usize = 50;

/// Evidence by neighbors: the graph of every sample's nearest others. The given labels are not looked at.
///
/// ```
/// use mislabel_core::{Detector, Embeddings, Labels, Pipeline, Run};
/// use mislabel_neighbors::{Agreement, Distance, ExactSearch, KNearest};
/// use ndarray::array;
///
/// let rows = array![[0.0_f32], [0.1], [0.3], [5.0], [5.1], [5.3]];
/// let given = Labels::new(vec![0, 0, 1, 1, 1, 1], 2)?; // the third is wrong
/// let evidence = KNearest { neighbors: Some(2), search: ExactSearch { distance: Distance::Euclidean } };
/// let detector = Pipeline::new(evidence, Agreement { neighbors: 2, ..Agreement::default() });
/// let issues = detector.detect(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
/// assert_eq!(issues.quality().ranking()[0], 2);
/// assert_eq!(issues.suggested().class(2), 0);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct KNearest<S = ExactSearch> {
    /// Neighbors per sample; n − 1 where there are fewer. Default `None`: as many as the judge reads
    /// ([`Judge::reach`](mislabel_core::Judge::reach)), [`DEFAULT_NEIGHBORS`] where it does not say.
    #[cfg_attr(feature = "serde", serde(default))]
    pub neighbors: Option<usize>,
    /// How they are found.
    #[cfg_attr(feature = "serde", serde(default))]
    pub search: S,
}

impl Default for KNearest {
    fn default() -> Self {
        Self { neighbors: None, search: ExactSearch::default() }
    }
}

impl<S: NeighborSearch> ClassEvidence for KNearest<S> {
    type Evidence = NeighborGraph;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<NeighborGraph> {
        self.evidence_within(0, embeddings, given, run)
    }

    fn evidence_within(
        &self,
        reach: usize,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<NeighborGraph> {
        same_length("given labels", embeddings.shape().0, given.len())?;
        let reach = if reach == 0 { DEFAULT_NEIGHBORS } else { reach };
        self.search.neighbors(embeddings, self.neighbors.unwrap_or(reach), run)
    }
}
