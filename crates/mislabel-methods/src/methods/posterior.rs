//! The posterior of the true labels.

use mislabel_core::{ClassEvidence, EmbeddingSource, Labels, NearestErrors, Run};
use mislabel_neighbors::{KNearest, NeighborGraph};
use mislabel_posterior::{Bootstrap, FlagRule, NoiseRateInterval, Posterior, PosteriorModel};
use mislabel_reconstruct::{NearestClasses, SoftLinear};
use mislabel_rer::Rer;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::error::Result;
use crate::interface::{Method, Needs, embeddings};
use crate::methods::shrinkage_choice::likeliest_shrinkage;
use crate::methods::trusted_labels::trusted_labels;
use crate::parameters::written;
use crate::report::Report;
use crate::sampled::Sampled;

/// `posterior`: the probability that the label is wrong, from soft linear reconstructors and a model of the label noise.
///
/// What the reconstructors rely on is chosen by the likelihood of the given labels, each of which the class models judge
/// as if they had not seen it: first their shrinkage; then whether they are fitted to all labels, or again without those
/// that are probably wrong. Leaving labels out helps where errors have a direction, and hurts where classes overlap. Where 40%
/// of a class are wrong one way, the first fit takes a part of the errors for the nature of the other class; each further fit
/// sees more of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PosteriorMethod {
    /// The errors under the nearest classes.
    pub evidence: NearestClasses,
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

impl Default for PosteriorMethod {
    fn default() -> Self {
        let untrimmed = SoftLinear { trim: Vec::new(), ..SoftLinear::default() };
        Self {
            evidence: NearestClasses { model: untrimmed, ..NearestClasses::default() },
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

/// One in so many labels must be doubted anew for one more fit: fewer hardly change the models of classes.
const SHARE_WORTH_A_FIT: usize = 100;

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

impl PosteriorMethod {
    /// Gathers the evidence and fits the model.
    ///
    /// # Errors
    /// As [`Method::report`].
    pub fn fitted(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Fitted> {
        let (embeddings, given) = (embeddings(self.name(), data)?, data.given());
        let graph = self.neighbors.map(|search| search.evidence(embeddings, given, run)).transpose()?;
        let evidence = self.evidence_of(embeddings, given, run)?;
        let fitted = |errors: NearestErrors| -> Result<(NearestErrors, Posterior)> {
            let posterior = match graph.as_ref().map(NeighborGraph::indices_view) {
                None => self.model.posterior(&errors, given, run)?,
                Some(neighbors) => self.model.posterior_with_neighbors(&errors, neighbors, given, run)?,
            };
            Ok((errors, posterior))
        };
        let (mut errors, mut posterior) = fitted(evidence.evidence(embeddings, given, run)?)?;
        let mut keep = vec![true; given.len()];
        // The first of these fits needs a single doubted label.
        let mut worth_a_fit = 1;
        for round in 0..self.refits {
            let last = std::mem::replace(&mut keep, trusted_labels(&posterior, errors.summary(), given));
            if last.iter().zip(&keep).filter(|(last, now)| **last && !**now).count() < worth_a_fit {
                break;
            }
            let run = run.scoped(format!("again {round}"));
            let next = fitted(evidence.evidence_of_kept(embeddings, given, &keep, &run)?)?;
            if next.1.log_likelihood() <= posterior.log_likelihood() {
                break;
            }
            (errors, posterior) = next;
            worth_a_fit = given.len() / SHARE_WORTH_A_FIT + 1;
        }
        Ok(Fitted { errors, graph, posterior })
    }

    /// The evidence with the shrinkage that is likeliest.
    fn evidence_of(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<NearestClasses> {
        let data = (embeddings, given);
        let shrinkage = likeliest_shrinkage(&self.shrinkages, &self.evidence, &self.model, data, run)?;
        let model = SoftLinear { shrinkage, ..self.evidence.model.clone() };
        Ok(NearestClasses { model, ..self.evidence.clone() })
    }

    fn interval(&self, fitted: &Fitted, data: &Dataset<'_>, run: &Run<'_>) -> Result<NoiseRateInterval> {
        let bootstrap = Bootstrap { seed: self.seed, ..Bootstrap::default() };
        let Fitted { errors, posterior, .. } = fitted;
        Ok(self.model.noise_rate_interval(posterior, errors, fitted.neighbors(), data.given(), &bootstrap, run)?)
    }
}

impl Method for PosteriorMethod {
    fn name(&self) -> &'static str {
        "posterior"
    }

    fn needs(&self) -> Needs {
        Needs::Embeddings
    }

    fn parameters(&self) -> serde_json::Value {
        written(self)
    }

    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
        let fitted = self.fitted(data, run)?;
        let (posterior, noise_interval) = match data.verified() {
            Some(verified) => {
                let (after, interval) = fitted.posterior.verified(data.given(), verified)?;
                (after, Some(interval))
            }
            None if self.interval => (fitted.posterior.clone(), Some(self.interval(&fitted, data, run)?)),
            None => {
                let interval = fitted.posterior.noise_rate_interval();
                (fitted.posterior, Some(interval))
            }
        };
        let rule = self.rule.unwrap_or_else(|| posterior.default_rule());
        let noise_rate = Some(posterior.noise_rate());
        let errors = fitted.errors.summary().clone();
        let ratios = Rer::default().report(&errors, data.given())?;
        let sampled = Sampled::new(&errors, None, Some(self.evidence.model.search));
        let (errors, issues) = (Some(errors), posterior.issues(rule)?);
        Ok(Report {
            precision: posterior.precision(issues.is_issue())?,
            difficulty: Some(ratios.difficulty()),
            class_difficulty: ratios.class_difficulty().to_vec(),
            sampled,
            noise_rate,
            noise_interval,
            errors,
            ..Report::new(self.name(), self.parameters(), issues)
        })
    }
}
