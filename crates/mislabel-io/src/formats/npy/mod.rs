//! NumPy's `.npy` format, read and written.

pub(crate) mod header;
pub(crate) mod reader;
pub(crate) mod writer;
