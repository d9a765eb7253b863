//! The posterior of the true labels.

use mislabel_core::{ClassEvidence, NearestErrors, Run};
use mislabel_neighbors::{ExactSearch, KNearest, NeighborGraph};
use mislabel_posterior::{Bootstrap, FlagRule, NoiseRateInterval, Posterior, PosteriorModel};
use mislabel_reconstruct::{NearestClasses, SoftLinear};
use ndarray::ArrayView2;

use super::reconstruction::linear;
use super::{Data, Findings, Runner};
use crate::failure::Result;
use crate::options::MethodOptions;

/// Errors under the nearest classes, neighbours where they are asked for, and the posterior that they give.
pub(crate) struct PosteriorRunner {
    evidence: NearestClasses,
    neighbors: Option<KNearest>,
    model: PosteriorModel,
    rule: Option<FlagRule>,
    interval: bool,
    seed: u64,
}

/// What the posterior was taken from.
pub(crate) struct Seen {
    pub(crate) errors: NearestErrors,
    graph: Option<NeighborGraph>,
}

impl Seen {
    /// Indices of neighbours, `(n, q)`, where they were asked for.
    pub(crate) fn neighbors(&self) -> Option<ArrayView2<'_, u32>> {
        self.graph.as_ref().map(NeighborGraph::indices_view)
    }
}

impl PosteriorRunner {
    pub(crate) fn new(options: &MethodOptions) -> Self {
        let evidence = NearestClasses::default();
        let components = options.reconstruction.components.unwrap_or(evidence.model.components);
        let model_of_classes = SoftLinear { components, ..linear(&options.reconstruction) };
        let search = ExactSearch { distance: options.neighbors.distance() };
        Self {
            evidence: NearestClasses { model: model_of_classes, ..evidence },
            neighbors: options.neighbors.neighbors.map(|k| KNearest { k, search }),
            model: PosteriorModel { boundary: options.flags.boundary, ..PosteriorModel::default() },
            rule: options.flags.rule(),
            interval: options.flags.interval,
            seed: options.reconstruction.seed,
        }
    }

    fn see(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Seen> {
        let embeddings = data.embeddings()?;
        let model = SoftLinear { memory: data.memory, ..self.evidence.model.clone() };
        let evidence = NearestClasses { model, ..self.evidence.clone() };
        let errors = evidence.evidence(embeddings, data.given, progress)?;
        let graph = self.neighbors.map(|search| search.evidence(embeddings, data.given, progress)).transpose()?;
        Ok(Seen { errors, graph })
    }

    fn fitted(&self, seen: &Seen, data: &Data<'_>, run: &Run<'_>) -> Result<Posterior> {
        let errors = &seen.errors;
        Ok(match seen.neighbors() {
            None => self.model.posterior(errors, data.given, progress)?,
            Some(neighbors) => self.model.posterior_with_neighbors(errors, neighbors, data.given, progress)?,
        })
    }

    /// What is seen of the data, and the posterior before any label is verified.
    pub(crate) fn seen_and_posterior(&self, data: &Data<'_>, run: &Run<'_>) -> Result<(Seen, Posterior)> {
        let seen = self.see(data, progress)?;
        let posterior = self.fitted(&seen, data, progress)?;
        Ok((seen, posterior))
    }

    fn interval(
        &self,
        posterior: &Posterior,
        seen: &Seen,
        data: &Data<'_>,
        run: &Run<'_>,
    ) -> Result<NoiseRateInterval> {
        let bootstrap = Bootstrap { seed: self.seed, ..Bootstrap::default() };
        let (errors, neighbors) = (&seen.errors, seen.neighbors());
        Ok(self.model.noise_rate_interval(posterior, errors, neighbors, data.given, &bootstrap, progress)?)
    }
}

pub(super) fn posterior(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    Ok(Box::new(PosteriorRunner::new(options)))
}

impl Runner for PosteriorRunner {
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        let seen = self.see(data, progress)?;
        let posterior = self.fitted(&seen, data, progress)?;
        let (posterior, noise_interval) = match data.verified {
            Some(verified) => {
                let (after, interval) = posterior.verified(data.given, verified)?;
                (after, Some(interval))
            }
            None if self.interval => {
                let interval = self.interval(&posterior, &seen, data, progress)?;
                (posterior, Some(interval))
            }
            None => (posterior, None),
        };
        let rule = self.rule.unwrap_or_else(|| posterior.default_rule());
        let noise_rate = Some(posterior.noise_rate());
        let errors = Some(seen.errors.summary().clone());
        Ok(Findings { noise_rate, noise_interval, errors, ..Findings::of_issues(posterior.issues(rule)?) })
    }
}
