//! Labels in files, given and verified, and the classes they name.

pub(crate) mod class_lookup;
pub(crate) mod class_names;
pub(crate) mod file;
pub(crate) mod json;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
pub(crate) mod values;
pub(crate) mod verified;
