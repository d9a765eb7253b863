//! The merge-and-reduce tree: a coreset of a stream, its important samples, its file.

mod building;
mod content;
mod coreset;
mod coreset_tree;
mod error;
mod file;
mod held;
mod important;
mod merge_reduce;
mod reduction;
mod revision;
mod sampling;

pub use coreset::Coreset;
pub use coreset_tree::CoresetTree;
pub use error::TreeError;
pub use important::{ClassSize, ImportantSample, ImportantSamples};
pub use merge_reduce::MergeReduce;
pub use revision::LabelUpdate;
