//! Label quality by several models at once.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Error, Labels, ProbabilitySource, Result, Run};
use ndarray::Array1;

use crate::blocks::{of_rows, shared_classes};
use crate::joint::standing::Standing;
use crate::joint::thresholds::ConfidentThresholds;
use crate::numpy::summation::pairwise_sum;
use crate::score::Score;

/// Least probability in the log-loss of a single model.
const LEAST: f64 = 1e-6;

/// How much each model of an ensemble counts: cleanlab's `weight_ensemble_members_by`.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Weighting {
    /// All models alike.
    Uniform,
    /// By accuracy: the share of given labels that a model predicts. The default.
    #[default]
    Accuracy,
    /// In proportion to exp(−t · log-loss), with the t of these for which the weighted mean of the probabilities has
    /// the least log-loss; the first of several. [`Weighting::log_loss_search`] has cleanlab's values.
    LogLossSearch(Vec<f64>),
    /// These weights, one per model, as they are.
    Custom(Vec<f64>),
}

impl Weighting {
    /// The search over cleanlab's default values of t.
    pub fn log_loss_search() -> Self {
        Self::LogLossSearch(vec![1e-4, 1e-3, 1e-2, 1e-1, 1.0, 1e1, 1e2, 2e2])
    }
}

/// Label-quality scores averaged over the predictions of several models: `get_label_quality_ensemble_scores`.
///
/// # Departures
/// From cleanlab 2.9.0: the log-loss search works when classes have no labels, where cleanlab fails.
///
/// ```
/// use mislabel_confident::{Ensemble, Weighting};
/// use mislabel_core::{Labels, ProbabilityMatrix, Run};
/// use ndarray::array;
///
/// let given = Labels::new(vec![0, 1], 2)?;
/// let right = ProbabilityMatrix::new(array![[1.0, 0.0], [0.25, 0.75]])?;
/// let wrong = ProbabilityMatrix::new(array![[0.5, 0.5], [1.0, 0.0]])?;
/// let ensemble = Ensemble { weighting: Weighting::Uniform, ..Ensemble::default() };
/// assert_eq!(ensemble.scores(&[&right, &wrong], &given, &Run::quiet())?.scores, array![0.75, 0.375]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Ensemble {
    /// The score of each model.
    pub score: Score,
    /// Whether each model's probabilities are adjusted by its confident thresholds.
    pub adjust: bool,
    /// How much each model counts.
    pub weighting: Weighting,
}

/// Scores of an ensemble, and the weights they were averaged with.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct EnsembleScores {
    /// Label quality, `(n,)`, lower is more suspect.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::list"))]
    pub scores: Array1<f64>,
    /// Weights of the m models, `(m,)`; they sum to 1 unless they are the caller's own.
    pub weights: Vec<f64>,
}

impl Ensemble {
    /// The scores of the labels `given`, `(n,)`, under the probabilities of m models, `(n, k)` each.
    ///
    /// # Errors
    /// As [`Score::of_labels`] of every model; [`Error::Empty`] without models; [`Error::LengthMismatch`] when models
    /// differ in k or there is not one custom weight per model; [`Error::Parameter`] for a weight or t that is not
    /// finite or is negative; [`Error::Undefined`] for accuracies when no model predicts any given label.
    pub fn scores(&self, models: &[&dyn ProbabilitySource], given: &Labels, run: &Run<'_>) -> Result<EnsembleScores> {
        let members = members(models, given, run)?;
        let weights = self.weights(&members, models, given, run)?;
        let mut scores = Array1::zeros(given.len());
        for ((member, model), weight) in members.iter().zip(models).zip(&weights) {
            let thresholds = Some(&member.thresholds);
            let score = self.score.of_counted(&member.standings, thresholds, *model, given, self.adjust, run)?;
            scores.scaled_add(*weight, &score);
        }
        Ok(EnsembleScores { scores, weights })
    }

    fn weights(
        &self,
        members: &[Member],
        models: &[&dyn ProbabilitySource],
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<Vec<f64>> {
        match &self.weighting {
            Weighting::Uniform => Ok(vec![1.0 / members.len() as f64; members.len()]),
            Weighting::Accuracy => accuracy_weights(members, given),
            Weighting::LogLossSearch(temperatures) => log_loss_weights(temperatures, members, models, given, run),
            Weighting::Custom(weights) => {
                same_length("ensemble weights", members.len(), weights.len())?;
                weights.iter().try_for_each(|&weight| finite_and_not_negative("weight", weight))?;
                Ok(weights.clone())
            }
        }
    }
}

/// One model's standings and thresholds.
struct Member {
    standings: Vec<Standing>,
    thresholds: ConfidentThresholds,
}

fn members(models: &[&dyn ProbabilitySource], given: &Labels, run: &Run<'_>) -> Result<Vec<Member>> {
    let Some(first) = models.first() else { return Err(Error::Empty { what: "the ensemble" }) };
    let classes = shared_classes(*first, given)?;
    let member = |model: &&dyn ProbabilitySource| {
        same_class_count("a model of the ensemble", classes, shared_classes(*model, given)?)?;
        let standings = Standing::of_all(*model, given, run)?;
        let thresholds = ConfidentThresholds::of_standings(&standings, given, classes);
        Ok(Member { standings, thresholds })
    };
    models.iter().map(member).collect()
}

fn accuracy_weights(members: &[Member], given: &Labels) -> Result<Vec<f64>> {
    let right = |member: &Member| {
        let pairs = member.standings.iter().zip(given.values());
        pairs.filter(|(standing, label)| standing.predicted(**label as usize) == **label as usize).count() as f64
    };
    let right: Vec<f64> = members.iter().map(right).collect();
    let all: f64 = right.iter().sum();
    if all == 0.0 {
        return Err(Error::Undefined {
            quantity: "the accuracy weighting",
            reason: "no model predicts any given label",
        });
    }
    Ok(right.into_iter().map(|right| right / all).collect())
}

fn log_loss_weights(
    temperatures: &[f64],
    members: &[Member],
    models: &[&dyn ProbabilitySource],
    given: &Labels,
    run: &Run<'_>,
) -> Result<Vec<f64>> {
    if temperatures.is_empty() {
        return Err(Error::Empty { what: "the values of t of the log-loss search" });
    }
    temperatures.iter().try_for_each(|&t| finite_and_not_negative("t", t))?;
    let losses = models.iter().map(|model| clipped_log_loss(*model, given, run)).collect::<Result<Vec<_>>>()?;
    let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let weights = |&t: &f64| {
        // Relative to the best model, so that a great t does not make all weights 0.
        let raw: Vec<f64> = losses.iter().map(|loss| (-t * (loss - least)).exp()).collect();
        let sum: f64 = raw.iter().sum();
        raw.into_iter().map(|weight| weight / sum).collect::<Vec<f64>>()
    };
    let candidates: Vec<(f64, Vec<f64>)> = temperatures
        .iter()
        .map(weights)
        .map(|weights| (log_loss((0..given.len()).map(|row| weighted_own(members, &weights, row))), weights))
        .collect();
    let best = candidates.into_iter().reduce(|best, next| if next.0 < best.0 { next } else { best });
    Ok(best.expect("there is at least one t").1)
}

fn weighted_own(members: &[Member], weights: &[f64], row: usize) -> f64 {
    members.iter().zip(weights).map(|(member, weight)| weight * member.standings[row].own).sum()
}

/// The log-loss of one model, whose probabilities are raised to 1e-6 and scaled to sum to 1 again.
fn clipped_log_loss(model: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<f64> {
    let stage = run.stage("measuring the loss of a model", given.len());
    let own = of_rows(model, &stage, |row, values| {
        values[given.class(row)].max(LEAST) / values.iter().map(|p| p.max(LEAST)).sum::<f64>()
    })?;
    Ok(log_loss(own.into_iter()))
}

/// Mean −ln p, where p is kept within one rounding of (0, 1), as scikit-learn's.
fn log_loss(own: impl Iterator<Item = f64>) -> f64 {
    let losses: Vec<f64> = own.map(|p| -p.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()).collect();
    pairwise_sum(&losses) / losses.len() as f64
}

fn finite_and_not_negative(name: &'static str, value: f64) -> Result<()> {
    if (0.0..=f64::MAX).contains(&value) {
        return Ok(());
    }
    Err(Error::parameter(name, value, "finite and not negative"))
}
