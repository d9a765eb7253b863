//! Many opinions of one label become one.

pub(crate) mod agreement;
pub(crate) mod combination;
pub(crate) mod combined;
pub(crate) mod learnt;
pub(crate) mod log_ranks;
