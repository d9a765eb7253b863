//! What detectors find out.

pub(crate) mod columns;
pub(crate) mod estimate;
pub(crate) mod issue;
pub(crate) mod issues;
pub(crate) mod nearest_errors;
pub(crate) mod summary;
pub(crate) mod transition;
