//! Rows: computed, kept, checked.

pub(crate) mod embedded;
pub(crate) mod filling;
pub(crate) mod oddities;
pub(crate) mod options;
pub(crate) mod segment;
pub(crate) mod store;
pub(crate) mod work;
