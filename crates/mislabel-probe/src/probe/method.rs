//! Predicted probabilities of every sample by a classifier trained on the given labels.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use mislabel_core::checks::same_length;
use mislabel_core::{ClassEvidence, EmbeddingSource, Error, Labels, MemoryBudget, ProbabilityArray, ProbabilityMatrix, ProbabilitySink, Progress, Result, Run, WeightedEvidence};
use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use crate::regression::design::ROW_BLOCK;
use crate::regression::method::SoftmaxRegression;
use crate::training::classifier::{Classifier, ProbabilityModel, TrainingSet, check_weights};
use crate::training::folds::Folds;
use crate::training::part::Part;
use crate::training::scaling::FeatureScaling;

/// Up to this many bytes of training rows, all folds are worked on at once; beyond, one after the other.
const AT_ONCE: u64 = 1 << 30;

/// Probabilities that are predicted at a time: 64 MiB.
const PREDICTED: usize = 1 << 23;

/// Bytes that folds, labels, weights and row numbers take a sample.
const SAMPLE_BYTES: u64 = 64;

/// Bytes that a fit takes for every parameter: the parameters, ten pairs of steps and changes, and 16 partial gradients.
const PARAMETER_BYTES: u64 = 8 * 30 + 16 * 12;

/// Which samples a model sees before it predicts a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
/// Time: about 4·n·d·k operations an evaluation of the objective, some 20 to 100 of them a fit, and a fit per fold (per fold
/// and strength where the L2 strength is searched for; beyond 131,072 training rows on a part of them): linear in n, d and
/// k. A million rows of 768 features with a thousand classes take an hour or two on two cores; docs/performance.md.
/// Memory: the probabilities, 8·n·k bytes, unless [`predict_into`](Self::predict_into) sends them to a file; 64 bytes a sample and
/// some 450 k·d; and as many of the rows as [`memory`](Self::memory) allows, up to 8·n·d bytes: the others are read in every
/// pass. With a checkpoint ([`Progress::checkpoint`](mislabel_core::Progress::checkpoint)) finished models are kept.
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
/// A probe learns label noise that has a direction, and then finds it plausible. `mislabel_confident::Pruned` trains it anew
/// without the labels that confident learning flags:
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
pub struct Probe<C = SoftmaxRegression> {
    /// What is trained.
    pub classifier: C,
    /// Which samples it sees before it predicts a sample.
    pub sampling: Sampling,
    /// What is done to the rows before.
    pub scaling: FeatureScaling,
    /// Decides which samples share a fold.
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
    /// As [`evidence`](ClassEvidence::evidence); [`Error::LengthMismatch`] unless every sample has a fold.
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

    /// Predicts every sample of `embeddings`, `(n, d)`, into `sink`, block by block, learning from the labels `given`, `(n,)`,
    /// as much as `weights`, `(n,)`, say (`None`: all 1): the probabilities of [`evidence`](ClassEvidence::evidence) to the last
    /// bit, in O(n + k·d + d²) memory.
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
    /// As [`evidence`](ClassEvidence::evidence); [`Error::LengthMismatch`], [`Error::OutOfRange`] at a weight that is
    /// negative, NaN or infinite, [`Error::Undefined`] when a model would be left with weights of 0 alone.
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
    /// [`Error::LengthMismatch`], [`Error::TooFewClasses`] with fewer than two classes, [`Error::Parameter`] or
    /// [`Error::OutOfRange`] for fewer than 2 folds or more than n, [`Error::Cancelled`], and as the classifier.
    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ProbabilityMatrix> {
        self.probabilities(embeddings, given, None, self.folds(given)?.as_ref(), run)
    }
}

/// Where probabilities go, and the bytes that are taken there.
struct Sink<'a> {
    sink: &'a dyn ProbabilitySink,
    bytes: u64,
}

/// What a memory budget leaves for rows in memory.
struct Room {
    /// Bytes for the rows of one fit.
    left: u64,
    /// Whether all scaled rows lie in memory beside.
    holds_rows: bool,
    /// Bytes of the scaled rows.
    rows: u64,
}

impl Room {
    fn new(budget: Option<MemoryBudget>, (n, d): (usize, usize), k: usize, sink: u64) -> Result<Self> {
        let [n, d, k] = [n, d, k].map(|count| count as u64);
        let rows = 4 * n * d;
        let Some(budget) = budget else { return Ok(Self { left: u64::MAX, holds_rows: true, rows }) };
        let threads = rayon::current_num_threads() as u64;
        // Labels, folds and targets; parameters, their history and partial gradients; second moments and their sample; blocks
        // that are read and multiplied; predictions on their way.
        let parameters = k * (d + 1);
        let blocks = threads * 4 * ROW_BLOCK as u64 * (2 * (d + 1) + k);
        let fit = SAMPLE_BYTES * n + PARAMETER_BYTES * parameters + 100 * (d + 1) * (d + 1).min(4096) + blocks;
        let predictions = 8 * k * n.min(block_of_predictions(k as usize) as u64);
        let left = budget.need("a probe of one fold", sink + fit + predictions)?;
        let holds_rows = rows <= left / 3;
        Ok(Self { left: if holds_rows { left - rows } else { left }, holds_rows, rows })
    }

    /// Whether so many folds can be worked on at once.
    fn holds_folds(&self, folds: usize) -> bool {
        self.holds_rows && self.rows.saturating_mul(folds as u64) <= self.left.min(AT_ONCE)
    }
}

/// Rows that are predicted at a time: a multiple of those of a block.
fn block_of_predictions(k: usize) -> usize {
    (PREDICTED / k / ROW_BLOCK).max(1) * ROW_BLOCK
}

/// Models of parts of the samples, and what they say of the others.
struct Prediction<'a> {
    classifier: &'a dyn Classifier,
    samples: TrainingSet<'a>,
    sink: &'a dyn ProbabilitySink,
}

impl Prediction<'_> {
    /// Predicts every sample by a model trained on the other folds.
    fn in_folds(&self, folds: &Folds, at_once: bool, run: &Run<'_>) -> Result<()> {
        let watch = Watch { progress: run.progress(), done: AtomicUsize::new(0), total: folds.folds() };
        let watched = run.clone().with_progress(&watch);
        let held_out = |fold: usize| -> Result<()> {
            let training = Part::new(&self.samples, folds.training(fold))?;
            let part = format!("probe/fold {fold} of {}", folds.folds());
            self.held_out(&training.training()?, &folds.held_out(fold), &part, &watched)?;
            watch.fold_done()
        };
        let mut numbers = 0..folds.folds();
        if at_once {
            return numbers.into_par_iter().try_for_each(held_out);
        }
        numbers.try_for_each(held_out)
    }

    /// Predicts the samples `rows` by a model of `training`. The model, or what it predicted if it cannot be turned to bytes, is
    /// kept as `part`.
    fn held_out(&self, training: &TrainingSet<'_>, rows: &[u32], part: &str, run: &Run<'_>) -> Result<()> {
        if let Some(predicted) = run.load(part)?.and_then(|bytes| self.restored(&bytes, rows.len())) {
            return self.sink.put(rows, predicted.view());
        }
        let kept = format!("{part}/model");
        if let Some(model) = run.load(&kept)?.and_then(|bytes| self.classifier.restored(&bytes, training)) {
            return self.predict(&*model, rows, &mut |_| ());
        }
        let model = self.classifier.fit(training, run)?;
        let model_bytes = if run.keeps_parts() { model.to_bytes() } else { None };
        if let Some(bytes) = &model_bytes {
            run.store(&kept, bytes)?;
        }
        let mut predictions = Vec::new();
        let keeps_predictions = run.keeps_parts() && model_bytes.is_none();
        self.predict(&*model, rows, &mut |predicted| {
            if keeps_predictions {
                predictions.extend(predicted.iter().flat_map(|value| value.to_le_bytes()));
            }
        })?;
        if keeps_predictions { run.store(part, &predictions) } else { Ok(()) }
    }

    /// Sends what `model` predicts of the samples `rows` to the sink, and shows it to `each`.
    fn predict(
        &self,
        model: &dyn ProbabilityModel,
        rows: &[u32],
        each: &mut dyn FnMut(ArrayView2<'_, f64>),
    ) -> Result<()> {
        let (_, d) = self.samples.shape();
        let k = self.samples.labels().class_count();
        for rows in rows.chunks(block_of_predictions(k)) {
            let mut features = Array2::zeros((rows.len(), d));
            let blocks = features.axis_chunks_iter_mut(Axis(0), ROW_BLOCK).into_par_iter();
            blocks.zip(rows.par_chunks(ROW_BLOCK)).try_for_each(|(out, rows)| self.samples.gather(rows, out))?;
            let predicted = model.probabilities(features.view())?;
            same_length("predicted rows", rows.len(), predicted.nrows())?;
            same_length("classes of the predicted rows", k, predicted.ncols())?;
            each(predicted.view());
            self.sink.put(rows, predicted.view())?;
        }
        Ok(())
    }

    /// The predictions, `(rows, k)`, that an earlier run kept.
    fn restored(&self, bytes: &[u8], rows: usize) -> Option<Array2<f64>> {
        let values = bytes.as_chunks().0.iter().map(|value| f64::from_le_bytes(*value)).collect();
        Array2::from_shape_vec((rows, self.samples.labels().class_count()), values).ok()
    }
}

/// Shows the folds to the observer as one stage, and lets it cancel within a fit.
struct Watch<'a> {
    progress: &'a dyn Progress,
    done: AtomicUsize,
    total: usize,
}

impl Watch<'_> {
    const STAGE: &'static str = "predicting held-out folds";

    fn fold_done(&self) -> Result<()> {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        match self.progress.update(Self::STAGE, done, self.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled { stage: Self::STAGE }),
        }
    }
}

impl Progress for Watch<'_> {
    fn update(&self, _: &'static str, _: usize, _: usize) -> ControlFlow<()> {
        self.progress.update(Self::STAGE, self.done.load(Ordering::Relaxed), self.total)
    }
}
