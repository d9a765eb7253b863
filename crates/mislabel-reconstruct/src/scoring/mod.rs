//! Scoring blocks of rows under the classes of a table.

pub(crate) mod block;
pub(crate) mod device;
