//! Predicted probabilities of every sample by a classifier trained on the given labels.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use mislabel_core::{
    Checkpoint, ClassEvidence, EmbeddingSource, Error, Labels, MemoryBudget, ProbabilityMatrix, Progress, Result,
    WeightedEvidence, same_length,
};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use crate::classifier::{Classifier, TrainingSet, check_weights};
use crate::folds::Folds;
use crate::scaling::FeatureScaling;
use crate::softmax_regression::SoftmaxRegression;

/// Up to this many bytes of training rows, all folds are worked on at once; beyond, one after the other.
const AT_ONCE: usize = 1 << 30;

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
/// and strength where the L2 strength is searched for): a million rows with a thousand classes take hours on two cores.
/// Memory: the scaled rows (4·n·d bytes), for every fold that is worked on their training part twice, and the probabilities,
/// 16·n·k bytes; [`memory`](Self::memory) bounds it or says what is missing. With a checkpoint
/// ([`Progress::checkpoint`](mislabel_core::Progress::checkpoint)) the predictions of finished folds are kept.
///
/// Classes without samples, or with one sample, in the fold that it is held out of, have probability 0.
///
/// ```
/// use mislabel_core::{ClassEvidence, Embeddings, Labels, Silent};
/// use mislabel_probe::{Probe, Sampling};
/// use ndarray::{Array2, array};
///
/// let rows = Array2::from_shape_fn((20, 2), |(i, j)| if i % 2 == j { 5.0 } else { (i / 2) as f32 / 9.0 });
/// let mut labels: Vec<u32> = (0..20).map(|i| i % 2).collect();
/// labels[4] = 1; // a label error
/// let given = Labels::new(labels, 3)?; // class 2 has no samples
/// let probe = Probe { sampling: Sampling::OutOfSample { folds: 4 }, ..Probe::default() };
/// let probabilities = probe.evidence(&Embeddings::new(rows.view())?, &given, &Silent)?;
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
/// use mislabel_core::{Detector, Embeddings, NoiseModel, Pipeline, Silent};
/// use mislabel_metrics::Evaluation;
/// use mislabel_noise::Asymmetric;
/// use mislabel_probe::Probe;
///
/// let digits = mislabel_datasets::digits();
/// let noisy = Asymmetric { rate: 0.2, ..Asymmetric::default() }.corrupt(&digits.labels, 51)?;
/// let embeddings = Embeddings::new(digits.embeddings.view())?;
/// let precision = |detector: &dyn Detector| -> mislabel_core::Result<f64> {
///     let issues = detector.detect(&embeddings, &noisy.given, &Silent)?;
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
    /// Memory that the work may take; `None` sets no limit. It decides how many folds are worked on at once, never the
    /// result, and a budget that cannot hold one is an error.
    pub memory: Option<MemoryBudget>,
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
        Self { classifier, sampling: Sampling::default(), scaling: FeatureScaling::default(), seed: 0, memory: None }
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
        progress: &dyn Progress,
    ) -> Result<ProbabilityMatrix> {
        same_length("the folds", given.len(), folds.assignment().len())?;
        self.probabilities(embeddings, given, None, Some(folds), progress)
    }

    /// Bytes of training rows up to which all folds are worked on at once, where the budget holds at least one of them.
    fn most_at_once(&self, (n, d): (usize, usize), k: usize, folds: Option<&Folds>) -> Result<usize> {
        let Some(budget) = self.memory else { return Ok(AT_ONCE) };
        let rows = 4 * n as u64 * d as u64;
        // Rows, the probabilities of all and of every fold, and the training part of one fold: gathered and as a design.
        let training = if folds.is_some() { 2 * rows } else { rows };
        let left = budget.need("a probe of one fold", rows + 2 * 8 * n as u64 * k as u64 + training)?;
        Ok(AT_ONCE.min(usize::try_from((left + training) / 2).unwrap_or(AT_ONCE)))
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
        weights: Option<ArrayView1<'_, f64>>,
        folds: Option<&Folds>,
        progress: &dyn Progress,
    ) -> Result<ProbabilityMatrix> {
        same_length("given labels", embeddings.shape().0, given.len())?;
        given.need_classes(2)?;
        let most_at_once = self.most_at_once(embeddings.shape(), given.classes(), folds)?;
        let rows = self.scaling.rows(embeddings)?;
        let samples = TrainingSet::new(rows.view(), given, weights)?;
        let probabilities = match folds {
            Some(folds) => cross_validated(&self.classifier, &samples, folds, most_at_once, progress)?,
            None => self.classifier.fit(&samples, progress)?.probabilities(rows.view())?,
        };
        ProbabilityMatrix::new(probabilities)
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
        weights: ArrayView1<'_, f64>,
        progress: &dyn Progress,
    ) -> Result<ProbabilityMatrix> {
        check_weights(weights, given.len())?;
        let folds = self.folds(given)?;
        self.probabilities(embeddings, given, Some(weights), folds.as_ref(), progress)
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
    fn evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        progress: &dyn Progress,
    ) -> Result<ProbabilityMatrix> {
        self.probabilities(embeddings, given, None, self.folds(given)?.as_ref(), progress)
    }
}

/// Every sample's probabilities, `(n, k)`, by a model trained on the other folds.
fn cross_validated(
    classifier: &dyn Classifier,
    samples: &TrainingSet<'_>,
    folds: &Folds,
    most_at_once: usize,
    progress: &dyn Progress,
) -> Result<Array2<f64>> {
    let watch = Watch { progress, done: AtomicUsize::new(0), total: folds.folds() };
    let held_out = |fold: usize| -> Result<Array2<f64>> {
        let part = format!("probe/fold {fold} of {}", folds.folds());
        let predicted = match kept(progress.checkpoint(), &part, folds.held_out(fold).len(), samples)? {
            Some(predicted) => predicted,
            None => held_out_probabilities(classifier, samples, folds, fold, &watch)?,
        };
        if progress.checkpoint().is_kept() {
            let bytes: Vec<u8> = predicted.iter().flat_map(|value| value.to_le_bytes()).collect();
            progress.checkpoint().store(&part, &bytes)?;
        }
        watch.fold_done()?;
        Ok(predicted)
    };
    let bytes = size_of::<f32>() * samples.rows().len() * folds.folds();
    let numbers = 0..folds.folds();
    let predicted: Vec<Array2<f64>> = if bytes <= most_at_once {
        numbers.into_par_iter().map(held_out).collect::<Result<_>>()?
    } else {
        numbers.map(held_out).collect::<Result<_>>()?
    };
    let mut all = Array2::zeros((samples.labels().len(), samples.labels().classes()));
    for (fold, predicted) in predicted.iter().enumerate() {
        let rows = folds.held_out(fold);
        rows.iter().zip(predicted.outer_iter()).for_each(|(row, p)| all.row_mut(*row as usize).assign(&p));
    }
    Ok(all)
}

/// The predictions, `(rows, k)`, that an earlier run kept as `part`.
fn kept(parts: &dyn Checkpoint, part: &str, rows: usize, samples: &TrainingSet<'_>) -> Result<Option<Array2<f64>>> {
    let Some(bytes) = parts.load(part)? else { return Ok(None) };
    let values = bytes.as_chunks().0.iter().map(|value| f64::from_le_bytes(*value)).collect();
    Ok(Array2::from_shape_vec((rows, samples.labels().classes()), values).ok())
}

fn held_out_probabilities(
    classifier: &dyn Classifier,
    samples: &TrainingSet<'_>,
    folds: &Folds,
    fold: usize,
    progress: &dyn Progress,
) -> Result<Array2<f64>> {
    let training = folds.training(fold);
    let rows = gathered(samples.rows(), &training);
    let values = training.iter().map(|row| samples.labels().values()[*row as usize]).collect();
    let labels = samples.labels().with_values(values)?;
    let weight = |row: &u32| samples.weight(*row as usize);
    let weights: Option<Array1<f64>> = samples.weights().map(|_| training.iter().map(weight).collect());
    let training = TrainingSet::new(rows.view(), &labels, weights.as_ref().map(|weights| weights.view()))?;
    let model = classifier.fit(&training, progress)?;
    drop(rows);
    let held_out = folds.held_out(fold);
    let predicted = model.probabilities(gathered(samples.rows(), &held_out).view())?;
    let expected = samples.labels().classes();
    same_length("predicted rows", held_out.len(), predicted.nrows())?;
    same_length("classes of the predicted rows", expected, predicted.ncols())?;
    Ok(predicted)
}

fn gathered(rows: ArrayView2<'_, f32>, numbers: &[u32]) -> Array2<f32> {
    let numbers: Vec<usize> = numbers.iter().map(|row| *row as usize).collect();
    rows.select(Axis(0), &numbers)
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

    fn checkpoint(&self) -> &dyn Checkpoint {
        self.progress.checkpoint()
    }
}
