//! What a neighbor's vote weighs.

use ndarray::Axis;

use crate::graph::distance::Distance;
use crate::graph::neighbor_graph::NeighborGraph;

/// How a neighbor's weight falls with its distance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum Weighting {
    /// All neighbors weigh the same.
    Uniform,
    /// By similarity: max(0, 1 − distance) under cosine; 1/(1 + distance/s) under the Euclidean distance, s being the
    /// median distance to the nearest neighbor, so that the unit of the embeddings does not matter. The default.
    #[default]
    Similarity,
}

/// A weighting with the scale of a graph.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weights {
    Uniform,
    Cosine,
    Euclidean { scale: f64 },
}

impl Weights {
    pub(crate) fn new(weighting: Weighting, graph: &NeighborGraph) -> Self {
        match (weighting, graph.distance()) {
            (Weighting::Uniform, _) => Self::Uniform,
            (Weighting::Similarity, Distance::Cosine) => Self::Cosine,
            (Weighting::Similarity, Distance::Euclidean) => Self::Euclidean { scale: nearest_median(graph) },
        }
    }

    /// The weight at `distance`, at least 0; at most 1 where the distance is not negative.
    ///
    /// SimiFeat extrapolates a sample's distance from itself, which may be below 0.
    pub(crate) fn of(self, distance: f64) -> f64 {
        match self {
            Self::Uniform => 1.0,
            Self::Cosine => (1.0 - distance).max(0.0),
            Self::Euclidean { .. } if distance <= 0.0 => 1.0,
            Self::Euclidean { scale } => scale / (scale + distance),
        }
    }
}

/// The median distance to the nearest neighbor.
pub(crate) fn nearest_median(graph: &NeighborGraph) -> f64 {
    let mut nearest = graph.distances_view().index_axis(Axis(1), 0).to_vec();
    let half = nearest.len() / 2;
    *nearest.select_nth_unstable_by(half, f64::total_cmp).1
}
