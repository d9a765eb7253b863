//! Fitting the networks of all classes and folds, side by side.

use mislabel_core::{
    ClassEvidence, EmbeddingSource, ErrorSummary, Labels, Progress, Result, Stage, same_length, split_seed,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::folds::Folds;
use super::identity::identities;
use super::inputs::InputScaling;
use super::model::AutoencoderModel;
use super::params::Autoencoder;
use super::training::Training;
use crate::trim::kept;

/// What chance is for: parts of the classes.
const FOLDS: u64 = 0;

/// What chance is for: first weights, batches, dropout and noise. By fold and round but not by class: what the classes are
/// called must not matter, and rivals that start alike differ by their data alone.
const NETWORKS: u64 = 1;

impl ClassEvidence for Autoencoder {
    type Evidence = ErrorSummary;

    fn evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        progress: &dyn Progress,
    ) -> Result<ErrorSummary> {
        self.fit(embeddings, given, progress).map(|(_, errors)| errors)
    }
}

impl Autoencoder {
    /// Trains on `embeddings`, `(n, d)`, and `given`, `(n,)`: the networks, for scoring other samples and for keeping, and
    /// the evidence on these ones (out of fold, where there is more than one).
    ///
    /// # Errors
    /// [`Error::Parameter`](mislabel_core::Error::Parameter), [`Error::Empty`](mislabel_core::Error::Empty) without features,
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch),
    /// [`Error::TooFewClasses`](mislabel_core::Error::TooFewClasses) with fewer than two classes that have samples,
    /// [`Error::Diverged`](mislabel_core::Error::Diverged) naming class and step,
    /// [`Error::Cancelled`](mislabel_core::Error::Cancelled), and what the source reports.
    pub fn fit(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        progress: &dyn Progress,
    ) -> Result<(AutoencoderModel, ErrorSummary)> {
        let (n, d) = embeddings.shape();
        self.check(d)?;
        same_length("given labels", n, given.len())?;
        given.need_classes(2)?;
        let identities = identities(embeddings, split_seed(self.seed, &[FOLDS]))?;
        let folds = Folds::new(&given.members(), &identities, self.folds);
        let scaling = InputScaling::fit(&self.scaling, embeddings, &folds)?;
        let mut model = AutoencoderModel::untrained(self, d, scaling, &folds, given.classes());
        let mut keep = vec![true; n];
        for (round, threshold) in self.trim.iter().map(Some).chain([None]).enumerate() {
            self.train(&mut model, embeddings, &folds, &keep, round, progress)?;
            let errors = model.out_of_fold(embeddings, given, &folds, progress)?;
            let Some(threshold) = threshold else { return Ok((model, errors)) };
            keep = kept(&errors, given, *threshold);
        }
        unreachable!("the last round returns")
    }

    /// One round of training: the networks that are there go on, the others start.
    fn train(
        &self,
        model: &mut AutoencoderModel,
        embeddings: &dyn EmbeddingSource,
        folds: &Folds,
        keep: &[bool],
        round: usize,
        progress: &dyn Progress,
    ) -> Result<()> {
        let (architecture, scaling) = (&model.architecture, &model.scaling);
        let mut groups = Vec::new();
        for (class, networks) in model.networks.iter_mut().enumerate() {
            for (fold, parameters) in networks.iter_mut().enumerate() {
                groups.push((class, fold, folds.training(class, fold, keep), parameters));
            }
        }
        // The largest first, so that no thread is left with one at the end.
        groups.sort_by_key(|(class, fold, rows, _)| (std::cmp::Reverse(rows.len()), *class, *fold));
        let steps: usize = groups.iter().map(|(_, _, rows, _)| Training::steps(self, rows.len())).sum();
        let stage = Stage::new("training", steps, progress);
        groups.into_par_iter().with_max_len(1).try_for_each(|(class, fold, rows, parameters)| {
            let seed = split_seed(self.seed, &[NETWORKS, fold as u64, round as u64]);
            let rows = scaling.gather(embeddings, &rows)?;
            let mut rows = rows.into_raw_vec_and_offset().0;
            let mean = if self.centred { mean_removed(&mut rows, architecture.features()) } else { Vec::new() };
            if parameters.is_empty() {
                *parameters = architecture.start(&mut ChaCha8Rng::seed_from_u64(seed));
            } else if self.centred {
                architecture.centre(parameters, &mean);
            }
            let share = Training::steps(self, rows.len() / architecture.features()) as f64 / steps as f64;
            let mut training = Training::new(self, architecture, class, &rows, split_seed(seed, &[1]), share);
            training.run(parameters, &stage)?;
            if self.centred {
                architecture.uncentre(parameters, &mean);
            }
            Ok(())
        })
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
