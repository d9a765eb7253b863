//! The detector: important beyond its class's average, and like another class.

use mislabel_core::{
    Error, EvidenceDetector, LabelIssues, LabelQuality, Labels, ProbabilitySource, Result, same_length,
};
use ndarray::Array1;

use crate::ImportanceEvidence;

/// What the importance of a sample is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Comparison {
    /// The mean importance of its given class: leverage sums to about the same number in every class, so that samples of
    /// small classes have more of it whatever their labels. The default.
    #[default]
    GivenClass,
    /// The mean importance of all samples: for losses, which mean the same in every class.
    Dataset,
}

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

impl CoresetDetector {
    /// ρ of every sample, `(n,)`: importance over the mean it is compared with.
    fn relative(&self, importance: &Array1<f64>, given: &Labels) -> Array1<f64> {
        let group = |row: usize| match self.comparison {
            Comparison::GivenClass => given.class(row),
            Comparison::Dataset => 0,
        };
        relative_to_mean(importance, group, given.classes())
    }
}

/// Every value over the mean of its group, one of `groups`; 1 in a group of zeros.
pub(crate) fn relative_to_mean(values: &Array1<f64>, group: impl Fn(usize) -> usize, groups: usize) -> Array1<f64> {
    let (mut sums, mut counts) = (vec![0.0; groups], vec![0_usize; groups]);
    for (row, value) in values.iter().enumerate() {
        sums[group(row)] += value;
        counts[group(row)] += 1;
    }
    let relative = |(row, value): (usize, &f64)| {
        let mean = sums[group(row)] / counts[group(row)] as f64;
        if mean > 0.0 { value / mean } else { 1.0 }
    };
    values.iter().enumerate().map(relative).collect()
}

impl EvidenceDetector<ImportanceEvidence> for CoresetDetector {
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::Parameter`] for the threshold, [`Error::LabelOutOfRange`] when a likely class is
    /// none of the classes.
    fn judge(&self, evidence: &ImportanceEvidence, given: &Labels) -> Result<LabelIssues> {
        if self.threshold.is_nan() || self.threshold < 0.0 {
            let requirement = "at least 0";
            return Err(Error::Parameter { name: "threshold", value: self.threshold, requirement });
        }
        same_length("given labels", evidence.likely().len(), given.len())?;
        let suggested = given.with_values(evidence.likely().to_vec())?;
        let score = self.relative(&evidence.importance().to_owned(), given);
        let quality = LabelQuality::new(score.mapv(|score| 1.0 / (1.0 + score)))?;
        let pairs = score.iter().zip(given.values().iter().zip(evidence.likely()));
        let flags = pairs.map(|(score, (given, likely))| *score > self.threshold && given != likely).collect();
        LabelIssues::new(quality, flags, suggested, score)
    }
}

impl<P: ProbabilitySource> EvidenceDetector<P> for CoresetDetector {
    /// # Errors
    /// As for [`ImportanceEvidence`], and what the source reports.
    fn judge(&self, probabilities: &P, given: &Labels) -> Result<LabelIssues> {
        let evidence = ImportanceEvidence::from_probabilities(probabilities, given)?;
        Self { comparison: Comparison::Dataset, ..*self }.judge(&evidence, given)
    }
}
