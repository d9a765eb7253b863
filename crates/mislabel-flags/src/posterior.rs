//! What the model says.

use mislabel_core::{LabelIssues, LabelQuality, Labels, NoiseTransition, Result};
use ndarray::{Array1, ArrayView1};

use crate::FlagRule;

/// The posterior of n true labels over k classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    quality: LabelQuality,
    suggested: Labels,
    transition: NoiseTransition,
    log_likelihood: f64,
}

impl Posterior {
    pub(crate) fn new(
        quality: LabelQuality,
        suggested: Labels,
        transition: NoiseTransition,
        log_likelihood: f64,
    ) -> Self {
        Self { quality, suggested, transition, log_likelihood }
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
    pub fn mistake(&self) -> Array1<f64> {
        self.quality.view().mapv(|right| 1.0 - right)
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
        1.0 - mean(self.quality.view())
    }

    /// The flags, `(n,)`, that `rule` makes of the probabilities.
    ///
    /// # Errors
    /// As [`FlagRule::flags`].
    pub fn flags(&self, rule: FlagRule) -> Result<Array1<bool>> {
        rule.flags(&self.quality)
    }

    /// Label issues by `rule`: quality is the probability that the label is right, the score that it is wrong.
    ///
    /// # Errors
    /// As [`FlagRule::flags`].
    pub fn issues(&self, rule: FlagRule) -> Result<LabelIssues> {
        LabelIssues::new(self.quality.clone(), self.flags(rule)?, self.suggested.clone(), self.mistake())
    }
}

fn mean(values: ArrayView1<'_, f64>) -> f64 {
    values.sum() / values.len() as f64
}
