//! The Parquet format. No size that a file states is believed before it is checked.

pub(crate) mod checks;
pub(crate) mod column;
pub(crate) mod pages;
pub(crate) mod reader;
pub(crate) mod thrift;
