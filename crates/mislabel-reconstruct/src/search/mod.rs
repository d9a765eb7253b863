//! Finding the best classes of every row without scoring all.

pub(crate) mod block_search;
pub(crate) mod class_search;
mod estimates;
pub(crate) mod goal;
pub(crate) mod nearest;
pub(crate) mod prepared_table;
mod pruned_search;
mod quantized_table;
mod rounding;
pub(crate) mod scope;
