//! Which files of a crate import which, read from the sources.

pub(crate) mod circles;
mod module_tree;
mod reading;
mod resolution;
pub(crate) mod sources;
