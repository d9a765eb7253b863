//! Fitting one class: moments, directions, left-out errors.

pub(crate) mod class_model;
pub(crate) mod leave_one_out;
pub(crate) mod moments;
pub(crate) mod strangers;
pub(crate) mod trim;
