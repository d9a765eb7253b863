//! Expectation maximization: the parameters that explain the evidence best.

pub(crate) mod empirical_bayes;
pub(crate) mod evidence;
pub(crate) mod expectation;
pub(crate) mod fit;
pub(crate) mod maximization;
pub(crate) mod parameters;
pub(crate) mod sums;
pub(crate) mod view;
