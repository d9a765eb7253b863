//! The bytes of a file as an array: mapped, in memory or in a temporary file.

pub(crate) mod atomic_file;
pub(crate) mod element;
pub(crate) mod gathered;
pub(crate) mod mapping;
pub(crate) mod matrix;
pub(crate) mod stack;
pub(crate) mod stored_array;
