//! The importances: what makes a sample important.

pub(crate) mod class_leverage;
pub(crate) mod comparison;
pub(crate) mod lewis;
mod loss_sensitivity;
pub(crate) mod measure;
pub(crate) mod root_leverage;
pub(crate) mod sensitivity;

pub use class_leverage::ClassLeverage;
pub use comparison::Comparison;
pub use lewis::LewisWeights;
pub use loss_sensitivity::{LossSensitivity, Uniform};
pub use measure::Importance;
pub use root_leverage::RootLeverage;
pub use sensitivity::Sensitivity;
