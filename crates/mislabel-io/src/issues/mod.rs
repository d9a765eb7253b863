//! Label issues as a table, and the formats of such tables.

pub(crate) mod columns;
pub(crate) mod columns_file;
pub(crate) mod files;
pub(crate) mod json;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
#[cfg(feature = "tables")]
pub(crate) mod reading;
pub(crate) mod sheet;
pub(crate) mod table;
pub(crate) mod text;
#[cfg(feature = "tables")]
pub(crate) mod text_columns;
