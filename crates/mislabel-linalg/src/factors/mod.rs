//! Cholesky factors and leading eigenvectors.

pub(crate) mod cholesky;
pub(crate) mod subspace;
