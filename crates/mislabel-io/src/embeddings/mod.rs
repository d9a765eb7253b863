//! Embeddings in files, and embeddings written to them.

pub(crate) mod blocks;
pub(crate) mod file;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
pub(crate) mod writer;
