//! Predicted probabilities of every sample by a classifier trained on the given labels.

use mislabel_core::checks::same_length;
use mislabel_core::{
    ClassEvidence, EmbeddingSource, Labels, ProbabilityArray, ProbabilityMatrix, ProbabilitySink, Result, Run,
    WeightedEvidence,
};

use crate::probe::prediction::Prediction;
use crate::probe::room::Room;
use crate::regression::method::SoftmaxRegression;
use crate::training::classifier::{Classifier, TrainingSet, check_weights};
use crate::training::folds::Folds;
use crate::training::scaling::FeatureScaling;

/// Which samples a model sees before it predicts a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Sampling {
    /// All samples outside of the sample's own fold.
    OutOfSample {
        /// The number of folds K, 2 to n.
        folds: usize,
    },
    /// All samples, the sample itself and its label included: one fit instead of K, but a model flexible enough
    /// repeats the label errors it was trained on.
    InSample,
}

impl Default for Sampling {
    /// Five folds.
    fn default() -> Self {
        Self::OutOfSample { folds: 5 }
    }
}

/// Predicted probabilities from embeddings: a classifier, cross-validated.
///
/// With [`Sampling::OutOfSample`] the label of a sample has no influence on its own probabilities, except on which
/// samples share a fold with it: the classifier, its choice of an L2 strength included, sees the other folds only, and
/// nothing is carried from the fit of one fold to that of another. See [`FeatureScaling`] and [`Folds`].
///
/// Time: about 4·n·d·k operations an evaluation of the objective, some 20 to 100 of them a fit, and a fit per fold (per
/// fold and strength where the L2 strength is searched for; beyond 131,072 training rows on a part of them): linear in
/// n, d and k. A million rows of 768 features with a thousand classes take an hour or two on two cores;
/// docs/notebook/confident-learning.md. Memory: the probabilities, 8·n·k bytes, unless [`predict_into`](Self::predict_into) sends them
/// to a file; 64 bytes a sample and some 450 k·d; and as many of the rows as the budget of the [`Run`] allows, up to
/// 8·n·d bytes: the others are read in every pass. The checkpoint of the run keeps finished models.
///
/// Classes without samples, or with one sample, in the fold that it is held out of, have probability 0.
///
/// ```
/// use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
/// use mislabel_probe::{Probe, Sampling};
/// use ndarray::{Array2, array};
///
/// let rows = Array2::from_shape_fn((20, 2), |(i, j)| if i % 2 == j { 5.0 } else { (i / 2) as f32 / 9.0 });
/// let mut labels: Vec<u32> = (0..20).map(|i| i % 2).collect();
/// labels[4] = 1; // a label error
/// let given = Labels::new(labels, 3)?; // class 2 has no samples
/// let probe = Probe { sampling: Sampling::OutOfSample { folds: 4 }, ..Probe::default() };
/// let probabilities = probe.evidence(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
/// assert!(probabilities.view()[[4, 0]] > 0.5);
/// assert!(probabilities.view().column(2).iter().all(|p| *p == 0.0));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// A probe learns label noise that has a direction, and then finds it plausible. `mislabel_confident::Pruned` trains it
/// anew without the labels that confident learning flags:
///
/// ```
/// use mislabel_confident::{ConfidentLearning, Pruned};
/// use mislabel_core::{Detector, Embeddings, NoiseModel, Pipeline, Run};
/// use mislabel_metrics::Evaluation;
/// use mislabel_noise::Asymmetric;
/// use mislabel_probe::Probe;
///
/// let digits = mislabel_datasets::digits();
/// let noisy = Asymmetric { rate: 0.2, ..Asymmetric::default() }.corrupt(&digits.labels, 51)?;
/// let embeddings = Embeddings::new(digits.embeddings.view())?;
/// let precision = |detector: &dyn Detector| -> mislabel_core::Result<f64> {
///     let issues = detector.detect(&embeddings, &noisy.given, &Run::quiet())?;
///     Ok(Evaluation::new(&issues, &noisy.errors)?.average_precision.value().unwrap_or(0.0))
/// };
/// let plain = precision(&Pipeline::new(Probe::default(), ConfidentLearning::default()))?;
/// let pruned = precision(&Pipeline::new(Pruned::of(Probe::default()), ConfidentLearning::default()))?;
/// assert!(plain < 0.9 && pruned > 0.97);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Probe<C = SoftmaxRegression> {
    /// What is trained.
    #[cfg_attr(feature = "serde", serde(default))]
    pub classifier: C,
    /// Which samples it sees before it predicts a sample.
    #[cfg_attr(feature = "serde", serde(default))]
    pub sampling: Sampling,
    /// What is done to the rows before.
    #[cfg_attr(feature = "serde", serde(default))]
    pub scaling: FeatureScaling,
    /// Decides which samples share a fold.
    #[cfg_attr(feature = "serde", serde(default))]
    pub seed: u64,
}

impl Default for Probe {
    /// A [`SoftmaxRegression`] in five folds.
    fn default() -> Self {
        Self::of(SoftmaxRegression::default())
    }
}

impl<C> Probe<C> {
    /// A probe of `classifier`, its other fields as those of the default probe.
    pub fn of(classifier: C) -> Self {
        Self { classifier, sampling: Sampling::default(), scaling: FeatureScaling::default(), seed: 0 }
    }
}

impl<C: Classifier> Probe<C> {
    /// As [`evidence`](ClassEvidence::evidence), out-of-sample by folds of one's own.
    ///
    /// # Errors
    /// As [`evidence`](ClassEvidence::evidence); [`LengthMismatch`](mislabel_core::Error::LengthMismatch) unless
    /// every sample has a fold.
    pub fn evidence_in_folds(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        folds: &Folds,
        run: &Run<'_>,
    ) -> Result<ProbabilityMatrix> {
        same_length("the folds", given.len(), folds.assignment().len())?;
        self.probabilities(embeddings, given, None, Some(folds), run)
    }

    /// Predicts every sample of `embeddings`, `(n, d)`, into `sink`, block by block, learning from the labels `given`,
    /// `(n,)`, as much as `weights`, `(n,)`, say (`None`: all 1): the probabilities of
    /// [`evidence`](ClassEvidence::evidence) to the last bit, in O(n + k·d + d²) memory.
    ///
    /// # Errors
    /// As [`weighted_evidence`](WeightedEvidence::weighted_evidence), and those of the sink.
    pub fn predict_into(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        weights: Option<&[f64]>,
        sink: &dyn ProbabilitySink,
        run: &Run<'_>,
    ) -> Result<()> {
        let folds = self.folds(given)?;
        self.predict(embeddings, given, weights, folds.as_ref(), Sink { sink, bytes: 0 }, run)
    }

    fn folds(&self, given: &Labels) -> Result<Option<Folds>> {
        match self.sampling {
            Sampling::OutOfSample { folds } => Folds::stratified(given, folds, self.seed).map(Some),
            Sampling::InSample => Ok(None),
        }
    }

    fn probabilities(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        weights: Option<&[f64]>,
        folds: Option<&Folds>,
        run: &Run<'_>,
    ) -> Result<ProbabilityMatrix> {
        let (n, k) = (given.len(), given.class_count());
        let bytes = 8 * n as u64 * k as u64;
        Room::new(run.memory(), embeddings.shape(), k, bytes)?;
        let array = ProbabilityArray::new(n, k);
        let sink = Sink { sink: &array, bytes };
        self.predict(embeddings, given, weights, folds, sink, run)?;
        array.into_matrix()
    }

    fn predict(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        weights: Option<&[f64]>,
        folds: Option<&Folds>,
        Sink { sink, bytes }: Sink<'_>,
        run: &Run<'_>,
    ) -> Result<()> {
        same_length("given labels", embeddings.shape().0, given.len())?;
        given.need_classes(2)?;
        let room = Room::new(run.memory(), embeddings.shape(), given.class_count(), bytes)?;
        let scaled = self.scaling.source(embeddings)?;
        let rows = if room.holds_rows { Some(scaled.to_array()?) } else { None };
        let samples = match &rows {
            Some(rows) => TrainingSet::new(rows.view(), given, weights)?,
            None => TrainingSet::read(&scaled, given, weights)?,
        };
        let samples = samples.with_room(room.left);
        let prediction = Prediction { classifier: &self.classifier, samples, sink };
        match folds {
            Some(folds) => prediction.in_folds(folds, room.holds_folds(folds.folds()), run),
            None => {
                let all: Vec<u32> = (0..given.len() as u32).collect();
                prediction.held_out(&samples, &all, "probe/all samples", run)
            }
        }
    }
}

impl<C: Classifier> WeightedEvidence for Probe<C> {
    /// # Errors
    /// As [`evidence`](ClassEvidence::evidence); [`LengthMismatch`](mislabel_core::Error::LengthMismatch),
    /// [`OutOfRange`](mislabel_core::Error::OutOfRange) at a weight that is negative, NaN or infinite,
    /// [`Undefined`](mislabel_core::Error::Undefined) when a model would be left with weights of 0 alone.
    fn weighted_evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        weights: &[f64],
        run: &Run<'_>,
    ) -> Result<ProbabilityMatrix> {
        check_weights(weights, given.len())?;
        let folds = self.folds(given)?;
        self.probabilities(embeddings, given, Some(weights), folds.as_ref(), run)
    }
}

impl<C: Classifier> ClassEvidence for Probe<C> {
    type Evidence = ProbabilityMatrix;

    /// Predicted probabilities, `(n, k)`, of the samples of `embeddings`, `(n, d)`, by models trained on the labels
    /// `given`, `(n,)`.
    ///
    /// # Errors
    /// [`LengthMismatch`](mislabel_core::Error::LengthMismatch),
    /// [`TooFewClasses`](mislabel_core::Error::TooFewClasses) with fewer than two classes,
    /// [`Parameter`](mislabel_core::Error::Parameter) for fewer than 2 folds or more than n, [`Cancelled`](mislabel_core::Error::Cancelled), and as the classifier.
    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ProbabilityMatrix> {
        self.probabilities(embeddings, given, None, self.folds(given)?.as_ref(), run)
    }
}

/// Where probabilities go, and the bytes that are taken there.
struct Sink<'a> {
    sink: &'a dyn ProbabilitySink,
    bytes: u64,
}
