//! Errors of all rows under all classes.

pub(crate) mod class_scores;
pub(crate) mod class_table;
pub(crate) mod scorer;
pub(crate) mod soft_linear;
