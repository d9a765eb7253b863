//! What trains and scores the networks: the seam between the recipe and the machine it runs on.
//!
//! [`Autoencoder::fit_on`] does everything that is the same everywhere: folds, scaling, rounds, trims. A [`Backend`]
//! takes the networks of one round through their steps and measures the samples. Parameters cross the seam as flat
//! slices laid out by an [`Architecture`], so that models of one back-end are models of every other.

use std::fmt;

use mislabel_core::{EmbeddingSource, ErrorSummary, Labels, Result, Run, split_seed};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rayon::prelude::*;

use super::model::AutoencoderModel;
pub use super::network::architecture::{Architecture, Layer};
use super::params::{Autoencoder, TrainingLength};
use super::samples::fitted_scaling::FittedScaling;
pub use super::samples::folds::Folds;
pub use super::training::adam::EPSILON as ADAM_EPSILON;
pub use super::training::minibatches::Minibatches;
pub use super::training::network_training::DIVERGENCE_FACTOR;
use super::training::network_training::Training;

/// A machine on which networks are trained and samples measured.
///
/// Implementers promise the same result for the same input on every call, and that no network depends on which others
/// are trained beside it.
pub trait Backend: Send + Sync {
    /// Takes every network of the `round` from its parameters through its steps, in place, and
    /// [keeps](NetworkTask::keep) each when it is done.
    ///
    /// # Errors
    /// [`Error::Diverged`](mislabel_core::Error::Diverged), [`Error::Cancelled`](mislabel_core::Error::Cancelled), what
    /// the source of rows reports, and what keeps the machine from working.
    fn train(&self, round: &mut Round<'_>, run: &Run<'_>) -> Result<()>;

    /// The summary of the samples trained on: sample i by the networks number `folds.of(i)` (modulo how many there are)
    /// of all classes. [`AutoencoderModel::out_of_fold`] is the reference.
    ///
    /// # Errors
    /// [`Error::NotFinite`](mislabel_core::Error::NotFinite), [`Error::Cancelled`](mislabel_core::Error::Cancelled),
    /// what the source of rows reports, and what keeps the machine from working.
    fn out_of_fold(
        &self,
        model: &AutoencoderModel,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        folds: &Folds,
        run: &Run<'_>,
    ) -> Result<ErrorSummary>;
}

/// The back-end of this crate: all processors of this machine, in f32.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cpu;

/// One round of training: the networks of all classes and folds, and where their samples come from.
pub struct Round<'a> {
    /// The method, checked.
    pub method: &'a Autoencoder,
    /// The layers of all networks.
    pub architecture: &'a Architecture,
    /// The networks that are still to train, those with the most samples first.
    pub tasks: Vec<NetworkTask<'a>>,
    /// Steps of all networks of the round, those that an earlier run trained included.
    pub(crate) steps: usize,
    pub(crate) embeddings: &'a dyn EmbeddingSource,
    pub(crate) scaling: &'a FittedScaling,
}

/// One network to train.
#[derive(Debug)]
pub struct NetworkTask<'a> {
    /// Its class.
    pub class: usize,
    /// Its fold.
    pub fold: usize,
    /// The samples that it learns from, at least one, in the order in which [`Minibatches`] number them.
    pub samples: Vec<u32>,
    /// Seed of its first parameters; see [`stream`](Self::stream).
    pub seed: u64,
    /// Its parameters, for x itself; empty before its first round.
    pub parameters: &'a mut Vec<f32>,
}

/// The scaled rows of one network, less their mean where the method is centered.
#[derive(Clone, Debug)]
pub struct TrainingRows {
    /// `(samples, d)`, one after another.
    pub rows: Vec<f32>,
    /// What was taken from each, `(d,)`; empty where nothing was.
    pub mean: Vec<f32>,
}

impl fmt::Debug for Round<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, architecture, tasks, steps, .. } = self;
        let mut round = f.debug_struct("Round");
        round.field("method", method).field("architecture", architecture).field("tasks", &tasks.len());
        round.field("steps", steps).finish_non_exhaustive()
    }
}

impl Round<'_> {
    /// The rows of `task`.
    ///
    /// # Errors
    /// What the source of rows reports.
    pub fn rows(&self, task: &NetworkTask<'_>) -> Result<TrainingRows> {
        let mut rows = self.scaling.gather(self.embeddings, &task.samples)?.into_raw_vec_and_offset().0;
        let mean = if self.method.centered { mean_removed(&mut rows, self.architecture.features()) } else { vec![] };
        Ok(TrainingRows { rows, mean })
    }

    /// The steps that all networks of the round take at most, those that an earlier run trained included: what a
    /// network's share is of must not depend on what was trained before.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The steps that the networks still to train take at most.
    pub fn steps_left(&self) -> usize {
        self.tasks.iter().map(|task| self.method.most_steps(task.samples.len())).sum()
    }
}

impl NetworkTask<'_> {
    /// Seed of the batches, of dropout and of noise.
    pub fn stream(&self) -> u64 {
        split_seed(self.seed, &[1])
    }

    /// The parameters to go on from, for rows less their `mean` (empty where nothing was taken from them).
    pub fn start(&self, architecture: &Architecture, mean: &[f32]) -> Vec<f32> {
        if self.parameters.is_empty() {
            return architecture.start(&mut ChaCha8Rng::seed_from_u64(self.seed));
        }
        let mut parameters = self.parameters.clone();
        if !mean.is_empty() {
            architecture.center(&mut parameters, mean);
        }
        parameters
    }

    /// Takes back what training made of the parameters of [`start`](Self::start).
    pub fn finish(&mut self, architecture: &Architecture, mean: &[f32], mut parameters: Vec<f32>) {
        if !mean.is_empty() {
            architecture.uncenter(&mut parameters, mean);
        }
        *self.parameters = parameters;
    }

    /// Keeps the parameters at `checkpoint`, for a later run of the same work.
    ///
    /// # Errors
    /// Those of the checkpoint.
    pub fn keep(&self, run: &Run<'_>) -> Result<()> {
        if !run.keeps_parts() {
            return Ok(());
        }
        let bytes: Vec<u8> = self.parameters.iter().flat_map(|parameter| parameter.to_le_bytes()).collect();
        run.store(&self.part(), &bytes)
    }

    /// Takes the parameters that [`keep`](Self::keep) left at `checkpoint`, if it did.
    pub(crate) fn take_up(&mut self, architecture: &Architecture, run: &Run<'_>) -> Result<bool> {
        let Some(bytes) = run.load(&self.part())? else { return Ok(false) };
        let whole = bytes.len() == size_of::<f32>() * architecture.parameters();
        if whole {
            *self.parameters = bytes.as_chunks().0.iter().map(|parameter| f32::from_le_bytes(*parameter)).collect();
        }
        Ok(whole)
    }

    fn part(&self) -> String {
        format!("network of class {} and fold {}", self.class, self.fold)
    }
}

impl Autoencoder {
    /// The penalty on a squared weight of networks for rows of so many `features`, against the mean squared error per
    /// feature.
    pub fn penalty(&self, features: usize) -> f64 {
        self.l2 + self.shrinkage / features as f64
    }

    /// Steps that training on `samples` takes at most, none of them held out.
    pub(crate) fn most_steps(&self, samples: usize) -> usize {
        match self.length {
            TrainingLength::Steps(steps) => steps,
            TrainingLength::Epochs(epochs) => epochs.saturating_mul(samples.div_ceil(self.batch).max(1)),
        }
    }
}

impl Backend for Cpu {
    fn train(&self, round: &mut Round<'_>, run: &Run<'_>) -> Result<()> {
        let steps = round.steps();
        let stage = run.stage("training", steps);
        stage.advance(steps - round.steps_left())?;
        let mut tasks = std::mem::take(&mut round.tasks);
        let round = &*round;
        let (method, architecture) = (round.method, round.architecture);
        tasks.par_iter_mut().with_max_len(1).try_for_each(|task| {
            let TrainingRows { rows, mean } = round.rows(task)?;
            let mut parameters = task.start(architecture, &mean);
            let share = method.most_steps(task.samples.len()) as f64 / steps as f64;
            let mut training = Training::new(method, architecture, task.class, &rows, task.stream(), share);
            training.run(&mut parameters, &stage)?;
            task.finish(architecture, &mean, parameters);
            task.keep(run)
        })
    }

    fn out_of_fold(
        &self,
        model: &AutoencoderModel,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        folds: &Folds,
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        model.out_of_fold(embeddings, given, folds, run)
    }
}

/// Subtracts the mean of the rows from each and returns it, `(d,)`.
fn mean_removed(rows: &mut [f32], features: usize) -> Vec<f32> {
    let mut sum = vec![0.0_f64; features];
    for row in rows.chunks_exact(features) {
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(*x));
    }
    let count = (rows.len() / features) as f64;
    let mean: Vec<f32> = sum.iter().map(|sum| (sum / count) as f32).collect();
    for row in rows.chunks_exact_mut(features) {
        row.iter_mut().zip(&mean).for_each(|(x, mean)| *x -= mean);
    }
    mean
}
