//! How probable it is that a label is wrong.

pub(crate) mod density;
pub(crate) mod probability;
pub(crate) mod relabeling;
