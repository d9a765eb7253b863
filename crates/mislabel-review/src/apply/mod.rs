//! Corrected labels, in the format they came in.

pub(crate) mod corrections;
#[cfg(feature = "files")]
pub(crate) mod written;
