//! ActiveLab: which samples are worth another label.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Labels, PredictedProbabilities, Result, Run};
use ndarray::{Array1, Array2};

use crate::crowd::annotations::Annotations;
use crate::crowd::crowdlab::{CrowdLab, average, check_crowd};
use crate::crowd::temperature::{Temperature, best_temperature, scaled};
use crate::crowd::weights::first_greatest;
use crate::score::Score;

/// Scores that tell which samples to have labeled next, labeled or not: the lowest first
/// (ActiveLab: Goh & Mueller 2023, [arXiv:2301.11856]; cleanlab's `get_active_learning_scores`).
///
/// A score is the quality of the consensus label, drawn towards 1/k as if one more average annotator knew nothing:
/// few labels, annotators and models that are not trusted, and a doubtful consensus all make it low.
///
/// # Departures
/// From cleanlab 2.9.0: the temperature is fitted to labels of the classes they are of (see [`best_temperature`]).
///
/// ```
/// use mislabel_confident::{ActiveLab, Annotations};
/// use mislabel_core::{PredictedProbabilities, Run};
/// use ndarray::array;
///
/// let annotations = Annotations::from_integers(array![[0, 0, 1], [1, 1, -1], [0, -1, 1], [1, 1, 1]].view(), 2)?;
/// let labeled = array![[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.1, 0.9]];
/// let model = PredictedProbabilities::new(labeled.view())?;
/// let unlabeled = array![[0.5, 0.5], [0.9, 0.1]];
/// let pool = PredictedProbabilities::new(unlabeled.view())?;
/// let trust = ActiveLab::default().trust(&annotations, &[model], &Run::quiet())?;
/// assert!(trust.scores[2] < trust.scores[3]); // the annotators disagree on sample 2, agree on 3
/// let scores = trust.unlabeled(&[pool], &Run::quiet())?;
/// assert!(scores[0] < scores[1]); // the model knows the second
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// [arXiv:2301.11856]: https://arxiv.org/abs/2301.11856
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct ActiveLab {
    /// How the models' probabilities are scaled, unless all samples have just one label, when they never are.
    pub temperature: Temperature,
}

impl Default for ActiveLab {
    fn default() -> Self {
        Self { temperature: Temperature::Fitted }
    }
}

/// How far models and annotators are trusted, and the scores of the samples that told.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ActiveTrust {
    /// The scores of the labeled samples, `(n,)`; the lowest are worth another label most.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::list"))]
    pub scores: Array1<f64>,
    /// Temperatures of the models, `(models,)`.
    pub temperatures: Vec<f64>,
    /// Weights of the models, `(models,)`.
    pub models: Vec<f64>,
    /// Weight of an average annotator.
    pub annotator: f64,
}

impl ActiveTrust {
    /// What is trusted before anything is labeled: `models` models and an annotator alike.
    pub fn without_labels(models: usize) -> Self {
        Self { scores: Array1::zeros(0), temperatures: vec![1.0; models], models: vec![1.0; models], annotator: 1.0 }
    }

    /// The scores of unlabeled samples, `(u,)`, by the probabilities of the same models, `(u, k)` each.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when there are other numbers of models, or they differ in shape;
    /// [`Error::Empty`] without models; [`Error::Cancelled`].
    pub fn unlabeled(&self, models: &[PredictedProbabilities<'_>], run: &Run<'_>) -> Result<Array1<f64>> {
        same_length("the list of models", self.models.len(), models.len())?;
        let Some(first) = models.first() else { return Err(Error::Empty { what: "the list of models" }) };
        let (samples, classes) = first.view().dim();
        let mut scaled_models = Vec::with_capacity(models.len());
        for (model, &temperature) in models.iter().zip(&self.temperatures) {
            same_length("predicted probabilities", samples, model.view().nrows())?;
            same_length("a row of predicted probabilities", classes, model.view().ncols())?;
            scaled_models.push(scaled(model.view(), temperature, run)?);
        }
        let labels = predicted_by_most(&scaled_models, run)?;
        let mut pooled = Array2::from_elem((samples, classes), self.annotator / classes as f64);
        for (model, weight) in scaled_models.iter().zip(&self.models) {
            pooled.scaled_add(*weight, model);
        }
        let total = self.models.iter().sum::<f64>() + self.annotator;
        Ok((0..samples).map(|sample| pooled[[sample, labels.class(sample)]] / total).collect())
    }
}

impl ActiveLab {
    /// Weighs `models`, `(n, k)` each, and the annotators of n samples, and scores these samples.
    ///
    /// # Errors
    /// As [`CrowdLab::consensus`], but samples with one label each are fine.
    pub fn trust(
        &self,
        annotations: &Annotations,
        models: &[PredictedProbabilities<'_>],
        run: &Run<'_>,
    ) -> Result<ActiveTrust> {
        check_crowd(annotations, models)?;
        let single = annotations.per_sample().iter().all(|&count| count == 1);
        if single { self.trust_alike(annotations, models, run) } else { self.trust_weighed(annotations, models, run) }
    }

    fn trust_alike(
        &self,
        annotations: &Annotations,
        models: &[PredictedProbabilities<'_>],
        run: &Run<'_>,
    ) -> Result<ActiveTrust> {
        let views: Vec<Array2<f64>> = models.iter().map(|model| model.view().to_owned()).collect();
        let pooled = average(&views);
        let labels = annotations.majority_vote(Some(pooled.view()), run)?;
        let quality =
            Score::SelfConfidence.of_labels(&PredictedProbabilities::new(pooled.view())?, &labels, false, run)?;
        let annotators = vec![1.0; annotations.annotators()];
        Ok(ActiveTrust::without_labels(models.len()).scored(annotations, &quality, &annotators))
    }

    fn trust_weighed(
        &self,
        annotations: &Annotations,
        models: &[PredictedProbabilities<'_>],
        run: &Run<'_>,
    ) -> Result<ActiveTrust> {
        let temperature = |model: &PredictedProbabilities<'_>| match self.temperature {
            Temperature::Unscaled => Ok(1.0),
            Temperature::Fitted => best_temperature(annotations, model, run),
            Temperature::Fixed(temperature) => Ok(temperature),
        };
        let temperatures = models.iter().map(temperature).collect::<Result<Vec<f64>>>()?;
        let scaled_models: Vec<Array2<f64>> =
            models.iter().zip(&temperatures).map(|(model, &t)| scaled(model.view(), t, run)).collect::<Result<_>>()?;
        let views = scaled_models.iter().map(|model| PredictedProbabilities::new(model.view()));
        let consensus = CrowdLab::default().consensus(annotations, &views.collect::<Result<Vec<_>>>()?, run)?;
        let weights = consensus.weights.expect("CROWDLAB weighs");
        let annotator = weights.annotators.iter().sum::<f64>() / weights.annotators.len() as f64;
        let trust = ActiveTrust { scores: Array1::zeros(0), temperatures, models: weights.models, annotator };
        Ok(trust.scored(annotations, &consensus.quality, &weights.annotators))
    }
}

impl ActiveTrust {
    /// Draws the quality of every sample's consensus towards 1/k.
    fn scored(self, annotations: &Annotations, quality: &Array1<f64>, annotators: &[f64]) -> Self {
        let models: f64 = self.models.iter().sum();
        let uniform = 1.0 / annotations.class_count() as f64;
        let score = |sample: usize| {
            let weight =
                models + annotations.of_sample(sample).map(|(annotator, _)| annotators[annotator]).sum::<f64>();
            (quality[sample] * weight + uniform * self.annotator) / (weight + self.annotator)
        };
        Self { scores: (0..annotations.samples()).map(score).collect(), ..self }
    }
}

/// The class most models predict for each sample.
fn predicted_by_most(models: &[Array2<f64>], run: &Run<'_>) -> Result<Labels> {
    let (samples, classes) = models[0].dim();
    let predicted = |(sample, model): (usize, usize)| Some(first_greatest(models[model].row(sample).iter()) as u32);
    let votes = Array2::from_shape_fn((samples, models.len()), predicted);
    Annotations::new(votes, classes)?.majority_vote(Some(average(models).view()), run)
}
