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

pub use classifier::{Classifier, ProbabilityModel, TrainingSet};
pub use folds::StratifiedFolds;
pub use probe::{Probe, Sampling};
pub use scaling::FeatureScaling;
pub use selection::L2Path;
pub use softmax_regression::{SoftmaxModel, SoftmaxRegression};
