//! Pictures of samples, from files that nobody vouches for.

pub(crate) mod cache;
pub(crate) mod file;
pub(crate) mod gray;
pub(crate) mod kind;
pub(crate) mod packed;
pub(crate) mod picture;
pub(crate) mod thumbnail;
