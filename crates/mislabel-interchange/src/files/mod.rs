//! Files and folders, read within limits and written whole or not at all.

pub(crate) mod delimited;
pub(crate) mod folder;
pub(crate) mod input;
pub(crate) mod json;
pub(crate) mod media_path;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
