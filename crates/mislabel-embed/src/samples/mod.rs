//! Samples: where they come from, what becomes of those that have no row.

pub(crate) mod entry;
pub(crate) mod folder;
pub(crate) mod kinds;
pub(crate) mod lines;
pub(crate) mod members;
pub(crate) mod parts;
pub(crate) mod shard_labels;
pub(crate) mod shards;
pub(crate) mod skipped;
pub(crate) mod splits;
pub(crate) mod table;
pub(crate) mod walk;
