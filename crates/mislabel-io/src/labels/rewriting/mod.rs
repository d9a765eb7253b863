//! A file of labels, written again with some of them changed, in the format it has.

pub(crate) mod arrays;
pub(crate) mod changes;
pub(crate) mod edits;
#[cfg(feature = "tables")]
pub(crate) mod json;
pub(crate) mod npz;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
pub(crate) mod reading_back;
pub(crate) mod rewrite;
#[cfg(feature = "tables")]
pub(crate) mod splices;
#[cfg(feature = "tables")]
pub(crate) mod text;
#[cfg(feature = "tables")]
pub(crate) mod wrapping;
