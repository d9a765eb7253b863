//! What a model expects, and where that is known from.

pub(crate) mod built_in;
pub(crate) mod draft;
pub(crate) mod file;
pub(crate) mod folder;
#[cfg(feature = "images")]
pub(crate) mod pictures;
#[cfg(feature = "images")]
pub(crate) mod processors;
pub(crate) mod sentences;
pub(crate) mod setting;
pub(crate) mod timm;
pub(crate) mod values;
