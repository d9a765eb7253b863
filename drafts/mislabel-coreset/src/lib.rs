//! Coreset importance.

mod basis;
mod class_leverage;
mod class_moments;
mod detector;
mod evidence;
mod importance;
mod lewis;
mod linear_algebra;
mod loss_sensitivity;
mod root_leverage;
mod rows;
mod samples;
mod sensitivity;

pub use class_leverage::ClassLeverage;
pub use detector::{Comparison, CoresetDetector};
pub use evidence::{CoresetEvidence, ImportanceEvidence};
pub use importance::Importance;
pub use lewis::LewisWeights;
pub use loss_sensitivity::{LossSensitivity, Uniform};
pub use root_leverage::RootLeverage;
pub use samples::{Samples, log_losses};
pub use sensitivity::Sensitivity;
