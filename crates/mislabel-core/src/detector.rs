//! The seams: evidence about the classes, judges of that evidence, and detectors made of both.

use crate::error::Result;
use crate::evidence::issues::LabelIssues;
use crate::evidence::transition::NoiseTransition;
use crate::forwarding::forward;
use crate::inputs::embeddings::EmbeddingSource;
use crate::inputs::labels::Labels;
use crate::run::context::Run;

/// A way to gather evidence about classes: from embeddings and given labels to evidence per sample.
///
/// This is the seam between back-ends: whole arrays in, per-sample evidence out, never tensor operations.
/// [`Evidence`](Self::Evidence) may be an [`ErrorSummary`](crate::ErrorSummary), probabilities, a neighbor graph.
///
/// Implementers promise the same evidence for the same input and parameters on any number of threads,
/// an error when `embeddings` and `given` differ in length, and to stop within a second or two of work when `run` says so.
pub trait ClassEvidence: Send + Sync {
    /// What is gathered about every sample.
    type Evidence;

    /// Gathers evidence for the n samples of `embeddings`, `(n, d)`, under the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// Whatever the input lacks for this method; [`Error::Cancelled`](crate::Error::Cancelled) when `run` says so.
    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<Self::Evidence>;

    /// As [`evidence`](Self::evidence), for a judge that reads `reach` neighbors of every sample ([`Judge::reach`]).
    /// Evidence without neighbors ignores `reach`.
    ///
    /// # Errors
    /// As [`evidence`](Self::evidence).
    fn evidence_within(
        &self,
        reach: usize,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<Self::Evidence> {
        let _ = reach;
        self.evidence(embeddings, given, run)
    }
}

forward! {
    ClassEvidence {
        type Evidence;
        fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<T::Evidence>;
        fn evidence_within(
            &self,
            reach: usize,
            embeddings: &dyn EmbeddingSource,
            given: &Labels,
            run: &Run<'_>
        ) -> Result<T::Evidence>;
    }
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
        weights: &[f64],
        run: &Run<'_>,
    ) -> Result<Self::Evidence>;
}

forward! {
    WeightedEvidence {
        fn weighted_evidence(
            &self,
            embeddings: &dyn EmbeddingSource,
            given: &Labels,
            weights: &[f64],
            run: &Run<'_>
        ) -> Result<T::Evidence>;
    }
}

/// A judge of evidence of type `E`: the second half of a detector.
///
/// Implementers promise quality in [0, 1] with lower more suspect, finite scores, and to stop within a second or two of
/// work when `run` says so.
pub trait Judge<E>: Send + Sync {
    /// Judges the given labels, `(n,)`, by the evidence on the same n samples.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](crate::Error::LengthMismatch) when the two differ in length, what the method needs, and
    /// [`Error::Cancelled`](crate::Error::Cancelled) when `run` says so.
    fn judge(&self, evidence: &E, given: &Labels, run: &Run<'_>) -> Result<LabelIssues>;

    /// How many neighbors of every sample the judge reads: 0 where it reads none.
    fn reach(&self) -> usize {
        0
    }
}

forward! {
    <E> Judge<E> {
        fn judge(&self, evidence: &E, given: &Labels, run: &Run<'_>) -> Result<LabelIssues>;
        fn reach(&self) -> usize;
    }
}

/// A complete detector: from embeddings and given labels to label issues.
///
/// A detector obeys a request to stop: it opens a [stage](Run::stage) for its work, says how far it is
/// ([`Stage::advance`](crate::Stage::advance)), and returns the error that this gives.
pub trait Detector: Send + Sync {
    /// Finds the label issues among the n samples of `embeddings`, `(n, d)`, under the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// Whatever the input lacks for this method; [`Error::Cancelled`](crate::Error::Cancelled) when `run` says so.
    fn detect(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<LabelIssues>;
}

forward! {
    Detector {
        fn detect(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<LabelIssues>;
    }
}

/// Evidence and the judge of it, joined to a [`Detector`], so that all methods compare as `&dyn Detector`.
///
/// The judge says how many neighbors it reads, and the evidence provides as many.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Pipeline<S, J> {
    /// Where the evidence comes from.
    pub evidence: S,
    /// Who judges it.
    pub judge: J,
}

impl<S, J> Pipeline<S, J> {
    /// Joins the two.
    pub fn new(evidence: S, judge: J) -> Self {
        Self { evidence, judge }
    }
}

impl<S: ClassEvidence, J: Judge<S::Evidence>> Detector for Pipeline<S, J> {
    fn detect(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        let evidence = self.evidence.evidence_within(self.judge.reach(), embeddings, given, run)?;
        self.judge.judge(&evidence, given, run)
    }
}

/// An estimator of the noise transition matrix from evidence of type `E`.
pub trait TransitionEstimator<E>: Send + Sync {
    /// Estimates T, `(k, k)`, from the evidence on n samples and their given labels, `(n,)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](crate::Error::LengthMismatch) when the two differ in length, what the method needs, and
    /// [`Error::Cancelled`](crate::Error::Cancelled) when `run` says so.
    fn transition(&self, evidence: &E, given: &Labels, run: &Run<'_>) -> Result<NoiseTransition>;
}

forward! {
    <E> TransitionEstimator<E> {
        fn transition(&self, evidence: &E, given: &Labels, run: &Run<'_>) -> Result<NoiseTransition>;
    }
}
