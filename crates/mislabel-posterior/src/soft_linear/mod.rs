//! The complete default: class models, their choice by likelihood, and the posterior of their errors.

mod shrinkage_choice;
mod trusted_labels;

use mislabel_core::{ClassEvidence, Detector, EmbeddingSource, LabelIssues, Labels, NearestErrors, Result, Run};
use mislabel_neighbors::{KNearest, NeighborGraph};
use mislabel_reconstruct::{NearestClasses, RowScaling, SharedMetric, SoftLinear};
use ndarray::ArrayView2;

use crate::flag_rule::FlagRule;
use crate::interval::NoiseRateInterval;
use crate::model::PosteriorModel;
use crate::noise_rate::Bootstrap;
use crate::posterior::Posterior;
pub use shrinkage_choice::ShrinkageSample;
use shrinkage_choice::likeliest_shrinkage;
use trusted_labels::trusted_labels;

/// The probability that a label is wrong, from soft linear reconstructors and a model of the label noise: the default of
/// the command `mislabel`.
///
/// What the reconstructors rely on is chosen by the likelihood of the given labels, each of which the class models judge
/// as if they had not seen it: first their shrinkage; then whether they are fitted to all labels, or again without those
/// that are probably wrong. Leaving labels out helps where errors have a direction, and hurts where classes overlap. Where 40%
/// of a class are wrong one way, the first fit takes a part of the errors for the nature of the other class; each further fit
/// sees more of them.
///
/// ```
/// use mislabel_core::{Embeddings, NoiseModel, Run};
/// use mislabel_noise::Asymmetric;
/// use mislabel_posterior::SoftLinearPosterior;
///
/// let digits = mislabel_datasets::digits();
/// let noisy = Asymmetric { rate: 0.2, ..Asymmetric::default() }.corrupt(&digits.labels, 51)?;
/// let embeddings = Embeddings::new(digits.embeddings.view())?;
/// let fitted = SoftLinearPosterior::default().fitted(&embeddings, &noisy.given, &Run::quiet())?;
/// assert!((fitted.posterior.noise_rate() - 0.2).abs() < 0.02);
/// let issues = fitted.posterior.issues(fitted.posterior.default_rule())?;
/// assert!(issues.is_issue().iter().zip(noisy.errors.as_slice()).filter(|(flag, error)| flag == error).count() > 1750);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct SoftLinearPosterior {
    /// The errors under the nearest classes.
    pub evidence: NearestClasses,
    /// A metric that all classes share, in which the class models then see the rows, with [`RowScaling::None`]; `None`: the rows
    /// as `evidence` scales them.
    pub metric: Option<SharedMetric>,
    /// Shrinkages to choose from, in the order they are tried in; empty: that of `evidence`. Default 10, 3, 1 and 0.3:
    /// half decades from where a direction counts for half that carries ten times the average variance.
    pub shrinkages: Vec<f64>,
    /// Times that the class models are fitted again without the labels that are probably wrong, at most. A fit is kept where it
    /// makes the labels likelier, and followed by another where it doubts one in a hundred labels more. Default 4.
    pub refits: usize,
    /// Neighbors whose labels count, too; `None`: none.
    pub neighbors: Option<KNearest>,
    /// The model of the label noise.
    pub model: PosteriorModel,
    /// Which labels are flagged; `None`: as the posterior advises.
    pub rule: Option<FlagRule>,
    /// Whether the noise rate gets an interval, by fitting it again to resamples.
    pub interval: bool,
    /// Seed of the resamples.
    pub seed: u64,
}

impl Default for SoftLinearPosterior {
    fn default() -> Self {
        let untrimmed = SoftLinear { trim: Vec::new(), ..SoftLinear::default() };
        Self {
            evidence: NearestClasses { model: untrimmed, ..NearestClasses::default() },
            metric: None,
            shrinkages: vec![10.0, 3.0, 1.0, 0.3],
            refits: 4,
            neighbors: None,
            model: PosteriorModel::default(),
            rule: None,
            interval: false,
            seed: 0,
        }
    }
}

/// What a posterior was taken from, and the posterior before any label is verified.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The errors under the nearest classes.
    pub errors: NearestErrors,
    graph: Option<NeighborGraph>,
    /// The posterior.
    pub posterior: Posterior,
}

impl Fitted {
    /// Indices of neighbors, `(n, q)`, where they count.
    pub fn neighbors(&self) -> Option<ArrayView2<'_, u32>> {
        self.graph.as_ref().map(NeighborGraph::indices_view)
    }
}

impl SoftLinearPosterior {
    /// Gathers the evidence on the n samples of `embeddings`, `(n, d)`, under the labels `given`, `(n,)`, and fits the model.
    ///
    /// # Errors
    /// Those of [`NearestClasses`], of the search of neighbors and of [`PosteriorModel::posterior`];
    /// [`Error::Cancelled`](mislabel_core::Error::Cancelled) when `run` says so.
    pub fn fitted(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<Fitted> {
        let Some(metric) = self.metric else { return self.fitted_to_rows(embeddings, embeddings, given, run) };
        let rows = metric.rows(embeddings, given, run)?;
        let run = run.scoped("in the metric").without(rows.held_bytes());
        let model = SoftLinear { scaling: RowScaling::None, ..self.evidence.model.clone() };
        let evidence = NearestClasses { model, ..self.evidence.clone() };
        Self { evidence, ..self.clone() }.fitted_to_rows(embeddings, &rows, given, &run)
    }

    /// As [`fitted`](Self::fitted), with class models on `rows`, and neighbors among `embeddings`.
    fn fitted_to_rows(
        &self,
        embeddings: &dyn EmbeddingSource,
        rows: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<Fitted> {
        let graph = self.neighbors.map(|search| search.evidence(embeddings, given, run)).transpose()?;
        let evidence = self.evidence_of(rows, given, run)?;
        let fitted = |errors: NearestErrors| -> Result<(NearestErrors, Posterior)> {
            let posterior = match graph.as_ref().map(NeighborGraph::indices_view) {
                None => self.model.posterior(&errors, given, run)?,
                Some(neighbors) => self.model.posterior_with_neighbors(&errors, neighbors, given, run)?,
            };
            Ok((errors, posterior))
        };
        let (mut errors, mut posterior) = fitted(evidence.evidence(rows, given, run)?)?;
        let mut keep = vec![true; given.len()];
        // The first of these fits needs a single doubted label.
        let mut worth_a_fit = 1;
        for round in 0..self.refits {
            let last = std::mem::replace(&mut keep, trusted_labels(&posterior, errors.summary(), given));
            if last.iter().zip(&keep).filter(|(last, now)| **last && !**now).count() < worth_a_fit {
                break;
            }
            let run = run.scoped(format!("again {round}"));
            let next = fitted(evidence.evidence_of_kept(rows, given, &keep, &run)?)?;
            if next.1.log_likelihood() <= posterior.log_likelihood() {
                break;
            }
            (errors, posterior) = next;
            worth_a_fit = given.len() / Self::SHARE_WORTH_A_FIT + 1;
        }
        Ok(Fitted { errors, graph, posterior })
    }

    /// The shrinkage, of [`shrinkages`](Self::shrinkages), under which the labels `given`, `(n,)`, of some samples of `embeddings`,
    /// `(n, d)`, are likeliest: of those of a [`ShrinkageSample`], or of all where there are no more.
    ///
    /// # Errors
    /// Those of [`fitted`](Self::fitted).
    pub fn shrinkage(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<f64> {
        likeliest_shrinkage(&self.shrinkages, &self.evidence, &self.model, (embeddings, given), run)
    }

    /// χ above which a label is doubted beside those that are probably wrong, where class models are fitted again.
    pub const DOUBTFUL_RATIO: f64 = trusted_labels::DOUBTFUL_RATIO;

    /// After the second fit, more than one in so many labels must be doubted anew for one more: fewer hardly change the models of
    /// classes.
    pub const SHARE_WORTH_A_FIT: usize = 100;

    /// The evidence with the shrinkage that is likeliest.
    fn evidence_of(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<NearestClasses> {
        let shrinkage = self.shrinkage(embeddings, given, run)?;
        let model = SoftLinear { shrinkage, ..self.evidence.model.clone() };
        Ok(NearestClasses { model, ..self.evidence.clone() })
    }

    /// The noise rate with the spread that resamples of the samples give it, whether or not
    /// [`interval`](Self::interval) asks for it.
    ///
    /// # Errors
    /// As [`PosteriorModel::noise_rate_interval`].
    pub fn noise_rate_interval(&self, fitted: &Fitted, given: &Labels, run: &Run<'_>) -> Result<NoiseRateInterval> {
        let bootstrap = Bootstrap { seed: self.seed, ..Bootstrap::default() };
        let Fitted { errors, posterior, .. } = fitted;
        self.model.noise_rate_interval(posterior, errors, fitted.neighbors(), given, &bootstrap, run)
    }
}

impl Detector for SoftLinearPosterior {
    fn detect(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        let posterior = self.fitted(embeddings, given, run)?.posterior;
        posterior.issues(self.rule.unwrap_or_else(|| posterior.default_rule()))
    }
}
