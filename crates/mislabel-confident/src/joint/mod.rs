//! The confident joint and what is read from it.

pub(crate) mod confident_joint;
pub(crate) mod issue_count;
pub(crate) mod latent;
pub(crate) mod standing;
pub(crate) mod sure_classes;
pub(crate) mod thresholds;
