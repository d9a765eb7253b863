//! Rows of embeddings, scaled and projected.

pub(crate) mod projection;
pub(crate) mod unit_rows;
