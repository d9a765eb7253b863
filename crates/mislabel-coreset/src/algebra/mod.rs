//! Rows in blocks, and the matrices made of them.

pub(crate) mod basis;
pub(crate) mod class_moments;
pub(crate) mod rows;
