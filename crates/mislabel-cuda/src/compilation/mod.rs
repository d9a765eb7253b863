//! Kernels from their text to code that the device runs.

pub(crate) mod cache;
pub(crate) mod compiler;
pub(crate) mod modules;
pub(crate) mod source;
