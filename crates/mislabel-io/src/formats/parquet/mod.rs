//! The Parquet format. No size that a file states is believed before it is checked.

pub(crate) mod checks;
pub(crate) mod pages;
pub(crate) mod table;
pub(crate) mod thrift;
