//! How hard the classes are to tell apart: with labels, without, and with samples of any number.

pub(crate) mod curve_fit;
pub(crate) mod kmeans;
pub(crate) mod label_free;
pub(crate) mod mean_ratios;
pub(crate) mod sample_size;
