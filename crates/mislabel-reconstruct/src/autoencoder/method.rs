//! Fitting the networks of all classes and folds, side by side.

use mislabel_core::checks::same_length;
use mislabel_core::{ClassEvidence, EmbeddingSource, ErrorSummary, Labels, Result, Run, split_seed};

use super::backend::{Backend, Cpu, NetworkTask, Round};
use super::model::AutoencoderModel;
use super::network::architecture::Architecture;
use super::params::Autoencoder;
use super::samples::fitted_scaling::FittedScaling;
use super::samples::folds::Folds;
use super::samples::identity::identities;
use crate::fitting::trim::kept;

/// What chance is for: parts of the classes.
const FOLDS: u64 = 0;

/// What chance is for: first weights, batches, dropout and noise. By fold and round but not by class: what the classes
/// are called must not matter, and rivals that start alike differ by their data alone.
const NETWORKS: u64 = 1;

impl ClassEvidence for Autoencoder {
    type Evidence = ErrorSummary;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        self.fit(embeddings, given, run).map(|(_, errors)| errors)
    }
}

impl Autoencoder {
    /// Trains on `embeddings`, `(n, d)`, and `given`, `(n,)`: the networks, for scoring other samples and for keeping,
    /// and the evidence on these ones (out of fold, where there is more than one).
    ///
    /// # Errors
    /// [`Error::Parameter`](mislabel_core::Error::Parameter), [`Error::Empty`](mislabel_core::Error::Empty) without
    /// features, [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch),
    /// [`Error::TooFewClasses`](mislabel_core::Error::TooFewClasses) with fewer than two classes that have samples,
    /// [`Error::Diverged`](mislabel_core::Error::Diverged) naming class and step,
    /// [`Error::Cancelled`](mislabel_core::Error::Cancelled), and what the source reports.
    pub fn fit(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<(AutoencoderModel, ErrorSummary)> {
        self.fit_on(&Cpu, embeddings, given, run)
    }

    /// As [`fit`](Self::fit), with the networks trained and the samples measured by `backend`.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and what keeps the back-end from working.
    pub fn fit_on(
        &self,
        backend: &dyn Backend,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<(AutoencoderModel, ErrorSummary)> {
        let (n, d) = embeddings.shape();
        self.check(d)?;
        same_length("given labels", n, given.len())?;
        given.need_classes(2)?;
        run.need("the reconstruction of all classes", self.least_memory(given, d))?;
        let identities = identities(embeddings, split_seed(self.seed, &[FOLDS]))?;
        let folds = Folds::new(&given.members(), &identities, self.folds);
        let scaling = FittedScaling::fit(&self.scaling, embeddings, &folds)?;
        let mut model = AutoencoderModel::untrained(self, d, scaling, &folds, given.class_count());
        let mut keep = vec![true; n];
        for (round, threshold) in self.trim.iter().map(Some).chain([None]).enumerate() {
            let run = run.scoped(format_args!("autoencoder/round {round}"));
            self.train(backend, &mut model, embeddings, &folds, &keep, (round, &run))?;
            let errors = backend.out_of_fold(&model, embeddings, given, &folds, &run)?;
            let Some(threshold) = threshold else { return Ok((model, errors)) };
            keep = kept(&errors, given, *threshold);
        }
        unreachable!("the last round returns")
    }

    /// The bytes that a run on samples labeled `given`, of so many `features`, holds whatever its blocks: the networks
    /// of all classes and folds, for every thread a class's rows and what one network's training keeps, and 60 bytes a
    /// sample.
    pub fn least_memory(&self, given: &Labels, features: usize) -> u64 {
        const SAMPLE: u64 = 60;
        let counts = given.counts();
        let networks: u64 = counts.iter().map(|count| (*count).min(self.folds.max(1)) as u64).sum();
        let one = 4 * Architecture::of(self, features).parameters() as u64;
        let rows = 4 * (counts.iter().max().copied().unwrap_or(0) * features) as u64;
        // Beside the parameters: gradient, two moments, the best so far.
        let training = rayon::current_num_threads() as u64 * (rows + 4 * one);
        networks * one + training + SAMPLE * given.len() as u64
    }

    /// One round of training: the networks that are there go on, the others start.
    fn train(
        &self,
        backend: &dyn Backend,
        model: &mut AutoencoderModel,
        embeddings: &dyn EmbeddingSource,
        folds: &Folds,
        keep: &[bool],
        (number, run): (usize, &Run<'_>),
    ) -> Result<()> {
        let (architecture, scaling) = (&model.architecture, &model.scaling);
        let mut tasks = Vec::new();
        for (class, networks) in model.networks.iter_mut().enumerate() {
            for (fold, parameters) in networks.iter_mut().enumerate() {
                let samples = folds.training(class, fold, keep);
                let seed = split_seed(self.seed, &[NETWORKS, fold as u64, number as u64]);
                tasks.push(NetworkTask { class, fold, samples, seed, parameters });
            }
        }
        // The largest first, so that no thread is left with one at the end.
        tasks.sort_by_key(|task| (std::cmp::Reverse(task.samples.len()), task.class, task.fold));
        let mut round = Round { method: self, architecture, tasks, steps: 0, embeddings, scaling };
        round.steps = round.steps_left();
        let mut left = Vec::new();
        for mut task in std::mem::take(&mut round.tasks) {
            if !task.take_up(architecture, run)? {
                left.push(task);
            }
        }
        round.tasks = left;
        backend.train(&mut round, run)
    }
}
