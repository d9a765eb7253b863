//! File formats, whatever their numbers and texts mean.

pub(crate) mod extension;
pub(crate) mod foreign;
#[cfg(feature = "tables")]
pub(crate) mod guarded;
pub(crate) mod lines;
pub(crate) mod matrix;
pub(crate) mod npy;
pub(crate) mod npz;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
pub(crate) mod safetensors;
