//! The samples of the networks: scaled, told apart, dealt into folds.

pub(crate) mod fitted_scaling;
pub(crate) mod folds;
pub(crate) mod identity;
