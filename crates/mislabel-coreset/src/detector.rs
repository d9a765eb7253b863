//! The detector: important beyond its class's average, and like another class.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Judge, LabelIssues, LabelQuality, Labels, ProbabilitySource, Result, Run};

use crate::evidence::ImportanceEvidence;
use crate::importance::comparison::Comparison;

/// How far ρ may exceed the threshold by rounding of the mean alone: equal importances flag nothing.
const ROUNDING: f64 = 1e-9;

/// Suspects labels of samples that are more important than others of their class.
///
/// The raw score is ρ = importance / mean importance of the given class (or of all samples), quality is 1/(1 + ρ): ½ for an
/// average sample, in the order of importance within each class. A label is an issue when ρ exceeds `threshold` *and* the
/// sample resembles another class more than its own; that class is the suggestion.
///
/// It judges [`ImportanceEvidence`] from [`CoresetEvidence`](crate::CoresetEvidence), which needs embeddings only, and any
/// [`ProbabilitySource`] of out-of-sample probabilities by loss-weighted sensitivity (compared over the dataset, whatever
/// `comparison` says). Where all importances are 0, ρ is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoresetDetector {
    /// Labels whose ρ exceeds this may be issues; at least 0, default 1.
    pub threshold: f64,
    /// What importance is compared with.
    pub comparison: Comparison,
}

impl Default for CoresetDetector {
    fn default() -> Self {
        Self { threshold: 1.0, comparison: Comparison::GivenClass }
    }
}

impl Judge<ImportanceEvidence> for CoresetDetector {
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::Parameter`] for the threshold, [`Error::LabelOutOfRange`] when a likely class is
    /// none of the classes.
    fn judge(&self, evidence: &ImportanceEvidence, given: &Labels, _: &Run<'_>) -> Result<LabelIssues> {
        if self.threshold.is_nan() || self.threshold < 0.0 {
            let requirement = "at least 0";
            return Err(Error::parameter("threshold", self.threshold, requirement));
        }
        same_length("given labels", evidence.likely().len(), given.len())?;
        let suggested = given.with_values(evidence.likely().to_vec())?;
        let samples = evidence.importance().into_iter().zip(given.values());
        let samples = samples.map(|(importance, class)| (*importance, *class as usize, 1.0));
        let score: Vec<f64> = self.comparison.relative(samples, given.class_count()).collect();
        let quality = LabelQuality::new(score.iter().map(|score| 1.0 / (1.0 + score)).collect())?;
        let threshold = self.threshold * (1.0 + ROUNDING);
        let pairs = score.iter().zip(given.values().iter().zip(evidence.likely()));
        let flags = pairs.map(|(score, (given, likely))| *score > threshold && given != likely).collect();
        LabelIssues::new(quality, flags, suggested, score)
    }
}

impl<P: ProbabilitySource> Judge<P> for CoresetDetector {
    /// # Errors
    /// As for [`ImportanceEvidence`], and what the source reports.
    fn judge(&self, probabilities: &P, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        let evidence = ImportanceEvidence::from_probabilities(probabilities, given, run)?;
        Self { comparison: Comparison::Dataset, ..*self }.judge(&evidence, given, run)
    }
}
