//! Corrected labels, in the format they came in.

pub(crate) mod array_file;
pub(crate) mod corrections;
pub(crate) mod npy;
pub(crate) mod rewrite;
pub(crate) mod safetensors;
pub(crate) mod spelling;
pub(crate) mod table_file;
pub(crate) mod text_file;
pub(crate) mod written;
