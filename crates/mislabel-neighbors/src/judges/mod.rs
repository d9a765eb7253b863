//! The detectors that judge labels by a neighbor graph, and what they are made of.

mod agreement;
mod duplicates;
mod label_distribution;
mod opinion;
mod rarity;
mod relation;
mod selfclean;
mod shapley;
mod simifeat;
mod union_find;
mod votes;
mod wann;
mod weighting;

pub use agreement::Agreement;
pub use duplicates::{DuplicateGroups, Duplicates};
pub use rarity::Rarity;
pub use relation::RelationGraph;
pub use selfclean::SelfClean;
pub use shapley::KnnShapley;
pub use simifeat::{SimiFeat, SimiFeatRule};
pub use wann::Wann;
pub use weighting::Weighting;
