//! Datasets in which some samples have no label.

use mislabel_core::{EmbeddingSource, PartialLabels, ProbabilitySource, Run, SelectedRows, VerifiedLabels};
use mislabel_predictions::Softmax;
use mislabel_probe::{Classifier as _, FeatureScaling, SoftmaxRegression, TrainingSet};
use ndarray::{Array2, ArrayView2};
use serde::Serialize;

use crate::dataset::{Dataset, Predictions};
use crate::error::Result;
use crate::interface::Method;
use crate::report::Report;

/// Samples with a label that the classifier of unlabelled samples learns from, at most.
const LEARNED_FROM: usize = 20_000;
/// Samples predicted at a time.
const BLOCK: usize = 4096;

/// Labels that some samples lack, with everything that methods can judge them by.
///
/// Samples without a label take no part in fitting and have no label to judge. What they are is suggested: by the predictions,
/// or by a softmax regression on the embeddings of the others.
///
/// ```
/// use mislabel_core::{Embeddings, Labels, PartialLabels, Run};
/// use mislabel_methods::{PartialDataset, method};
/// use ndarray::array;
///
/// let labels = PartialLabels::new(Labels::new(vec![0, 1, 0, 1], 2)?, 5, &[2])?;
/// let rows = array![[0.0_f32, 1.0], [1.0, 0.0], [0.9, 0.1], [0.1, 0.9], [0.8, 0.1]];
/// let embeddings = Embeddings::new(rows.view())?;
/// let data = PartialDataset::new(&labels).with_embeddings(&embeddings);
/// let partial = data.report(&*method("knn")?, &Run::quiet())?;
/// assert_eq!(partial.report.issues.len(), 4);
/// assert_eq!((partial.suggestions[0].sample, partial.suggestions[0].class), (2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PartialDataset<'a> {
    labels: &'a PartialLabels,
    embeddings: Option<Source<'a>>,
    predictions: Option<Predictions<'a>>,
    class_texts: Option<ArrayView2<'a, f32>>,
    verified: Option<&'a VerifiedLabels>,
}

/// Embeddings, which print nothing of themselves.
#[derive(Clone, Copy)]
struct Source<'a>(&'a dyn EmbeddingSource);

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.shape().fmt(f)
    }
}

/// What an unlabelled sample likely is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Suggestion {
    /// The sample.
    pub sample: usize,
    /// Its likeliest class.
    pub class: u32,
    /// The probability of that class, in [0, 1].
    pub confidence: f64,
}

/// What a method says of the samples that have a label, and what the others likely are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PartialReport {
    /// Of the m samples with a label, in their order.
    pub report: Report,
    /// Of the samples without, in their order; none where there is nothing to suggest a class by.
    pub suggestions: Vec<Suggestion>,
}

impl<'a> PartialDataset<'a> {
    /// The samples with the labels `labels`, of which some have none.
    pub fn new(labels: &'a PartialLabels) -> Self {
        Self { labels, embeddings: None, predictions: None, class_texts: None, verified: None }
    }

    /// The same with `embeddings`, `(n, d)`, of all samples.
    #[must_use]
    pub fn with_embeddings(self, embeddings: &'a dyn EmbeddingSource) -> Self {
        Self { embeddings: Some(Source(embeddings)), ..self }
    }

    /// The same with `predictions`, `(n, k)`, of all samples.
    #[must_use]
    pub fn with_predictions(self, predictions: Predictions<'a>) -> Self {
        Self { predictions: Some(predictions), ..self }
    }

    /// The same with text embeddings of the class names, `(k, d)`.
    #[must_use]
    pub fn with_class_texts(self, class_texts: ArrayView2<'a, f32>) -> Self {
        Self { class_texts: Some(class_texts), ..self }
    }

    /// The same with true labels of samples that have a given one, numbered among these.
    #[must_use]
    pub fn with_verified(self, verified: &'a VerifiedLabels) -> Self {
        Self { verified: Some(verified), ..self }
    }

    /// Judges the labels there are by `method`, and suggests classes for the samples without.
    ///
    /// # Errors
    /// Those of [`Method::report`]; [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) where embeddings or predictions
    /// are not of all samples.
    pub fn report(&self, method: &dyn Method, run: &Run<'_>) -> Result<PartialReport> {
        let report = self.judged(|data| method.report(data, run))?;
        let suggestions = self.suggestions(run)?;
        Ok(PartialReport { report, suggestions })
    }

    /// What `judge` makes of the dataset of the samples that have a label.
    ///
    /// # Errors
    /// Those of `judge`, and as [`report`](Self::report).
    pub fn judged<T>(&self, judge: impl FnOnce(&Dataset<'_>) -> Result<T>) -> Result<T> {
        let rows = || self.labels.rows().to_vec();
        let selected = self.embeddings.map(|source| SelectedRows::new(source.0, rows())).transpose()?;
        let (mut probabilities, mut logits) = (None, None);
        match self.predictions {
            Some(Predictions::Probabilities(source)) => {
                probabilities = Some(SelectedRows::of_probabilities(source, rows())?);
            }
            Some(Predictions::Logits(source)) => logits = Some(SelectedRows::new(source, rows())?),
            None => {}
        }
        let mut data = Dataset::new(self.labels.labelled());
        if let Some(selected) = &selected {
            self.check(self.embeddings.map_or(0, |source| source.0.shape().0), "embeddings")?;
            data = data.with_embeddings(selected)?;
        }
        if let Some(source) = &probabilities {
            data = data.with_predictions(Predictions::Probabilities(source))?;
        }
        if let Some(source) = &logits {
            data = data.with_predictions(Predictions::Logits(source))?;
        }
        if let Some(texts) = self.class_texts {
            data = data.with_class_texts(texts)?;
        }
        if let Some(verified) = self.verified {
            data = data.with_verified(verified)?;
        }
        judge(&data)
    }

    fn check(&self, found: usize, what: &'static str) -> Result<()> {
        Ok(mislabel_core::checks::same_length(what, self.labels.len(), found)?)
    }

    /// What the unlabelled samples likely are, in their order; none where there is nothing to suggest a class by.
    ///
    /// # Errors
    /// Those of the classifier and of the sources.
    pub fn suggestions(&self, run: &Run<'_>) -> Result<Vec<Suggestion>> {
        let unlabelled: Vec<u32> = self.labels.unlabelled().iter().map(|row| *row as u32).collect();
        match (unlabelled.is_empty(), self.predictions, self.embeddings) {
            (true, ..) | (_, None, None) => Ok(Vec::new()),
            (_, Some(Predictions::Probabilities(source)), _) => predicted(source, &unlabelled),
            (_, Some(Predictions::Logits(source)), _) => predicted(&Softmax::new(source), &unlabelled),
            (_, None, Some(Source(source))) => self.learned(source, &unlabelled, run),
        }
    }

    /// By a classifier of the embeddings that learned from samples with a label.
    fn learned(&self, source: &dyn EmbeddingSource, unlabelled: &[u32], run: &Run<'_>) -> Result<Vec<Suggestion>> {
        let scaled = FeatureScaling::default().source(source)?;
        let step = self.labels.rows().len().div_ceil(LEARNED_FROM).max(1);
        let rows: Vec<u32> = self.labels.rows().iter().copied().step_by(step).collect();
        let classes = self.labels.labelled().values().iter().copied().step_by(step).collect();
        let labels = self.labels.labelled().with_values(classes)?;
        let learned_from = SelectedRows::new(&scaled, rows)?;
        let model = SoftmaxRegression::default().fit(&TrainingSet::read(&learned_from, &labels, None)?, run)?;
        let mut suggestions = Vec::with_capacity(unlabelled.len());
        for block in unlabelled.chunks(BLOCK) {
            let mut features = Array2::zeros((block.len(), source.shape().1));
            scaled.gather(block, features.view_mut())?;
            let probabilities = model.probabilities(features.view())?;
            suggestions.extend(
                block.iter().zip(probabilities.rows()).map(|(row, values)| likeliest(*row, values.iter().copied())),
            );
        }
        Ok(suggestions)
    }
}

/// The likeliest class of each of `rows` by `source`.
fn predicted(source: &dyn ProbabilitySource, rows: &[u32]) -> Result<Vec<Suggestion>> {
    let selected = SelectedRows::of_probabilities(source, rows.to_vec())?;
    let k = source.shape().1;
    let mut suggestions = Vec::with_capacity(rows.len());
    for (number, block) in rows.chunks(BLOCK).enumerate() {
        let mut values = Array2::zeros((block.len(), k));
        ProbabilitySource::read_rows(&selected, number * BLOCK, values.view_mut())?;
        suggestions
            .extend(block.iter().zip(values.rows()).map(|(row, values)| likeliest(*row, values.iter().copied())));
    }
    Ok(suggestions)
}

fn likeliest(row: u32, probabilities: impl Iterator<Item = f64>) -> Suggestion {
    let best = probabilities.enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best });
    let (class, confidence) = best.unwrap_or((0, 0.0));
    Suggestion { sample: row as usize, class: class as u32, confidence: confidence.clamp(0.0, 1.0) }
}
