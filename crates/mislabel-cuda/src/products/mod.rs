//! Products of rows on the tensor cores: their shape, their precision and the rows themselves.

pub(crate) mod precision;
pub(crate) mod rows;
pub(crate) mod shape;
