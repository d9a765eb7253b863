//! Cholesky factors, eigenvectors, and bases of the leading ones.

pub(crate) mod cholesky;
pub(crate) mod spectrum;
pub(crate) mod subspace;
