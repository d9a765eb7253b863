//! Property-test strategies and the laws that every label-error detector must obey.
//!
//! A detector is easy to get subtly wrong: an index that is not permuted with the samples, a class 0 treated apart,
//! a sum whose order depends on threads, a 0/0 on duplicates. The *laws* here catch these without knowing the
//! method: they compare the detector with itself on changed input. *Cases* are what is judged (rows, errors or
//! probabilities, with given labels); *strategies* generate cases, ordinary ones, ones that tie and awkward ones, for
//! [`proptest`].
//!
//! A scoring function of one's own, held against all laws at once:
//!
//! ```
//! use mislabel_core::checks::same_length;
//! use mislabel_core::{LabelIssues, LabelQuality, Result};
//! use mislabel_testkit::{LabeledErrors, Laws, check_scores};
//!
//! /// Quality by the difference of errors instead of their ratio.
//! fn by_difference(case: &LabeledErrors) -> Result<LabelIssues> {
//!     same_length("given labels", case.summary.len(), case.given.len())?;
//!     let pairs = case.summary.own().iter().zip(case.summary.least_other());
//!     let margin: Vec<f64> = pairs.map(|(own, other)| own - other).collect();
//!     let quality = margin.iter().map(|margin| 0.5 - margin.atan() / std::f64::consts::PI).collect();
//!     let suggested = case.given.with_values(case.summary.least_other_class().to_vec())?;
//!     LabelIssues::new(LabelQuality::new(quality)?, margin.iter().map(|margin| *margin > 0.0).collect(), suggested, margin)
//! }
//! check_scores(&by_difference, &Laws::default())?;
//!
//! /// The same without regard to the scale: 0/0 where both errors are 0.
//! fn by_share(case: &LabeledErrors) -> Result<LabelIssues> {
//!     same_length("given labels", case.summary.len(), case.given.len())?;
//!     let pairs = case.summary.own().iter().zip(case.summary.least_other());
//!     let share: Vec<f64> = pairs.map(|(own, other)| own / (own + other)).collect();
//!     let quality = LabelQuality::new(share.iter().map(|share| 1.0 - share).collect())?;
//!     let suggested = case.given.with_values(case.summary.least_other_class().to_vec())?;
//!     LabelIssues::new(quality, share.iter().map(|share| *share > 0.5).collect(), suggested, share)
//! }
//! let violation = check_scores(&by_share, &Laws::default()).unwrap_err();
//! assert_eq!(violation.law, "answers are well formed");
//! assert_eq!(violation.input.unwrap(), "LabeledErrors::from_rows(&[[0.0, 0.0]], &[0])?");
//! # Ok::<(), mislabel_testkit::LawViolation>(())
//! ```
//!
//! An error that is returned where input is to blame is no violation; an error of what the judge made itself is one, as above.
//! The counter-example is Rust that makes the case, and the violation shows what the law did to it
//! ([`LawViolation::change`]), so that both can be pasted into a test:
//!
//! ```
//! use mislabel_core::{LabelIssues, LabelQuality, Result};
//! use mislabel_testkit::{LabeledErrors, laws};
//!
//! /// A planted fault: quality by the place of a sample.
//! fn by_place(case: &LabeledErrors) -> Result<LabelIssues> {
//!     let score: Vec<f64> = (0..case.given.len()).map(|row| 1.0 / (1 + row) as f64).collect();
//!     LabelIssues::new(LabelQuality::new(score.clone())?, vec![false; score.len()], case.given.clone(), score)
//! }
//!
//! let case = LabeledErrors::from_rows(&[[1.0, 4.0], [1.0, 4.0]], &[0, 0])?;
//! assert!(laws::sample_order_does_not_matter(&by_place, &case, &[1, 0], 1e-6).is_err());
//! # Ok::<(), mislabel_core::Error>(())
//! ```
//!
//! | what | call | laws |
//! |---|---|---|
//! | a detector | [`check_laws`] | all |
//! | a judge of errors, of probabilities | [`check_error_laws`], [`check_probability_laws`] | all but those of embeddings |
//! | a scoring function of rows, errors or probabilities | [`check_scores`] | the same |
//! | evidence | [`check_evidence_laws`] | all but those of quality |
//! | a transition estimator | [`check_scores`], with a function that returns the matrix | soundness, order, names, threads |
//! | a noise model | [`check_noise_laws`] | the mask, classes, seeds |
//! | a measure of rankings | [`check_metric_laws`] | order, ties, better rankings |
//! | a source of embeddings | [`check_source_laws`] | blocks, bad requests |
//!
//! The laws are also there one by one (in [`laws`]), as functions to call inside `proptest!`, where a [`LawViolation`]
//! becomes a failed test case by `?`. An answer of your own kind implements [`laws::Answer`].
//!
//! To see whether the laws catch what you fear, plant it: the catalogue of this crate, `tests/catalogue`, has more than sixty
//! faulty scorers, sources, evidences, noise models and measures, each with the law that catches it. That they accuse nobody
//! else is measured, too: more than 100,000 cases over every detector of the project, in the repository's
//! `docs/reliability.md` with the command.

mod cases;
mod change;
mod checks;
pub mod laws;
mod strategies;
mod trial;
mod violation;

pub use cases::case::{Case, CaseKind};
pub use cases::errors::{LabeledErrors, awkward_errors, separable_errors, tied_errors};
pub use cases::probabilities::{
    LabeledProbabilities, awkward_probabilities, confident_probabilities, tied_probabilities,
};
pub use cases::rows::LabeledRows;
pub use change::Change;
pub use checks::judges::check_scores;
pub use checks::laws::Laws;
pub use checks::subjects::{
    check_error_laws, check_evidence_laws, check_laws, check_metric_laws, check_noise_laws, check_probability_laws,
    check_source_laws,
};
pub use proptest;
pub use strategies::labels::labels;
pub use strategies::permutations::{blocks, orders, rankings, renamings};
pub use strategies::probabilities::probabilities;
pub use strategies::rows::{awkward_rows, separable_rows, tied_rows};
pub use strategies::transition::transitions;
pub use violation::{Breach, LawViolation};
