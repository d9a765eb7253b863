//! Models in ONNX files.

pub(crate) mod embedder;
pub(crate) mod external;
pub(crate) mod graph;
pub(crate) mod options;
pub(crate) mod output;
#[cfg(feature = "images")]
pub(crate) mod picture_plan;
pub(crate) mod plan;
pub(crate) mod pooling;
pub(crate) mod sessions;
pub(crate) mod text_inputs;
pub(crate) mod text_plan;
