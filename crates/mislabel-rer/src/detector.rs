//! The detector: everything the ratios say of a dataset, and the issues among its labels.

use mislabel_core::{ErrorSummary, Judge, LabelIssues, Labels, Result, Run};

use crate::difficulty::mean_ratios::Difficulty;
use crate::noise_rate::{Denominator, NoiseRate};
use crate::ratios::Ratios;
use crate::threshold::rule::Threshold;

/// Detects label errors by their reconstruction error ratio (arXiv:2412.02596).
///
/// Quality is 1/(1 + χ); a sample is an issue when χ exceeds the threshold; the suggested label is the other class
/// of least error; the raw score is χ. The default is the published rule with the released code's denominator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Rer {
    /// From which ratio on a sample is flagged.
    pub threshold: Threshold,
    /// Which class the mean error behind the noise rate leaves out.
    pub denominator: Denominator,
}

/// What the ratios say of n samples over k classes.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RerReport {
    ratios: Ratios,
    threshold: f64,
    noise: NoiseRate,
    class_difficulty: Vec<Option<f64>>,
    difficulty: f64,
    flagged: usize,
    share_above_one: f64,
    #[cfg_attr(feature = "serde", serde(skip))]
    issues: LabelIssues,
}

impl Rer {
    /// Everything at once, from the errors of n samples and the given labels, `(n,)`, they were gathered under.
    /// O(n), O(n log n) for the mixture threshold.
    ///
    /// # Errors
    /// As [`Ratios::new`] and [`Threshold::value`].
    pub fn report(&self, errors: &ErrorSummary, given: &Labels) -> Result<RerReport> {
        self.report_within(errors, given, &Run::quiet())
    }

    /// [`report`](Self::report), which `run` may stop.
    fn report_within(&self, errors: &ErrorSummary, given: &Labels, run: &Run<'_>) -> Result<RerReport> {
        let stage = run.stage("judging ratios", given.len());
        stage.advance(0)?;
        let ratios = Ratios::new(errors, given)?;
        let noise = NoiseRate::new(errors, given, self.denominator)?;
        let threshold = self.threshold.value_within(&ratios, &noise, run)?;
        let difficulty = Difficulty::new(&ratios, given)?;
        stage.advance(given.len())?;
        let flags = ratios.as_slice().iter().map(|ratio| *ratio > threshold).collect();
        let scores = ratios.as_slice().to_vec();
        Ok(RerReport {
            issues: LabelIssues::new(ratios.quality()?, flags, ratios.suggested().clone(), scores)?,
            flagged: ratios.above(threshold),
            share_above_one: ratios.share_above_one(),
            ratios,
            threshold,
            noise,
            class_difficulty: difficulty.classes,
            difficulty: difficulty.dataset,
        })
    }
}

impl Judge<ErrorSummary> for Rer {
    fn judge(&self, errors: &ErrorSummary, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        Ok(self.report_within(errors, given, run)?.into_issues())
    }
}

impl RerReport {
    /// χ of every sample with its suggested label.
    pub fn ratios(&self) -> &Ratios {
        &self.ratios
    }

    /// χ*: samples with χ above it are issues.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// The noise rate η̂ with χ₀ and χ_rand.
    pub fn noise(&self) -> &NoiseRate {
        &self.noise
    }

    /// Mean χ of every class, `(k,)`; `None` for a class without samples.
    pub fn class_difficulty(&self) -> &[Option<f64>] {
        &self.class_difficulty
    }

    /// Mean χ of the dataset, χ̄.
    pub fn difficulty(&self) -> f64 {
        self.difficulty
    }

    /// How many samples are above the threshold.
    pub fn flagged(&self) -> usize {
        self.flagged
    }

    /// The share of samples with χ > 1, in [0, 1].
    pub fn share_above_one(&self) -> f64 {
        self.share_above_one
    }

    /// The issues: χ > χ*.
    pub fn issues(&self) -> &LabelIssues {
        &self.issues
    }

    /// The issues, without the rest.
    pub fn into_issues(self) -> LabelIssues {
        self.issues
    }
}
