//! Pictures that travel inside the page.

pub(crate) mod data_uri;
pub(crate) mod exhibit;
pub(crate) mod picture;
pub(crate) mod portable;
#[cfg(feature = "images")]
pub(crate) mod thumbnail;
