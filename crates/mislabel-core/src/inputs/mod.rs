//! What detectors read.

pub(crate) mod embeddings;
pub(crate) mod labels;
pub(crate) mod partial;
pub(crate) mod probabilities;
pub(crate) mod probability_sink;
pub(crate) mod selected;
pub(crate) mod standardized;
pub(crate) mod verified;
