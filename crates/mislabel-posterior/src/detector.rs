//! The posterior as a detector.

use mislabel_core::{Judge, LabelIssues, Labels, NearestErrors, NoiseTransition, Result, Run, TransitionEstimator};

use crate::flag_rule::FlagRule;
use crate::model::PosteriorModel;

/// Judges labels by the posterior of the true ones.
///
/// Quality is the probability that the label is right, LOWER is more suspect; the score is the probability that it is
/// wrong; the likeliest true label is suggested.
///
/// ```
/// use mislabel_core::{Detector, Embeddings, NoiseModel, Pipeline, Run};
/// use mislabel_posterior::{FlagRule, PosteriorDetector};
/// use mislabel_noise::Symmetric;
/// use mislabel_reconstruct::NearestClasses;
///
/// let digits = mislabel_datasets::digits();
/// let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
/// let review = PosteriorDetector { rule: Some(FlagRule::Budget(50)), ..PosteriorDetector::default() };
/// let detector = Pipeline::new(NearestClasses::default(), review);
/// let issues = detector.detect(&Embeddings::new(digits.embeddings.view())?, &noisy.given, &Run::quiet())?;
/// let found = issues.is_issue().iter().zip(noisy.errors.as_slice()).filter(|(flag, error)| **flag && **error).count();
/// assert_eq!((issues.flagged(), found), (50, 50));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct PosteriorDetector {
    /// The model.
    pub model: PosteriorModel,
    /// Which labels are flagged; as [advised](crate::Posterior::default_rule) when `None`, the default.
    pub rule: Option<FlagRule>,
}

impl Judge<NearestErrors> for PosteriorDetector {
    fn judge(&self, errors: &NearestErrors, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        let posterior = self.model.posterior(errors, given, run)?;
        posterior.issues(self.rule.unwrap_or_else(|| posterior.default_rule()))
    }
}

impl TransitionEstimator<NearestErrors> for PosteriorModel {
    fn transition(&self, errors: &NearestErrors, given: &Labels, run: &Run<'_>) -> Result<NoiseTransition> {
        Ok(self.posterior(errors, given, run)?.transition().clone())
    }
}
