//! Class-wise reconstructors and nearest neighbours on an NVIDIA GPU, in kernels of our own.

mod autoencoder;
mod class_scores;
mod class_table;
#[cfg(test)]
mod compiled_kernels;
mod compiler;
mod device;
#[cfg(test)]
mod emulation;
mod error;
mod kernel_cache;
#[cfg(feature = "measure")]
pub mod measure;
mod memory;
mod module;
mod neighbors;
mod precision;
mod product;
mod rows;
mod scorer;
mod soft_linear;
mod source;

pub use autoencoder::CudaAutoencoder;
pub use device::Cuda;
pub use error::{Error, Result};
pub use neighbors::CudaCandidates;
pub use precision::Precision;
pub use scorer::CudaScorer;
pub use soft_linear::CudaSoftLinear;
