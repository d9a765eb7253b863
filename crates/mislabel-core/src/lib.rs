//! The vocabulary and the small traits that every mislabel crate shares.
//!
//! A classification dataset arrives here as *embeddings* (n samples, d features) and *given labels* (n class
//! indices below k), some of which are wrong. Methods turn them into *evidence* about every sample
//! ([`ClassEvidence`]) and evidence into *label issues* ([`Judge`]); a [`Pipeline`] joins the two to
//! a [`Detector`], so that methods of every kind compare as `&dyn Detector`. The types cannot be wrong once
//! built: constructors check the data and name what is off, and functions on the built types are total.
//!
//! ```
//! use mislabel_core::checks::same_length;
//! use mislabel_core::{ErrorSummary, Judge, LabelIssues, LabelQuality, Labels, Result, Run};
//! use ndarray::array;
//!
//! /// Flags a sample when another class reconstructs it better than its own. It obeys the laws of `mislabel-testkit`.
//! struct BetterElsewhere;
//!
//! /// Errors below this are rounding; so two errors of 0 have the ratio 1, and not 0/0.
//! const FLOOR: f64 = 1e-12;
//!
//! impl Judge<ErrorSummary> for BetterElsewhere {
//!     fn judge(&self, errors: &ErrorSummary, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
//!         same_length("given labels", errors.len(), given.len())?;
//!         let pairs = errors.own().iter().zip(errors.least_other());
//!         let ratio: Vec<f64> = pairs.map(|(own, other)| own.clamp(FLOOR, 1e12) / other.clamp(FLOOR, 1e12)).collect();
//!         run.stage("comparing errors", given.len()).advance(given.len())?;
//!         let quality = LabelQuality::new(ratio.iter().map(|ratio| 1.0 / (1.0 + ratio)).collect())?;
//!         let suggested = given.with_values(errors.least_other_class().to_vec())?;
//!         LabelIssues::new(quality, ratio.iter().map(|ratio| *ratio > 1.0).collect(), suggested, ratio)
//!     }
//! }
//!
//! let given = Labels::new(vec![0, 1, 1], 2)?;
//! let errors = ErrorSummary::from_dense(array![[1.0, 4.0], [3.0, 1.0], [1.0, 2.0]].view(), &given)?;
//! let issues = BetterElsewhere.judge(&errors, &given, &Run::quiet())?;
//! assert_eq!(issues.is_issue(), [false, false, true]);
//! assert_eq!(issues.quality().ranking()[0], 2);
//! # Ok::<(), mislabel_core::Error>(())
//! ```

pub mod checks;
mod detector;
mod error;
mod evidence;
mod forwarding;
mod inputs;
mod noise_model;
mod run;
mod seed;
#[cfg(feature = "serde")]
#[doc(hidden)]
pub mod serialized;
pub mod stored;
mod weighted;

pub use detector::{ClassEvidence, Detector, Judge, Pipeline, TransitionEstimator, WeightedEvidence};
pub use error::{Error, Result};
pub use evidence::estimate::Estimate;
pub use evidence::issue::Issue;
pub use evidence::issues::{ErrorMask, LabelIssues, LabelQuality};
pub use evidence::nearest_errors::NearestErrors;
pub use evidence::summary::{ErrorColumns, ErrorSummary, LeastTwo, RowSample};
pub use evidence::transition::NoiseTransition;
pub use inputs::class_map::ClassMap;
pub use inputs::converted::{ConvertedRows, Feature};
pub use inputs::embedding_matrix::EmbeddingMatrix;
pub use inputs::embeddings::{EmbeddingSource, Embeddings};
pub use inputs::labels::{ClassMembers, Labels};
pub use inputs::partial::PartialLabels;
pub use inputs::probabilities::{PredictedProbabilities, ProbabilityMatrix, ProbabilitySource, SIMPLEX_TOLERANCE};
pub use inputs::probability_sink::{ProbabilityArray, ProbabilitySink};
pub use inputs::selected::SelectedRows;
pub use inputs::standardized::StandardizedRows;
pub use inputs::verified::VerifiedLabels;
pub use ndarray;
pub use noise_model::{NoiseModel, NoisyLabels};
pub use run::checkpoint::Checkpoint;
pub use run::context::Run;
pub use run::memory::MemoryBudget;
pub use run::overall::{OverallProgress, PlannedStage, Standing, overall_progress};
pub use run::progress::{Progress, ProgressFn, progress_fn};
pub use run::stage::Stage;
pub use seed::split_seed;
pub use weighted::Weighted;
