//! The seams: evidence about the classes, judges of that evidence, and detectors made of both.

use ndarray::ArrayView1;

use crate::{EmbeddingSource, LabelIssues, Labels, NoiseTransition, Progress, Result};

/// A way to gather evidence about classes: from embeddings and given labels to evidence per sample.
///
/// This is the seam between back-ends: whole arrays in, per-sample evidence out, never tensor operations.
/// [`Evidence`](Self::Evidence) may be an [`ErrorSummary`](crate::ErrorSummary), probabilities, a neighbour graph.
///
/// Implementers promise the same evidence for the same input and parameters on any number of threads,
/// and an error when `embeddings` and `given` differ in length.
pub trait ClassEvidence: Sync {
    /// What is gathered about every sample.
    type Evidence;

    /// Gathers evidence for the n samples of `embeddings`, `(n, d)`, under the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// Whatever the input lacks for this method; [`Error::Cancelled`](crate::Error::Cancelled) when `progress` says so.
    fn evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        progress: &dyn Progress,
    ) -> Result<Self::Evidence>;
}

/// [`ClassEvidence`] that learns from some samples more than from others.
pub trait WeightedEvidence: ClassEvidence {
    /// As [`evidence`](ClassEvidence::evidence) on all n samples, learning from each as much as its weight in `weights`,
    /// `(n,)`, says: finite, not negative, not all 0. A sample of weight 0 is not learnt from but has evidence all the same.
    ///
    /// # Errors
    /// As [`evidence`](ClassEvidence::evidence); [`Error::LengthMismatch`](crate::Error::LengthMismatch) and
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for the weights.
    fn weighted_evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        weights: ArrayView1<'_, f64>,
        progress: &dyn Progress,
    ) -> Result<Self::Evidence>;
}

/// A judge of evidence of type `E`: the second half of a detector.
///
/// Implementers promise quality in [0, 1] with lower more suspect, and finite scores.
pub trait EvidenceDetector<E>: Sync {
    /// Judges the given labels, `(n,)`, by the evidence on the same n samples.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](crate::Error::LengthMismatch) when the two differ in length, and what the method needs.
    fn judge(&self, evidence: &E, given: &Labels) -> Result<LabelIssues>;
}

/// A complete detector: from embeddings and given labels to label issues.
pub trait Detector: Sync {
    /// Finds the label issues among the n samples of `embeddings`, `(n, d)`, under the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// Whatever the input lacks for this method; [`Error::Cancelled`](crate::Error::Cancelled) when `progress` says so.
    fn detect(&self, embeddings: &dyn EmbeddingSource, given: &Labels, progress: &dyn Progress) -> Result<LabelIssues>;
}

/// Evidence and the judge of it, joined to a [`Detector`], so that all methods compare as `&dyn Detector`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pipeline<S, J> {
    /// Where the evidence comes from.
    pub evidence: S,
    /// Who judges it.
    pub detector: J,
}

impl<S, J> Pipeline<S, J> {
    /// Joins the two.
    pub fn new(evidence: S, detector: J) -> Self {
        Self { evidence, detector }
    }
}

impl<S: ClassEvidence, J: EvidenceDetector<S::Evidence>> Detector for Pipeline<S, J> {
    fn detect(&self, embeddings: &dyn EmbeddingSource, given: &Labels, progress: &dyn Progress) -> Result<LabelIssues> {
        let evidence = self.evidence.evidence(embeddings, given, progress)?;
        self.detector.judge(&evidence, given)
    }
}

/// An estimator of the noise transition matrix from evidence of type `E`.
pub trait TransitionEstimator<E>: Sync {
    /// Estimates T, `(k, k)`, from the evidence on n samples and their given labels, `(n,)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](crate::Error::LengthMismatch) when the two differ in length, and what the method needs.
    fn transition(&self, evidence: &E, given: &Labels) -> Result<NoiseTransition>;
}
