//! Every measure as a [`Metric`], so that tables of measures are `&[&dyn Metric]`.
//!
//! ```
//! use mislabel_core::{ErrorMask, LabelIssues, LabelQuality, Labels, Metric};
//! use mislabel_metrics::measures::{Auroc, F1, LiftAt};
//! use ndarray::array;
//!
//! let quality = LabelQuality::new(array![0.2, 0.9, 0.8])?;
//! let suggested = Labels::new(vec![1, 1, 1], 2)?;
//! let issues = LabelIssues::new(quality, array![true, false, false], suggested, array![0.0, 0.0, 0.0])?;
//! let errors = ErrorMask::new(vec![true, false, false])?;
//! let metrics: [&dyn Metric; 3] = [&Auroc, &F1, &LiftAt { budget: 1, ..LiftAt::default() }];
//! let values: Vec<f64> = metrics.iter().map(|m| m.value(&issues, &errors)).collect::<Result<_, _>>()?;
//! assert_eq!(values, [1.0, 1.0, 3.0]);
//! # Ok::<(), mislabel_core::Error>(())
//! ```

use mislabel_core::{ErrorMask, LabelIssues, Metric, Result};

use crate::calibration::Calibration;
use crate::flags::FlagCounts;
use crate::ranking::{Ranking, Ties};

fn ranking(issues: &LabelIssues, errors: &ErrorMask) -> Result<Ranking> {
    Ranking::by_quality(issues.quality(), errors)
}

fn counts(issues: &LabelIssues, errors: &ErrorMask) -> Result<FlagCounts> {
    FlagCounts::new(issues.is_issue(), errors)
}

/// Area under the ROC curve: [`auroc`](crate::auroc).
#[derive(Clone, Copy, Debug, Default)]
pub struct Auroc;

impl Metric for Auroc {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        crate::roc::auroc(&ranking(issues, errors)?)
    }
}

/// Average precision: [`average_precision`](crate::average_precision).
#[derive(Clone, Copy, Debug, Default)]
pub struct AveragePrecision;

impl Metric for AveragePrecision {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        crate::precision_recall::average_precision(&ranking(issues, errors)?)
    }
}

/// F1 of the flags: [`FlagCounts::f1`].
#[derive(Clone, Copy, Debug, Default)]
pub struct F1;

impl Metric for F1 {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        counts(issues, errors)?.f1()
    }
}

/// Precision of the flags: [`FlagCounts::precision`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Precision;

impl Metric for Precision {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        counts(issues, errors)?.precision()
    }
}

/// Recall of the flags: [`FlagCounts::recall`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Recall;

impl Metric for Recall {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        counts(issues, errors)?.recall()
    }
}

/// False negative rate of the flags: [`FlagCounts::fnr`].
#[derive(Clone, Copy, Debug, Default)]
pub struct FalseNegativeRate;

impl Metric for FalseNegativeRate {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        counts(issues, errors)?.fnr()
    }
}

/// F1 at the best threshold: [`best_f1`](crate::best_f1).
#[derive(Clone, Copy, Debug, Default)]
pub struct BestF1;

impl Metric for BestF1 {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        Ok(crate::f1::best_f1(&ranking(issues, errors)?)?.f1)
    }
}

/// F1 of the flags, weighted by confidence: [`confidence_weighted_f1`](crate::confidence_weighted_f1).
#[derive(Clone, Copy, Debug, Default)]
pub struct ConfidenceWeightedF1;

impl Metric for ConfidenceWeightedF1 {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        crate::f1::confidence_weighted_f1(issues.quality(), issues.is_issue(), errors)
    }
}

/// Precision of a review of the most suspect samples: [`precision_at`](crate::precision_at).
#[derive(Clone, Copy, Debug)]
pub struct PrecisionAt {
    /// How many samples are reviewed, 1 to n.
    pub budget: usize,
    /// How ties are treated.
    pub ties: Ties,
}

impl Default for PrecisionAt {
    /// 100 samples, ties averaged.
    fn default() -> Self {
        Self { budget: 100, ties: Ties::Averaged }
    }
}

impl Metric for PrecisionAt {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        crate::budget::precision_at(&ranking(issues, errors)?, self.budget, self.ties)
    }
}

/// Recall of a review of the most suspect samples: [`recall_at`](crate::recall_at).
#[derive(Clone, Copy, Debug)]
pub struct RecallAt {
    /// How many samples are reviewed, 1 to n.
    pub budget: usize,
    /// How ties are treated.
    pub ties: Ties,
}

impl Default for RecallAt {
    /// 100 samples, ties averaged.
    fn default() -> Self {
        Self { budget: 100, ties: Ties::Averaged }
    }
}

impl Metric for RecallAt {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        crate::budget::recall_at(&ranking(issues, errors)?, self.budget, self.ties)
    }
}

/// False negative rate of a review of the most suspect samples: [`fnr_at`](crate::fnr_at).
#[derive(Clone, Copy, Debug)]
pub struct FalseNegativeRateAt {
    /// How many samples are reviewed, 1 to n.
    pub budget: usize,
    /// How ties are treated.
    pub ties: Ties,
}

impl Default for FalseNegativeRateAt {
    /// 100 samples, ties averaged.
    fn default() -> Self {
        Self { budget: 100, ties: Ties::Averaged }
    }
}

impl Metric for FalseNegativeRateAt {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        crate::budget::fnr_at(&ranking(issues, errors)?, self.budget, self.ties)
    }
}

/// Lift of a review of the most suspect samples: [`lift_at`](crate::lift_at).
#[derive(Clone, Copy, Debug)]
pub struct LiftAt {
    /// How many samples are reviewed, 1 to n.
    pub budget: usize,
    /// How ties are treated.
    pub ties: Ties,
}

impl Default for LiftAt {
    /// 100 samples, ties averaged.
    fn default() -> Self {
        Self { budget: 100, ties: Ties::Averaged }
    }
}

impl Metric for LiftAt {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        crate::budget::lift_at(&ranking(issues, errors)?, self.budget, self.ties)
    }
}

/// Lift of a review of as many samples as there are errors: [`lift_at_errors`](crate::lift_at_errors).
#[derive(Clone, Copy, Debug, Default)]
pub struct LiftAtErrors {
    /// How ties are treated.
    pub ties: Ties,
}

impl Metric for LiftAtErrors {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        crate::budget::lift_at_errors(&ranking(issues, errors)?, self.ties)
    }
}

/// Normalised discounted cumulative gain over the first places: [`ndcg_at`](crate::ndcg_at).
#[derive(Clone, Copy, Debug)]
pub struct NdcgAt {
    /// How many places count, 1 to n.
    pub budget: usize,
    /// How ties are treated.
    pub ties: Ties,
}

impl Default for NdcgAt {
    /// 100 places, ties averaged.
    fn default() -> Self {
        Self { budget: 100, ties: Ties::Averaged }
    }
}

impl Metric for NdcgAt {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        crate::ndcg::ndcg_at(&ranking(issues, errors)?, self.budget, self.ties)
    }
}

/// Expected calibration error of 1 − quality read as the probability that the label is wrong, which only some
/// detectors mean by it: [`Calibration::expected_error`].
#[derive(Clone, Copy, Debug, Default)]
pub struct ExpectedCalibrationError(pub Calibration);

impl Metric for ExpectedCalibrationError {
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
        self.0.expected_error(issues.quality().view().mapv(|quality| 1.0 - quality).view(), errors)
    }
}
