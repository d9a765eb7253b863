//! Class-wise reconstructors: how well each class explains each sample.
//!
//! Fit one reconstructor per class on the samples that carry its label, then ask of every sample how far each class's
//! reconstruction is off. A sample that another class reconstructs better than its own is suspect: that is the
//! *reconstruction error ratio* (Marks, Griffin & Corso 2024, [arXiv:2412.02596]), which `mislabel-rer` takes from the
//! [`ErrorSummary`](mislabel_core::ErrorSummary) made here. The default, [`SoftLinear`], is a linear autoencoder per
//! class in closed form: no training, exact leave-one-out, a few matrix products. [`Centroid`] is the baseline;
//! [`Gaussian`] adds the determinants that turn the same quadratic forms into likelihoods.
//!
//! ```
//! use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
//! use mislabel_reconstruct::{Centroid, SoftLinear};
//! use ndarray::array;
//!
//! let rows = array![[3.0_f32, 0.0], [4.0, 0.1], [5.0, 0.2], [0.0, 3.0], [0.1, 4.0], [0.2, 5.0]];
//! let rows = Embeddings::new(rows.view())?;
//! let given = Labels::new(vec![0, 0, 0, 1, 1, 1], 2)?;
//! for evidence in [&SoftLinear::default() as &dyn ClassEvidence<Evidence = _>, &Centroid::default()] {
//!     let errors = evidence.evidence(&rows, &given, &Run::quiet())?;
//!     assert!(errors.own().iter().zip(errors.least_other()).all(|(own, other)| own < other));
//! }
//! # Ok::<(), mislabel_core::Error>(())
//! ```
//!
//! Embeddings are read in blocks through [`EmbeddingSource`](mislabel_core::EmbeddingSource) and errors leave as five
//! numbers per sample, so memory grows neither with n·d of a mapped file nor with n·k. Results are the same on any
//! number of threads: work is split by class and by fixed blocks of rows, never by thread.
//!
//! [arXiv:2412.02596]: https://arxiv.org/abs/2412.02596

mod autoencoder;
mod checkpoint;
mod classes;
mod fitting;
mod methods;
mod rows;
mod scoring;
mod search;

pub use autoencoder::backend;
pub use autoencoder::model::AutoencoderModel;
pub use autoencoder::params::{Activation, Autoencoder, EarlyStopping, InputScaling, TrainingLength};
pub use classes::fitted_class::FittedClass;
pub use classes::own_model::OwnModel;
pub use classes::row_scorer::{NearestColumns, RowScorer, ScoredRow};
pub use classes::scatter::ClassScatter;
pub use classes::sums::RowSums;
pub use fitting::strangers::Strangers;
pub use methods::centroid::Centroid;
pub use methods::gaussian::{Gaussian, LikelihoodRatio};
pub use methods::nearest_classes::NearestClasses;
pub use methods::reconstructors::Reconstructors;
pub use methods::shared_metric::{InSharedMetric, MetricRows, SharedMetric};
pub use methods::soft_linear::SoftLinear;
pub use rows::scaling::{RowScaling, ScoredRows};
pub use scoring::block_summary::BlockSummary;
pub use scoring::class_table::ClassRow;
pub use scoring::device::Scorer;
pub use search::class_search::ClassSearch;
