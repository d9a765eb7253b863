//! What detectors read.

pub(crate) mod class_map;
pub(crate) mod converted;
pub(crate) mod embedding_matrix;
pub(crate) mod embeddings;
pub(crate) mod labels;
pub(crate) mod partial;
pub(crate) mod probabilities;
pub(crate) mod probability_sink;
pub(crate) mod selected;
pub(crate) mod standardized;
pub(crate) mod verified;
