//! Out-of-sample predicted probabilities from embeddings.

mod classifier;
mod design;
mod folds;
mod lbfgs;
mod objective;
mod preconditioner;
mod probe;
mod scaling;
mod selection;
mod softmax;
mod softmax_regression;
mod temperature;

pub use classifier::{Classifier, ProbabilityModel, TrainingSet};
pub use folds::Folds;
pub use probe::{Probe, Sampling};
pub use scaling::FeatureScaling;
pub use selection::L2Path;
pub use softmax_regression::{SoftmaxModel, SoftmaxRegression};
pub use temperature::{Calibrated, Temperature, calibration_error};
