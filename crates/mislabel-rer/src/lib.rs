//! The reconstruction error ratio: label errors, noise rate and difficulty from class-wise reconstruction errors.
//!
//! Fit one model per class that reconstructs its members. A sample that its own class reconstructs worse than some
//! other class does is probably mislabeled: the *reconstruction error ratio* χ = Δ_own / Δ_least-other says by how
//! much (Marks, Griffin & Corso 2024, [arXiv:2412.02596]). Averaged over a class or a dataset, χ measures how hard
//! the classes are to tell apart; compared with what random labels would give, it estimates the noise rate.
//!
//! [`Rer`] does all of this at once from an [`ErrorSummary`](mislabel_core::ErrorSummary), whoever computed it:
//!
//! ```
//! use mislabel_core::{ErrorSummary, Labels};
//! use mislabel_rer::{Rer, Threshold};
//! use ndarray::array;
//!
//! // Errors of four samples under two classes; the last was given class 1 but looks like class 0.
//! let given = Labels::new(vec![0, 0, 1, 1], 2)?;
//! let errors = array![[1.0, 4.0], [1.0, 2.0], [4.0, 2.0], [1.0, 3.0]];
//! let errors = ErrorSummary::from_dense(errors.view(), &given)?;
//!
//! let report = Rer { threshold: Threshold::Fixed(1.0), ..Rer::default() }.report(&errors, &given)?;
//! assert_eq!(report.ratios().as_slice(), [0.25, 0.5, 0.5, 3.0]);
//! assert_eq!(report.class_difficulty(), [Some(0.375), Some(1.75)]);
//!
//! let issues = report.issues();
//! assert_eq!(issues.is_issue(), [false, false, false, true]);
//! assert_eq!(issues.suggested().class(3), 0);
//! # Ok::<(), mislabel_core::Error>(())
//! ```
//!
//! The parts are there on their own: [`Ratios`], [`NoiseRate`], [`Threshold`] and the [`LogRatioMixture`] behind one
//! of its rules, [`MistakeProbability`], [`Difficulty`] and its [`DifficultyScale`], [`ErrorTransitions`] and
//! [`Moments`], the finite-sample part ([`SampleSizeCurve`], [`SampleSizeFit`]), and difficulty without labels
//! ([`LabelFreeDifficulty`]).
//!
//! [arXiv:2412.02596]: https://arxiv.org/abs/2412.02596

mod detector;
mod difficulty;
mod division;
mod mistake;
mod moments;
mod noise_rate;
mod ratios;
mod threshold;
mod transitions;

pub use detector::{Rer, RerReport};
pub use difficulty::curve_fit::SampleSizeFit;
pub use difficulty::kmeans::KMeans;
pub use difficulty::label_free::LabelFreeDifficulty;
pub use difficulty::mean_ratios::{Difficulty, DifficultyScale};
pub use difficulty::sample_size::{SampleSizeCurve, SampleSizePoint};
pub use mistake::density::{Bandwidth, RatioDensity};
pub use mistake::probability::MistakeProbability;
pub use mistake::relabeling::{approximate_mistaken_ratios, mistaken_ratios};
pub use moments::{Moments, RatioMoments};
pub use noise_rate::{Denominator, NoiseRate, StandardErrors};
pub use ratios::Ratios;
pub use threshold::mixture::{Component, LogRatioMixture};
pub use threshold::rule::Threshold;
pub use transitions::ErrorTransitions;
