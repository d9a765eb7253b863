//! Which labels are flagged.

pub(crate) mod counts;
pub(crate) mod filter;
pub(crate) mod sieve;
pub(crate) mod swath;
pub(crate) mod top_margins;
