//! What classifiers are trained on, and the classifiers as the probe sees them.

pub(crate) mod classifier;
pub(crate) mod folds;
pub(crate) mod part;
pub(crate) mod scaling;
