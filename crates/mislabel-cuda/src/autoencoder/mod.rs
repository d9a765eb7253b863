//! Class-wise autoencoders on the device: the CPU's recipe, trained and scored by kernels of our own.

pub(crate) mod kernels;
pub(crate) mod layout;
pub(crate) mod method;
pub(crate) mod packing;
pub(crate) mod schedule;
pub(crate) mod scoring;
pub(crate) mod steps;
pub(crate) mod training;

#[cfg(test)]
mod gradient_tests;
#[cfg(test)]
mod tests;
