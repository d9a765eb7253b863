//! Sums, rounding and linear systems in the order in which NumPy computes them.

pub(crate) mod linear_system;
pub(crate) mod rounding;
pub(crate) mod summation;
