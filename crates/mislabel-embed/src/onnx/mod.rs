//! Models in ONNX files.

pub(crate) mod embedder;
pub(crate) mod external;
pub(crate) mod graph;
pub(crate) mod options;
pub(crate) mod output;
pub(crate) mod pooling;
pub(crate) mod sessions;
pub(crate) mod text_inputs;
