//! HOC: the noise transition matrix from the labels of neighbors.

mod adam;
mod consensus;
pub(crate) mod estimator;
mod objective;

pub use estimator::{Hoc, HocFit};
