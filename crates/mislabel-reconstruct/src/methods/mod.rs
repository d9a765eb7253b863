//! What a user names: the methods, and the reconstructors that they fit.

pub(crate) mod centroid;
pub(crate) mod footprint;
pub(crate) mod gaussian;
pub(crate) mod nearest_classes;
pub(crate) mod nearest_scoring;
pub(crate) mod reconstructors;
mod rounds;
#[cfg(test)]
mod search_tests;
pub(crate) mod shared_metric;
pub(crate) mod soft_linear;
