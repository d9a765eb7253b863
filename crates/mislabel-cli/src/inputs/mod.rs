//! What commands read.

pub(crate) mod files;
pub(crate) mod method_files;
pub(crate) mod pairing;
pub(crate) mod parameters;
pub(crate) mod predictions;
pub(crate) mod reading;
pub(crate) mod reviewed;
pub(crate) mod sample_tables;
pub(crate) mod shown;
pub(crate) mod travelling;
