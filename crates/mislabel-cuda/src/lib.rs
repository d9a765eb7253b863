//! Class-wise reconstructors and nearest neighbors on an NVIDIA GPU, in kernels of our own.

mod autoencoder;
mod compilation;
#[cfg(test)]
mod compiled_kernels;
mod device;
#[cfg(test)]
mod emulation;
mod error;
#[cfg(test)]
mod every_kernel;
#[cfg(feature = "measure")]
pub mod measure;
mod neighbors;
mod products;
mod scoring;

pub use autoencoder::method::CudaAutoencoder;
pub use device::cuda::Cuda;
pub use error::{Error, Result};
pub use neighbors::CudaCandidates;
pub use products::precision::TensorPrecision;
pub use scoring::scorer::CudaScorer;
pub use scoring::soft_linear::CudaSoftLinear;
