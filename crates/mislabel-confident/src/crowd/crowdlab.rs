//! CROWDLAB: consensus labels and their quality, from annotators and models together.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Labels, PredictedProbabilities, Result, Run};
use ndarray::{Array1, Array2, ArrayView2, Axis};

use crate::crowd::annotations::Annotations;
use crate::crowd::annotators::{AnnotatorQuality, agreement_with_consensus, annotator_qualities};
use crate::crowd::majority_vote::mean;
use crate::crowd::row_by_row::row_done;
use crate::crowd::temperature::Temperature;
use crate::crowd::weights::{CrowdWeights, first_greatest};
use crate::score::Score;

/// How the consensus label is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum ConsensusMethod {
    /// The most probable label once annotators and models are weighed; the majority's where several are. The default.
    #[default]
    BestQuality,
    /// The label most annotators gave ([`Annotations::majority_vote`]).
    MajorityVote,
}

/// What the quality of a consensus label is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum ConsensusQuality {
    /// The score of the label under the probabilities in which annotators and models are weighed. The default.
    #[default]
    #[cfg_attr(feature = "serde", serde(rename = "crowdlab"))]
    CrowdLab,
    /// The share of annotators who agree.
    Agreement,
}

/// CrowdConsensus labels of several annotators (CROWDLAB: Goh, Tkachenko & Mueller 2022, [arXiv:2210.06812]).
///
/// Annotators are weighed by how often they agree with each other, models by how often they predict the consensus,
/// both against always guessing the most common class. The defaults are those of cleanlab's
/// `get_label_quality_multiannotator`.
///
/// # Departures
/// From cleanlab 2.9.0: with [`ConsensusQuality::Agreement`] and when fitting a temperature, labels count as labels of
/// their classes; cleanlab counts them as labels of the first classes unless all classes occur in a sample. A
/// majority vote that stays tied goes to the first class, not to a random one.
///
/// ```
/// use mislabel_confident::{Annotations, CrowdLab};
/// use mislabel_core::{PredictedProbabilities, Run};
/// use ndarray::array;
///
/// let annotations = Annotations::from_integers(array![[0, 0, 1], [1, 1, -1], [0, -1, 1], [1, 1, 1]].view(), 2)?;
/// let model = array![[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.1, 0.9]];
/// let model = PredictedProbabilities::new(model.view())?;
/// let consensus = CrowdLab::default().consensus(&annotations, &[model], &Run::quiet())?;
/// assert_eq!(consensus.labels.values(), [0, 1, 0, 1]);
/// assert!(consensus.quality[2] < consensus.quality[1]); // two annotators disagree on sample 2
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// [arXiv:2210.06812]: https://arxiv.org/abs/2210.06812
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct CrowdLab {
    /// How the consensus label is chosen.
    pub consensus: ConsensusMethod,
    /// What its quality is.
    pub quality: ConsensusQuality,
    /// Whether the models' probabilities are scaled first (cleanlab's `calibrate_probs` fits).
    pub temperature: Temperature,
    /// The score of consensus labels and annotators' labels.
    pub score: Score,
    /// Whether the score adjusts probabilities by confident thresholds.
    pub adjust: bool,
}

/// CrowdConsensus labels and what they rest on.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CrowdConsensus {
    /// The consensus label of every sample, `(n,)`.
    pub labels: Labels,
    /// Its quality, `(n,)`, lower is more suspect.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::list"))]
    pub quality: Array1<f64>,
    /// The share of a sample's annotators who gave the consensus label, `(n,)`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::list"))]
    pub agreement: Array1<f64>,
    /// The quality of each annotator's label of each sample, `(n, m)`; `None` where there is no label.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::rows"))]
    pub label_quality: Array2<Option<f64>>,
    /// The probabilities in which annotators and models are weighed, `(n, k)`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::rows"))]
    pub probabilities: Array2<f64>,
    /// How good every annotator is, `(m,)`.
    pub annotators: Vec<AnnotatorQuality>,
    /// The weights of models and annotators; `None` for [`ConsensusQuality::Agreement`].
    pub weights: Option<CrowdWeights>,
}

impl CrowdLab {
    /// The consensus of `annotations` of n samples over k classes and of one or more `models`, `(n, k)` each.
    ///
    /// O(n·(m + k·models)) but for the score.
    ///
    /// # Errors
    /// [`Error::Empty`] without models, [`Error::LengthMismatch`] unless they are `(n, k)`,
    /// [`Error::TooFewClasses`] when k < 2, [`Error::Undefined`] when no sample has two labels,
    /// [`Error::Parameter`] for a temperature that is not positive, [`Error::Cancelled`], and as [`Score::of_labels`].
    pub fn consensus(
        &self,
        annotations: &Annotations,
        models: &[PredictedProbabilities<'_>],
        run: &Run<'_>,
    ) -> Result<CrowdConsensus> {
        check_crowd(annotations, models)?;
        if annotations.per_sample().iter().all(|&count| count == 1) {
            let reason = "no sample has labels by two annotators";
            return Err(Error::Undefined { quantity: "the quality of annotators", reason });
        }
        let models: Vec<Array2<f64>> =
            models.iter().map(|model| self.temperature.scale(annotations, model, run)).collect::<Result<_>>()?;
        let majority = annotations.majority_vote(Some(average(&models).view()), run)?;
        let pooled = self.pooled(annotations, &models, &majority, run)?;
        match self.consensus {
            ConsensusMethod::MajorityVote => self.judged(annotations, pooled, majority, run),
            ConsensusMethod::BestQuality => {
                let best = pooled.probabilities.outer_iter().zip(majority.values());
                let best = best.map(|(row, &majority)| clear_greatest(row.as_slice()).unwrap_or(majority)).collect();
                let labels = majority.with_values(best)?;
                let pooled = self.pooled(annotations, &models, &labels, run)?;
                self.judged(annotations, pooled, labels, run)
            }
        }
    }

    fn pooled(
        &self,
        annotations: &Annotations,
        models: &[Array2<f64>],
        consensus: &Labels,
        run: &Run<'_>,
    ) -> Result<Pooled> {
        match self.quality {
            ConsensusQuality::CrowdLab => Pooled::weighed(annotations, models, consensus, run),
            ConsensusQuality::Agreement => Ok(Pooled { probabilities: annotations.shares(), weights: None }),
        }
    }

    fn judged(
        &self,
        annotations: &Annotations,
        pooled: Pooled,
        labels: Labels,
        run: &Run<'_>,
    ) -> Result<CrowdConsensus> {
        let agreement = agreement_with_consensus(annotations, &labels);
        let quality = match self.quality {
            ConsensusQuality::CrowdLab => self.scores(pooled.probabilities.view(), &labels, run)?,
            ConsensusQuality::Agreement => agreement.clone(),
        };
        let label_quality = self.label_quality(annotations, pooled.probabilities.view(), run)?;
        let weights = pooled.weights.as_ref();
        let annotators = annotator_qualities(annotations, &labels, quality.view(), label_quality.view(), weights, run)?;
        let Pooled { probabilities, weights } = pooled;
        Ok(CrowdConsensus { labels, quality, agreement, label_quality, probabilities, annotators, weights })
    }

    fn scores(&self, probabilities: ArrayView2<'_, f64>, labels: &Labels, run: &Run<'_>) -> Result<Array1<f64>> {
        self.score.of_labels(&PredictedProbabilities::new(probabilities)?, labels, self.adjust, run)
    }

    fn label_quality(
        &self,
        annotations: &Annotations,
        probabilities: ArrayView2<'_, f64>,
        run: &Run<'_>,
    ) -> Result<Array2<Option<f64>>> {
        let stage = run.stage("scoring the labels of annotators", annotations.annotators());
        let mut quality = Array2::from_elem((annotations.samples(), annotations.annotators()), None);
        for annotator in 0..annotations.annotators() {
            let (rows, labels): (Vec<usize>, Vec<usize>) = annotations.of_annotator(annotator).unzip();
            let labels = labels.into_iter().map(|label| label as u32).collect();
            let labels = Labels::new(labels, annotations.class_count())?;
            let scores = self.scores(probabilities.select(Axis(0), &rows).view(), &labels, &Run::quiet())?;
            for (row, score) in rows.into_iter().zip(scores) {
                quality[[row, annotator]] = Some(score);
            }
            stage.advance(1)?;
        }
        Ok(quality)
    }
}

/// Probabilities in which annotators and models are weighed.
struct Pooled {
    probabilities: Array2<f64>,
    weights: Option<CrowdWeights>,
}

impl Pooled {
    fn weighed(annotations: &Annotations, models: &[Array2<f64>], consensus: &Labels, run: &Run<'_>) -> Result<Self> {
        let stage = run.stage("weighing annotators and models", annotations.samples());
        let weights = CrowdWeights::estimate(annotations, models, consensus);
        let classes = annotations.class_count();
        let counts = annotations.per_sample();
        let agreement = agreement_with_consensus(annotations, consensus);
        let shared = agreement.iter().zip(&counts).filter(|(_, count)| **count > 1).map(|(agreement, _)| *agreement);
        let right = mean(shared).expect("a sample has two labels");
        let wrong = (1.0 - right) / (classes - 1) as f64;
        let mut pooled = Array2::zeros((annotations.samples(), classes));
        for (model, weight) in models.iter().zip(&weights.models) {
            pooled.scaled_add(*weight, model);
        }
        for (sample, mut row) in pooled.outer_iter_mut().enumerate() {
            let mut total: f64 = weights.models.iter().sum();
            for (annotator, label) in annotations.of_sample(sample) {
                let weight = weights.annotators[annotator];
                row += weight * wrong;
                row[label] += weight * (right - wrong);
                total += weight;
            }
            row /= total;
            row_done(&stage, sample, annotations.samples())?;
        }
        Ok(Self { probabilities: pooled, weights: Some(weights) })
    }
}

/// Checks models against annotations.
///
/// # Errors
/// [`Error::Empty`], [`Error::LengthMismatch`], [`Error::TooFewClasses`].
pub(crate) fn check_crowd(annotations: &Annotations, models: &[PredictedProbabilities<'_>]) -> Result<()> {
    let classes = annotations.class_count();
    if models.is_empty() {
        return Err(Error::Empty { what: "the list of models" });
    }
    for model in models {
        same_length("predicted probabilities", annotations.samples(), model.view().nrows())?;
        same_length("a row of predicted probabilities", classes, model.view().ncols())?;
    }
    if classes < 2 {
        return Err(Error::TooFewClasses { found: classes, classes, needed: 2 });
    }
    Ok(())
}

/// The mean of several matrices of one shape.
pub(crate) fn average(models: &[Array2<f64>]) -> Array2<f64> {
    let mut sum = Array2::zeros(models[0].raw_dim());
    for model in models {
        sum += model;
    }
    sum / models.len() as f64
}

/// The class of the greatest value, unless several have it.
fn clear_greatest(row: Option<&[f64]>) -> Option<u32> {
    let row = row?;
    let best = first_greatest(row.iter());
    (row.iter().filter(|value| **value == row[best]).count() == 1).then_some(best as u32)
}
