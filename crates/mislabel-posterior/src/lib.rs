//! How many of the suspect labels to doubt.
//!
//! A ranking says which labels to doubt first, not where to stop. Here the errors of class-wise reconstructors become a
//! *posterior*: the probability that each given label is wrong, from a model of both sides, how likely each class is to
//! be the true one given the errors, and how likely each true class is to be given each label. Both are learnt from the
//! given labels alone, by expectation and maximization ([`PosteriorModel`]). One fit gives probabilities, suggested labels,
//! the noise transition matrix and the noise rate; a [`FlagRule`] makes flags of the probabilities: those above one half,
//! a review budget, a precision to keep, a known noise rate. What someone has verified puts the probabilities right
//! ([`Posterior::verified`]), and [`Posterior::verification_sample`] says which labels to look at for that.
//!
//! ```
//! use mislabel_core::{ClassEvidence, Embeddings, Labels, NoiseModel, Run};
//! use mislabel_posterior::{FlagRule, PosteriorModel};
//! use mislabel_noise::Asymmetric;
//! use mislabel_reconstruct::NearestClasses;
//!
//! let digits = mislabel_datasets::digits();
//! let noisy = Asymmetric { rate: 0.2, ..Asymmetric::default() }.corrupt(&digits.labels, 51)?;
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//!
//! let errors = NearestClasses::default().evidence(&embeddings, &noisy.given, &Run::quiet())?;
//! let posterior = PosteriorModel::default().posterior(&errors, &noisy.given, &Run::quiet())?;
//! assert!((posterior.noise_rate() - 0.2).abs() < 0.02);
//! assert!(posterior.transition().probability(3, 4) > 0.1); // a 3 is often labeled 4
//!
//! let flagged = posterior.flags(FlagRule::MoreLikelyThanNot)?;
//! let right = flagged.iter().zip(noisy.errors.as_slice()).filter(|(flag, error)| flag == error).count();
//! assert!(right > 1750); // of 1,797
//! # Ok::<(), mislabel_core::Error>(())
//! ```

mod class_probabilities;
mod detector;
mod fitted_posterior;
mod fitting;
mod flag_rule;
mod interval;
mod model;
mod noise_rate;
mod posterior;
mod recalibration;
mod review;
#[cfg(feature = "soft-linear")]
mod soft_linear;

pub use class_probabilities::ClassProbabilities;
pub use detector::PosteriorDetector;
pub use fitted_posterior::{FittedPosterior, Opinions};
pub use flag_rule::FlagRule;
pub use interval::NoiseRateInterval;
pub use model::PosteriorModel;
pub use noise_rate::Bootstrap;
pub use posterior::Posterior;
#[cfg(feature = "soft-linear")]
pub use soft_linear::{Fitted, ShrinkageSample, SoftLinearPosterior};
