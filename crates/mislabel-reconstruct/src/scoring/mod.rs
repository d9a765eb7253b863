//! Scoring blocks of rows under the classes of a table.

pub(crate) mod block;
pub(crate) mod block_summary;
pub(crate) mod class_table;
pub(crate) mod device;
pub(crate) mod nearest_block;
pub(crate) mod own_error;
