//! Products of rows and directions in f32 and in bytes, of matrices in f64.

pub(crate) mod bytes;
pub(crate) mod doubles;
pub(crate) mod floats;
#[cfg(feature = "byte-vectors")]
pub(crate) mod vectors;
#[cfg(not(feature = "byte-vectors"))]
#[path = "no_vectors.rs"]
pub(crate) mod vectors;
