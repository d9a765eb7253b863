//! One class at a time, fitted from sums and scored on rows that come from anywhere: for whoever holds the samples in
//! more than one place.

pub(crate) mod fitted_class;
pub(crate) mod own_model;
pub(crate) mod row_scorer;
pub(crate) mod scatter;
pub(crate) mod sums;
