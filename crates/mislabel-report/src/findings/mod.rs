//! What a report says, as values.

pub(crate) mod classes;
pub(crate) mod confusion;
pub(crate) mod distribution;
pub(crate) mod duplicates;
pub(crate) mod facts;
pub(crate) mod importance;
pub(crate) mod principal_axes;
pub(crate) mod provenance;
pub(crate) mod review_effort;
pub(crate) mod sample_map;
pub(crate) mod subset;
pub(crate) mod summary;
pub(crate) mod suspects;
