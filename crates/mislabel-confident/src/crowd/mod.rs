//! Labels by several annotators.

pub(crate) mod active_lab;
pub(crate) mod annotations;
pub(crate) mod annotators;
pub(crate) mod crowdlab;
pub(crate) mod majority_vote;
pub(crate) mod row_by_row;
pub(crate) mod temperature;
pub(crate) mod weights;
