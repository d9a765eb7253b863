//! What most programs need: the traits, the data types and the usual methods.

pub use mislabel_core::{
    ClassEvidence, ClassMap, Detector, EmbeddingMatrix, EmbeddingSource, Embeddings, ErrorMask, Judge, LabelIssues,
    LabelQuality, Labels, NoiseModel, Pipeline, Run,
};

#[cfg(feature = "confident")]
pub use mislabel_confident::ConfidentLearning;
#[cfg(feature = "io")]
pub use mislabel_io::{Classes, EmbeddingFile, IssueTable, LabelFile, ReadOptions};
#[cfg(feature = "metrics")]
pub use mislabel_metrics::Evaluation;
#[cfg(feature = "neighbors")]
pub use mislabel_neighbors::{KNearest, SimiFeat};
#[cfg(feature = "noise")]
pub use mislabel_noise::{Asymmetric, Symmetric};
#[cfg(feature = "posterior")]
pub use mislabel_posterior::SoftLinearPosterior;
#[cfg(feature = "probe")]
pub use mislabel_probe::Probe;
#[cfg(feature = "reconstruct")]
pub use mislabel_reconstruct::{Centroid, SoftLinear};
#[cfg(feature = "rer")]
pub use mislabel_rer::{Rer, Threshold};
