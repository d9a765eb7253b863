//! Why a label is doubted.

pub(crate) mod explanation;
pub(crate) mod near_samples;
mod unit_rows;
