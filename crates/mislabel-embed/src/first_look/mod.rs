//! Rows without any model.

#[cfg(feature = "images")]
pub(crate) mod cells;
#[cfg(feature = "images")]
pub(crate) mod colors;
#[cfg(feature = "images")]
pub(crate) mod gradients;
pub(crate) mod grams;
#[cfg(feature = "images")]
pub(crate) mod pictures;
pub(crate) mod texts;
