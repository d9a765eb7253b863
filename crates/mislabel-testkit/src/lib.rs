//! Property-test strategies and the laws that every label-error detector must obey.
//!
//! A detector is easy to get subtly wrong: an index that is not permuted with the samples, a class 0 treated apart,
//! a sum whose order depends on threads, a 0/0 on duplicates. The *laws* here catch these without knowing the
//! method: they compare the detector with itself on changed input. *Cases* are what is judged (rows, errors or
//! probabilities, with given labels); *strategies* generate cases, ordinary ones and awkward ones, for
//! [`proptest`].
//!
//! A scoring function of one's own, held against all laws at once:
//!
//! ```
//! use mislabel_core::checks::same_length;
//! use mislabel_core::{LabelIssues, LabelQuality, Result};
//! use mislabel_testkit::{LabeledErrors, Laws, check_error_scores};
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
//! check_error_scores(&by_difference, &Laws::default())?;
//!
//! /// The same without regard to the scale: 0/0 where both errors are 0.
//! fn by_share(case: &LabeledErrors) -> Result<LabelIssues> {
//!     same_length("given labels", case.summary.len(), case.given.len())?;
//!     let pairs = case.summary.own().iter().zip(case.summary.least_other());
//!     let share: Vec<f64> = pairs.map(|(own, other)| own / (own + other)).collect();
//!     let quality = LabelQuality::new(share.iter().map(|share| 1.0 - share).collect()).expect("a share lies in [0, 1]");
//!     let suggested = case.given.with_values(case.summary.least_other_class().to_vec())?;
//!     LabelIssues::new(quality, share.iter().map(|share| *share > 0.5).collect(), suggested, share)
//! }
//! let violation = check_error_scores(&by_share, &Laws::default()).unwrap_err();
//! assert_eq!(violation.law, "issues are well formed");
//! # Ok::<(), mislabel_testkit::LawViolation>(())
//! ```
//!
//! [`check_laws`] does this for a [`Detector`](mislabel_core::Detector), [`check_error_laws`] and
//! [`check_probability_laws`] for judges of evidence. The laws are also there one by one (in [`laws`]), as
//! functions to call inside `proptest!`, where a [`LawViolation`] becomes a failed test case by `?`.

mod case;
mod check;
mod errors;
mod gaussian;
mod labels;
pub mod laws;
mod probabilities;
mod resumption;
mod rows;
mod stopping;
mod transition;
mod verdicts;
mod violation;

pub use case::Case;
pub use check::{
    Laws, check_error_laws, check_error_scores, check_laws, check_probability_laws, check_probability_scores,
    check_row_scores,
};
pub use errors::{LabeledErrors, awkward_errors, separable_errors};
pub use labels::labels;
pub use probabilities::{LabeledProbabilities, awkward_probabilities, confident_probabilities, probabilities};
pub use rows::{LabeledRows, awkward_rows, separable_rows};
pub use transition::transitions;
pub use violation::{Breach, LawViolation};
