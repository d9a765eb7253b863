//! In which order a network meets its samples.

use std::ops::Range;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::autoencoder::params::{Autoencoder, EarlyStopping, TrainingLength};

/// The mini-batches of one network: which samples are held out, and in which order the others come in every epoch.
///
/// ```
/// use mislabel_reconstruct::Autoencoder;
/// use mislabel_reconstruct::backend::Minibatches;
///
/// let mut batches = Minibatches::new(&Autoencoder { batch: 4, ..Autoencoder::default() }, 10, 7);
/// batches.shuffle();
/// assert_eq!((batches.count(), batches.range(0), batches.range(2)), (3, 0..3, 6..10));
/// assert_eq!(batches.order().len() + batches.held_out().len(), 10);
/// ```
#[derive(Debug)]
pub struct Minibatches {
    order: Vec<u32>,
    held_out: Vec<u32>,
    random: ChaCha8Rng,
    count: usize,
}

impl Minibatches {
    /// For `samples` samples, at least one, numbered as the rows of the network's task.
    pub fn new(method: &Autoencoder, samples: usize, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut order: Vec<u32> = (0..samples as u32).collect();
        order.shuffle(&mut random);
        let held = method.early_stopping.map_or(0.0, |stopping: EarlyStopping| stopping.share);
        let held = ((order.len() as f64 * held).ceil() as usize).min(order.len().saturating_sub(1));
        let held_out = order.split_off(order.len() - held);
        let count = order.len().div_ceil(method.batch.max(1)).max(1);
        Self { order, held_out, random, count }
    }

    /// Draws the order of the next epoch.
    pub fn shuffle(&mut self) {
        self.order.shuffle(&mut self.random);
    }

    /// The samples to learn from, in the order of the epoch.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// The samples to stop by; empty without early stopping.
    pub fn held_out(&self) -> &[u32] {
        &self.held_out
    }

    /// Steps in an epoch.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Which places of the order batch number `batch` takes: the batches are equal in size up to one.
    pub fn range(&self, batch: usize) -> Range<usize> {
        let samples = self.order.len();
        batch * samples / self.count..(batch + 1) * samples / self.count
    }

    /// The most samples of a batch.
    pub fn largest(&self) -> usize {
        self.order.len().div_ceil(self.count)
    }

    /// Steps that the training takes at most.
    pub fn steps(&self, method: &Autoencoder) -> usize {
        match method.length {
            TrainingLength::Steps(steps) => steps,
            TrainingLength::Epochs(epochs) => epochs.saturating_mul(self.count),
        }
    }
}
