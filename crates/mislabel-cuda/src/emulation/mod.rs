//! Kernels without a device, for tests.

pub(crate) mod emulator;
