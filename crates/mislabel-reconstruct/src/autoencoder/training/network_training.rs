//! Training one network.

use mislabel_core::{Error, Result, Stage, split_seed};
use rayon::prelude::*;

use crate::autoencoder::network::architecture::Architecture;
use crate::autoencoder::params::Autoencoder;
use crate::autoencoder::training::adam::Adam;
use crate::autoencoder::training::batch_slice::BatchSlice;
use crate::autoencoder::training::minibatches::Minibatches;

/// A loss this many times the first one (or the scaled rows' own scale, 1) is an explosion.
pub const DIVERGENCE_FACTOR: f64 = 1e4;

/// A network that is more than one of so many has its batches divided, for threads that have no network of their own.
const NETWORKS: f64 = 32.0;

/// The fewest rows of a part: products with fewer are slow.
const PART_ROWS: usize = 32;

/// The fewest operations of a part: fewer are done sooner than another thread wakes.
const PART_OPERATIONS: usize = 8_000_000;

/// One network in training: its samples, its state, its buffers.
pub(crate) struct Training<'a> {
    method: &'a Autoencoder,
    network: &'a Architecture,
    class: usize,
    rows: &'a [f32],
    batches: Minibatches,
    adam: Adam,
    /// Every batch is divided among these: the work, and so the result, is the same on any number of threads.
    parts: Vec<BatchSlice>,
    worst: f64,
}

impl<'a> Training<'a> {
    /// For a network of `class` on `rows`, `(n, d)` one after another, at least one; it takes the `share` of all the
    /// steps that are taken side by side.
    pub(crate) fn new(
        method: &'a Autoencoder,
        network: &'a Architecture,
        class: usize,
        rows: &'a [f32],
        seed: u64,
        share: f64,
    ) -> Self {
        let batches = Minibatches::new(method, rows.len() / network.features(), seed);
        let batch = batches.largest();
        let parts = parts(network, batch, share);
        let part = |i: usize| BatchSlice::new(method, network, batch.div_ceil(parts), split_seed(seed, &[i as u64]));
        Self {
            method,
            network,
            class,
            rows,
            batches,
            adam: Adam::new(method, network.parameters),
            parts: (0..parts).map(part).collect(),
            worst: f64::INFINITY,
        }
    }

    /// How many parts a batch has.
    #[cfg(test)]
    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Trains the `parameters` in place.
    pub(crate) fn run(&mut self, parameters: &mut [f32], stage: &Stage<'_>) -> Result<()> {
        let steps = self.batches.steps(self.method);
        let patience = self.method.early_stopping.map_or(usize::MAX, |stopping| stopping.patience);
        let mut best = (f64::INFINITY, Vec::new());
        let (mut step, mut waited) = (0, 0);
        while step < steps && waited < patience {
            let taken = self.epoch(parameters, step, steps)?;
            step += taken;
            stage.advance(taken)?;
            if !self.batches.held_out().is_empty() {
                let held_out = (self.rows, self.batches.held_out());
                let loss = self.parts[0].loss_of(self.network, parameters, held_out);
                waited += 1;
                if loss < best.0 {
                    best.0 = loss;
                    best.1.clear();
                    best.1.extend_from_slice(parameters);
                    waited = 0;
                }
            }
        }
        if best.0.is_finite() {
            parameters.copy_from_slice(&best.1);
        }
        self.check_end(parameters, step)?;
        stage.advance(steps - step)
    }

    /// One pass over the samples, or what is left of the `steps`; returns the steps taken.
    fn epoch(&mut self, parameters: &mut [f32], first: usize, steps: usize) -> Result<usize> {
        self.batches.shuffle();
        let taken = self.batches.count().min(steps - first);
        for batch in 0..taken {
            let step = first + batch;
            let loss = self.differentiate(parameters, self.batches.range(batch));
            self.check(step, loss)?;
            let left = if self.method.decay { 1.0 - step as f64 / steps as f64 } else { 1.0 };
            let penalty = self.method.penalty(self.network.features());
            let gradients = |part: usize| self.parts.get(part).map(BatchSlice::gradient);
            let rate = self.method.learning_rate * left;
            self.adam.step(parameters, &gradients, rate, penalty, self.network.weights);
        }
        Ok(taken)
    }

    /// Loss on the `batch` of the epoch; the gradients of its parts are left in these.
    fn differentiate(&mut self, parameters: &[f32], batch: std::ops::Range<usize>) -> f64 {
        let (of, order) = ((self.method, self.network), &self.batches.order()[batch]);
        let (count, parts) = (order.len(), self.parts.len());
        let differentiate = |(i, part): (usize, &mut BatchSlice)| {
            let order = &order[i * count / parts..(i + 1) * count / parts];
            part.differentiate(of, parameters, (self.rows, order), count);
        };
        if parts == 1 {
            self.parts.iter_mut().enumerate().for_each(differentiate);
        } else {
            self.parts.par_iter_mut().enumerate().with_max_len(1).for_each(differentiate);
        }
        self.parts.iter().map(|part| part.loss).sum()
    }

    /// The loss of every step, and what it must stay below.
    fn check(&mut self, step: usize, loss: f64) -> Result<()> {
        if step == 0 && loss.is_finite() && self.worst.is_infinite() {
            self.worst = DIVERGENCE_FACTOR * loss.max(1.0);
        }
        if loss.is_finite() && loss <= self.worst {
            return Ok(());
        }
        Err(Error::Diverged { class: self.class, step, loss })
    }

    /// The last step is checked, too: by the loss on the samples that would come next.
    fn check_end(&mut self, parameters: &[f32], steps: usize) -> Result<()> {
        let order = self.batches.order();
        let next = order.len().min(self.method.batch);
        let loss = self.parts[0].loss_of(self.network, parameters, (self.rows, &order[..next]));
        self.check(steps, loss / next as f64)
    }
}

/// How many parts a batch is divided into.
fn parts(network: &Architecture, batch: usize, share: f64) -> usize {
    let wanted = (NETWORKS * share).ceil() as usize;
    let operations = 6 * network.weights * batch;
    wanted.min(batch / PART_ROWS).min(operations / PART_OPERATIONS).max(1)
}
