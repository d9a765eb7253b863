//! Rows on the scale on which reconstructors compare them.

pub(crate) mod scaling;
pub(crate) mod slices;
