//! Dense products and factorizations. Nothing here knows of the rest of the crate.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub(crate) mod amx;
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
#[path = "no_amx.rs"]
pub(crate) mod amx;
pub(crate) mod bytes;
pub(crate) mod cholesky;
pub(crate) mod floats;
pub(crate) mod subspace;
