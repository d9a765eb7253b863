//! Class-wise autoencoders on the device: the CPU's recipe, trained and scored by kernels of our own.

mod kernels;
mod layout;
#[cfg(feature = "measure")]
mod measure;
mod method;
mod packing;
mod schedule;
mod scoring;
mod steps;
mod training;

#[cfg(test)]
pub(crate) use kernels::{SCORE, SHALLOW, TRAIN};
#[cfg(all(test, feature = "measure"))]
pub(crate) use measure::SOURCE as LIBRARY;
#[cfg(feature = "measure")]
pub use measure::{ScoringBlock, TrainingWork};
pub use method::CudaAutoencoder;

#[cfg(test)]
mod gradient_tests;
#[cfg(test)]
mod tests;
