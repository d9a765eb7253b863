//! How well a ranking or a set of flags finds known label errors.
//!
//! A detector gives two things to measure: a *ranking* of the samples by label quality (lower is more suspect)
//! and *flags*. Both are held against an [`ErrorMask`](mislabel_core::ErrorMask), the known truth. Measures of
//! rankings read a [`Ranking`], which sorts once and keeps tied samples together: no measure here depends on the
//! order of tied samples unless [`Ties::ByIndex`] asks for it. Measures of flags read [`FlagCounts`]. An
//! [`Evaluation`] holds the usual dozen at once. Where scikit-learn has the measure, values equal its own.
//!
//! A measure without a value on the data at hand (recall without label errors, precision without flags) is
//! [`Error::Undefined`](mislabel_core::Error::Undefined) with the reason; no measure returns NaN.
//!
//! ```
//! use mislabel_core::{ErrorMask, LabelQuality};
//! use mislabel_metrics::{Evaluation, Ranking, Ties, auroc, best_f1, precision_at};
//!
//! let quality = LabelQuality::new(vec![0.9, 0.1, 0.8, 0.2, 0.7])?;
//! let errors = ErrorMask::new(vec![false, true, false, false, true])?;
//!
//! let ranking = Ranking::by_quality(&quality, &errors)?;
//! assert_eq!(auroc(&ranking)?, 5.0 / 6.0);
//! assert_eq!(precision_at(&ranking, 2, Ties::Averaged)?, 0.5);
//! assert_eq!(best_f1(&ranking)?.threshold, 0.7); // flag every quality of at most 0.7
//!
//! let flags = vec![false, true, false, true, false];
//! let evaluation = Evaluation::of_flags(&quality, &flags, &errors)?;
//! assert_eq!(evaluation.precision.value(), Some(0.5));
//! assert_eq!(evaluation.lift_at_100.value(), None); // fewer than 100 samples
//! # Ok::<(), mislabel_core::Error>(())
//! ```

mod budget;
mod calibration;
mod evaluation;
mod f1;
mod flags;
mod ndcg;
mod precision_recall;
mod ranking;
mod roc;

pub use budget::{fnr_at, lift_at, lift_at_errors, precision_at, recall_at};
pub use calibration::{Binning, Calibration, ReliabilityBin};
pub use evaluation::{Evaluation, Measured};
pub use f1::{BestF1, best_f1, confidence_weighted_f1};
pub use flags::FlagCounts;
pub use ndcg::ndcg_at;
pub use precision_recall::{PrecisionRecallCurve, average_precision, precision_recall_curve};
pub use ranking::{CurvePoints, Cut, Ranking, Ties};
pub use roc::{RocCurve, auroc, roc_curve};
