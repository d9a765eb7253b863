//! What detectors find out.

pub(crate) mod estimate;
pub(crate) mod issues;
pub(crate) mod nearest_errors;
pub(crate) mod summary;
pub(crate) mod transition;
