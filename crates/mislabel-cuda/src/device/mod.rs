//! The device, its memory and launches on it.

pub(crate) mod argument;
pub(crate) mod buffer;
pub(crate) mod cuda;
pub(crate) mod launch;
pub(crate) mod memory;
