//! What the model says.

use mislabel_core::checks::same_length;
use mislabel_core::{Estimate, LabelIssues, LabelQuality, Labels, NoiseTransition, Result, VerifiedLabels};
use ndarray::ArrayView1;

use crate::fitted_posterior::{FittedPosterior, Opinions};
use crate::flag_rule::FlagRule;
use crate::interval::NoiseRateInterval;
use crate::recalibration::{Recalibration, log_odds_of_error};

/// The posterior of n true labels over k classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    quality: LabelQuality,
    suggested: Labels,
    /// The likeliest of the classes that are not given, `(n,)`.
    other: Labels,
    transition: NoiseTransition,
    log_likelihood: f64,
    fitted: FittedPosterior,
    /// How far from one half to the threshold of the greatest expected F1 the advised one lies, in [0, 1].
    towards_expected_f1: f64,
    /// What verified labels said, and what they left unknown.
    recalibration: Recalibration,
}

impl Posterior {
    pub(crate) fn new(
        opinions: Opinions,
        transition: NoiseTransition,
        log_likelihood: f64,
        fitted: FittedPosterior,
        towards_expected_f1: f64,
    ) -> Self {
        let Opinions { quality, suggested, other } = opinions;
        Self {
            quality,
            suggested,
            other,
            transition,
            log_likelihood,
            fitted,
            towards_expected_f1,
            recalibration: Recalibration::new(&[]),
        }
    }

    /// What was learnt, for judging other samples; nothing that was verified is in it.
    pub fn fitted(&self) -> &FittedPosterior {
        &self.fitted
    }

    /// The same with other probabilities, after a look at some true labels.
    pub(crate) fn recalibrated(
        &self,
        quality: LabelQuality,
        suggested: Labels,
        verified: &VerifiedLabels,
        recalibration: Recalibration,
    ) -> Result<Self> {
        let mut other = self.other.values().to_vec();
        for (&row, &label) in verified.samples().iter().zip(verified.labels()) {
            other[row] = label;
        }
        let other = self.other.with_values(other)?;
        Ok(Self { quality, suggested, other, towards_expected_f1: 1.0, recalibration, ..self.clone() })
    }

    /// The rule that flags when nothing is asked for: q < ½; the greatest expected F1
    /// ([`FlagRule::TowardsExpectedF1`]) once labels are verified, and some of the way there where the model has a κ.
    pub fn default_rule(&self) -> FlagRule {
        match self.towards_expected_f1 == 0.0 {
            true => FlagRule::MoreLikelyThanNot,
            false => FlagRule::TowardsExpectedF1(self.towards_expected_f1),
        }
    }

    /// ln P(given labels | errors) under the fitted model, all samples together; for comparing fits to the same labels.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// The probability that every given label is right, `(n,)`.
    pub fn quality(&self) -> &LabelQuality {
        &self.quality
    }

    /// The probability that every given label is wrong, `(n,)`.
    pub fn error_probability(&self) -> Vec<f64> {
        self.quality.as_slice().iter().map(|right| 1.0 - right).collect()
    }

    /// The likeliest true label of every sample, `(n,)`.
    pub fn suggested(&self) -> &Labels {
        &self.suggested
    }

    /// The noise transition matrix, `(k, k)`; of a class that nothing is truly of, the mean rate in every direction.
    pub fn transition(&self) -> &NoiseTransition {
        &self.transition
    }

    /// η: the expected share of wrong labels.
    pub fn noise_rate(&self) -> f64 {
        1.0 - mean(self.quality.as_slice())
    }

    /// The flags, `(n,)`, that `rule` makes of the probabilities.
    ///
    /// # Errors
    /// As [`FlagRule::flags`].
    pub fn flags(&self, rule: FlagRule) -> Result<Vec<bool>> {
        rule.flags(&self.quality)
    }

    /// How many of the flags, `(n,)`, are right, as a share, with its standard error: by the probabilities, by how far they
    /// may be off altogether after what was verified, and by chance. `None` where nothing is flagged.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when there are not n flags.
    pub fn precision(&self, flags: &[bool]) -> Result<Option<Estimate>> {
        let quality = self.quality.as_slice();
        same_length("flags", quality.len(), flags.len())?;
        let flagged = || quality.iter().zip(flags).filter(|(_, flag)| **flag).map(|(quality, _)| *quality);
        let count = flagged().count() as f64;
        if count == 0.0 {
            return Ok(None);
        }
        let right = flagged().map(|quality| 1.0 - quality).sum::<f64>();
        let error = self.recalibration.error_of_sum(flagged().map(log_odds_of_error));
        Estimate::new(right / count, error / count).map(Some)
    }

    /// The noise rate with an interval: by the probabilities, by how far they may be off altogether after what was verified,
    /// and by chance. Wide, before anything is verified, where many labels are neither surely right nor surely wrong.
    pub fn noise_rate_interval(&self) -> NoiseRateInterval {
        let quality = self.quality.as_slice();
        let error = self.recalibration.error_of_sum(quality.iter().map(|quality| log_odds_of_error(*quality)));
        NoiseRateInterval::new(self.noise_rate(), error / quality.len() as f64)
    }

    /// Label issues by `rule`: quality is the probability that the label is right, the score that it is wrong. A flagged
    /// sample is suggested the likeliest *other* label, though its own may be likelier by a hair.
    ///
    /// # Errors
    /// As [`FlagRule::flags`].
    pub fn issues(&self, rule: FlagRule) -> Result<LabelIssues> {
        let flags = self.flags(rule)?;
        let of_row = |row: usize| if flags[row] { self.other.values()[row] } else { self.suggested.values()[row] };
        let suggested = self.suggested.with_values((0..flags.len()).map(of_row).collect())?;
        LabelIssues::new(self.quality.clone(), flags, suggested, self.error_probability())
    }
}

/// The figures, without the parameters of the fit.
#[cfg(feature = "serde")]
impl serde::Serialize for Posterior {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let mut fields = serializer.serialize_struct("Posterior", 5)?;
        fields.serialize_field("quality", &self.quality)?;
        fields.serialize_field("suggested", &self.suggested)?;
        fields.serialize_field("noise_rate", &self.noise_rate())?;
        fields.serialize_field("transition", &self.transition)?;
        fields.serialize_field("log_likelihood", &self.log_likelihood)?;
        fields.end()
    }
}

fn mean(values: &[f64]) -> f64 {
    ArrayView1::from(values).sum() / values.len() as f64
}
