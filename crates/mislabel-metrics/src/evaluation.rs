//! The usual measures of one detector on one dataset.

use std::fmt;

use mislabel_core::checks::same_length;
use mislabel_core::{ErrorMask, LabelIssues, LabelQuality, Result};

use crate::budget::{lift_at, lift_at_errors};
use crate::f1::{best_f1, confidence_weighted_f1};
use crate::flags::FlagCounts;
use crate::ndcg::ndcg_at;
use crate::precision_recall::average_precision;
use crate::ranking::{Ranking, Ties};
use crate::roc::auroc;

/// The value of a measure, or why it has none on this data. Serialized as a number or as `{"undefined": reason}`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(untagged))]
#[non_exhaustive]
pub enum Measured {
    /// The value, finite.
    Value(f64),
    /// No value.
    Undefined {
        /// Why.
        undefined: String,
    },
}

impl Measured {
    /// The value, if there is one.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(*value),
            Self::Undefined { .. } => None,
        }
    }
}

impl From<Result<f64>> for Measured {
    fn from(result: Result<f64>) -> Self {
        match result {
            Ok(value) => Self::Value(value),
            Err(reason) => Self::Undefined { undefined: reason.to_string() },
        }
    }
}

impl fmt::Display for Measured {
    /// The value, under the formatter's precision; or the reason why there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => fmt::Display::fmt(value, f),
            Self::Undefined { undefined } => f.write_str(undefined),
        }
    }
}

/// Every usual measure of a ranking and its flags against known label errors; ties averaged.
///
/// A measure that looks at 100 samples has no value on fewer than 100.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Evaluation {
    /// The number of samples n.
    pub samples: usize,
    /// The number of label errors.
    pub errors: usize,
    /// How many samples are flagged.
    pub flagged: usize,
    /// Area under the ROC curve: [`auroc`].
    pub auroc: Measured,
    /// Average precision, AUPRC: [`average_precision`].
    pub average_precision: Measured,
    /// F1 of the flags: [`FlagCounts::f1`].
    pub f1: Measured,
    /// Precision of the flags: [`FlagCounts::precision`].
    pub precision: Measured,
    /// Recall of the flags: [`FlagCounts::recall`].
    pub recall: Measured,
    /// False negative rate of the flags: [`FlagCounts::fnr`].
    pub fnr: Measured,
    /// F1 of the flags weighted by confidence: [`confidence_weighted_f1`].
    pub confidence_weighted_f1: Measured,
    /// F1 at the best threshold: [`best_f1`].
    pub best_f1: Measured,
    /// That threshold: the greatest label quality that it flags.
    pub best_f1_threshold: Measured,
    /// Lift among the 100 most suspect samples: [`lift_at`].
    pub lift_at_100: Measured,
    /// Lift among as many samples as there are errors: [`lift_at_errors`].
    pub lift_at_errors: Measured,
    /// NDCG over the 100 most suspect samples: [`ndcg_at`].
    pub ndcg_at_100: Measured,
}

impl Evaluation {
    /// Evaluates a detector's `issues` on n samples against the known `errors`, `(n,)`. O(n log n).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when the two differ in length.
    pub fn new(issues: &LabelIssues, errors: &ErrorMask) -> Result<Self> {
        Self::of_flags(issues.quality(), issues.is_issue(), errors)
    }

    /// Evaluates label quality and flags, `(n,)` each, against the known `errors`, `(n,)`. O(n log n).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when the three differ in length.
    pub fn of_flags(quality: &LabelQuality, flags: &[bool], errors: &ErrorMask) -> Result<Self> {
        same_length("flags", quality.as_slice().len(), flags.len())?;
        let ranking = Ranking::by_quality(quality, errors)?;
        let counts = FlagCounts::new(flags, errors)?;
        Ok(Self {
            samples: ranking.len(),
            errors: ranking.error_count(),
            flagged: counts.flagged(),
            auroc: auroc(&ranking).into(),
            average_precision: average_precision(&ranking).into(),
            f1: counts.f1().into(),
            precision: counts.precision().into(),
            recall: counts.recall().into(),
            fnr: counts.fnr().into(),
            confidence_weighted_f1: confidence_weighted_f1(quality, flags, errors).into(),
            best_f1: best_f1(&ranking).map(|best| best.f1).into(),
            best_f1_threshold: best_f1(&ranking).map(|best| best.threshold).into(),
            lift_at_100: lift_at(&ranking, 100, Ties::Averaged).into(),
            lift_at_errors: lift_at_errors(&ranking, Ties::Averaged).into(),
            ndcg_at_100: ndcg_at(&ranking, 100, Ties::Averaged).into(),
        })
    }

    /// Every measure with the name of its field, in the order of the fields, for tables.
    pub fn measures(&self) -> [(&'static str, &Measured); 12] {
        [
            ("auroc", &self.auroc),
            ("average_precision", &self.average_precision),
            ("f1", &self.f1),
            ("precision", &self.precision),
            ("recall", &self.recall),
            ("fnr", &self.fnr),
            ("confidence_weighted_f1", &self.confidence_weighted_f1),
            ("best_f1", &self.best_f1),
            ("best_f1_threshold", &self.best_f1_threshold),
            ("lift_at_100", &self.lift_at_100),
            ("lift_at_errors", &self.lift_at_errors),
            ("ndcg_at_100", &self.ndcg_at_100),
        ]
    }
}
