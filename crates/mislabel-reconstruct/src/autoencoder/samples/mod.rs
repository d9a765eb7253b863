//! The samples of the networks: scaled, told apart, dealt into folds.

pub(crate) mod folds;
pub(crate) mod identity;
pub(crate) mod input_scaling;
