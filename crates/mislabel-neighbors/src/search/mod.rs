//! The searches that make a neighbor graph, and the recall of one that is not exact.

#[cfg(feature = "usearch")]
mod approximate;
mod assisted;
mod by_size;
mod cells;
mod checkpoint;
mod clustered;
mod exact;
pub(crate) mod k_nearest;
mod marks;
mod nearest;
mod neighbor_search;
mod recall;
mod rows;

#[cfg(feature = "usearch")]
pub use approximate::ApproximateSearch;
pub use assisted::{AssistedSearch, CandidateSearch};
pub use by_size::{SearchBySize, SearchKind};
pub use clustered::ClusteredSearch;
pub use exact::ExactSearch;
pub use k_nearest::{DEFAULT_NEIGHBORS, KNearest};
pub use neighbor_search::NeighborSearch;
pub use recall::SearchRecall;
