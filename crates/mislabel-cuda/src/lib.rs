//! Class-wise reconstructors and nearest neighbours on an NVIDIA GPU, in kernels of our own.

#[cfg(test)]
mod compiled_kernels;
mod compiler;
mod device;
#[cfg(test)]
mod emulation;
mod error;
mod kernel_cache;
mod memory;
mod module;
mod rows;
mod source;

pub use device::Cuda;
pub use error::{Error, Result};
