//! The methods, one file for each kind of evidence.

pub(crate) mod confident;
pub(crate) mod consensus;
pub(crate) mod coreset;
pub(crate) mod gaussian;
pub(crate) mod mistakenness;
pub(crate) mod neighbors;
pub(crate) mod posterior;
pub(crate) mod ratio;
pub(crate) mod zero_shot;
