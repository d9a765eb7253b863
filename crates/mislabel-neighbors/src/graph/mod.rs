//! The neighbor graph, and the distances in it.

pub(crate) mod distance;
pub(crate) mod neighbor_graph;

pub use distance::Distance;
pub use neighbor_graph::NeighborGraph;
