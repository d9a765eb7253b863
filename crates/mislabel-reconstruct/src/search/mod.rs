//! Finding the best classes of every row without scoring all.

pub(crate) mod block_search;
pub(crate) mod class_search;
pub(crate) mod estimates;
pub(crate) mod prepared_table;
pub(crate) mod quantized_table;
