//! Mistakenness: the detector.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Error, Judge, LabelIssues, LabelQuality, Labels, ProbabilitySource, Result, Run};

use crate::logits::Logits;
use crate::predictions::{Certainty, Predictions};

/// Mistakenness of given labels under predictions, FiftyOne Brain's definition.
///
/// (m·c + 1)/2 with c the certainty of the prediction and m = −1 where it is the given label, +1 where it is not:
/// 0 for a sure agreement, 1 for a sure disagreement, ½ for no opinion, and 1 for a sample without a prediction.
/// Quality is 1 − mistakenness, the raw score is the mistakenness, and the suggested label is the predicted class
/// (the given one where there is none). A label is an issue when its mistakenness exceeds `threshold`: by default, when
/// the prediction disagrees with it (with any certainty above 0) or is missing.
///
/// It judges [`Logits`], any [`ProbabilitySource`] (which a softmax of the logits would be, with the same result), and
/// [`Predictions`]. They should be out-of-sample.
///
/// O(n·k) time in one pass; memory: 24 bytes a sample and what is made of them, whatever k is, where predictions are read in
/// blocks ([`Predictions::from_logit_rows`], any [`ProbabilitySource`]).
///
/// # Departures
/// Where the given label shares the greatest logit or probability with other classes, it counts as predicted; FiftyOne
/// is handed one predicted class and cannot know. FiftyOne decides between the two measures of certainty by what a
/// prediction holds; here the caller does.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Mistakenness {
    /// How the certainty c is measured; of [`Predictions`] it is already known.
    pub certainty: Certainty,
    /// Labels with a mistakenness above this are issues; in [0, 1], default ½.
    pub threshold: f64,
}

impl Default for Mistakenness {
    fn default() -> Self {
        Self { certainty: Certainty::Entropy, threshold: 0.5 }
    }
}

impl Judge<Predictions> for Mistakenness {
    /// # Errors
    /// [`Error::LengthMismatch`] when the predictions differ from `given` in n or k, [`Error::Parameter`] for the
    /// threshold.
    fn judge(&self, predictions: &Predictions, given: &Labels, _: &Run<'_>) -> Result<LabelIssues> {
        if !(0.0..=1.0).contains(&self.threshold) {
            let requirement = "in [0, 1]";
            return Err(Error::parameter("threshold", self.threshold, requirement));
        }
        same_length("given labels", predictions.len(), given.len())?;
        same_class_count("the given labels", predictions.class_count(), given.class_count())?;
        let rows = || (0..given.len()).map(|row| (predictions.row(row), given.class(row)));
        let score: Vec<f64> = rows().map(|(prediction, class)| mistakenness(prediction, class)).collect();
        let suggested = rows().map(|(prediction, class)| prediction.map_or(class, |(predicted, _)| predicted) as u32);
        let suggested = given.with_values(suggested.collect())?;
        let quality = LabelQuality::new(score.iter().map(|score| 1.0 - score).collect())?;
        LabelIssues::new(quality, score.iter().map(|score| *score > self.threshold).collect(), suggested, score)
    }
}

impl Judge<Logits> for Mistakenness {
    /// # Errors
    /// As for [`Predictions`].
    fn judge(&self, logits: &Logits, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        self.judge(&Predictions::from_logits(logits, given, self.certainty, run)?, given, run)
    }
}

impl<P: ProbabilitySource> Judge<P> for Mistakenness {
    /// # Errors
    /// As for [`Predictions`], and what the source reports.
    fn judge(&self, probabilities: &P, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        self.judge(&Predictions::from_probabilities(probabilities, given, self.certainty, run)?, given, run)
    }
}

fn mistakenness(prediction: Option<(usize, f64)>, given: usize) -> f64 {
    match prediction {
        None => 1.0,
        Some((class, certainty)) if class == given => (1.0 - certainty) / 2.0,
        Some((_, certainty)) => f64::midpoint(1.0, certainty),
    }
}
