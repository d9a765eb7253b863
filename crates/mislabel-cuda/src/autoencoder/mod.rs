//! Class-wise autoencoders on the device: the CPU's recipe, trained and scored by kernels of our own.

mod kernels;
mod layout;
mod method;
mod packing;
mod schedule;
mod scoring;
mod steps;
mod training;

#[cfg(test)]
pub(crate) use kernels::{SCORE, SHALLOW, TRAIN};
pub use method::CudaAutoencoder;

#[cfg(test)]
mod gradient_tests;
#[cfg(test)]
mod tests;
