//! Training one network.

use mislabel_core::{Error, Result, Stage};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::adam::Adam;
use super::architecture::Architecture;
use super::network::{Dropout, Workspace};
use super::params::{Autoencoder, EarlyStopping, TrainingLength};

/// A loss this many times the first one (or the scaled rows' own scale, 1) is an explosion.
const EXPLODED: f64 = 1e4;

/// One network in training: its samples, its state, its buffers.
pub(crate) struct Training<'a> {
    method: &'a Autoencoder,
    network: &'a Architecture,
    class: usize,
    rows: &'a [f32],
    /// Samples to learn from, in the order of the epoch.
    order: Vec<u32>,
    /// Samples to stop by.
    held_out: Vec<u32>,
    random: ChaCha8Rng,
    adam: Adam,
    workspace: Workspace,
    target: Vec<f32>,
    input: Vec<f32>,
    worst: f64,
}

impl<'a> Training<'a> {
    /// For a network of `class` on `rows`, `(n, d)` one after another, at least one.
    pub(crate) fn new(
        method: &'a Autoencoder,
        network: &'a Architecture,
        class: usize,
        rows: &'a [f32],
        seed: u64,
    ) -> Self {
        let d = network.features();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut order: Vec<u32> = (0..(rows.len() / d) as u32).collect();
        order.shuffle(&mut random);
        let share = method.early_stopping.map_or(0.0, |stopping: EarlyStopping| stopping.share);
        let held = ((order.len() as f64 * share).ceil() as usize).min(order.len() - 1);
        let held_out = order.split_off(order.len() - held);
        let batch = method.batch.min(order.len());
        Self {
            method,
            network,
            class,
            rows,
            order,
            held_out,
            random,
            adam: Adam::new(method, network.parameters),
            workspace: Workspace::training(network, batch, method.dropout > 0.0),
            target: vec![0.0; batch * d],
            input: vec![0.0; if method.noise > 0.0 { batch * d } else { 0 }],
            worst: f64::INFINITY,
        }
    }

    /// Steps in an epoch: the samples in batches of equal size, up to one.
    fn batches(method: &Autoencoder, samples: usize) -> usize {
        samples.div_ceil(method.batch).max(1)
    }

    /// Steps that training on `samples` takes at most.
    pub(crate) fn steps(method: &Autoencoder, samples: usize) -> usize {
        match method.length {
            TrainingLength::Steps(steps) => steps,
            TrainingLength::Epochs(epochs) => epochs.saturating_mul(Self::batches(method, samples)),
        }
    }

    /// Trains the `parameters` in place.
    pub(crate) fn run(&mut self, parameters: &mut [f32], stage: &Stage<'_>) -> Result<()> {
        let steps = Self::steps(self.method, self.order.len());
        let patience = self.method.early_stopping.map_or(usize::MAX, |stopping| stopping.patience);
        let mut best = (f64::INFINITY, Vec::new());
        let (mut step, mut waited) = (0, 0);
        while step < steps && waited < patience {
            let taken = self.epoch(parameters, step, steps)?;
            step += taken;
            stage.advance(taken)?;
            if !self.held_out.is_empty() {
                let loss = self.held_out_loss(parameters);
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
        self.order.shuffle(&mut self.random);
        let samples = self.order.len();
        let batches = Self::batches(self.method, samples);
        let taken = batches.min(steps - first);
        for batch in 0..taken {
            let step = first + batch;
            let rows = batch * samples / batches..(batch + 1) * samples / batches;
            let count = rows.len();
            for (place, i) in rows.enumerate() {
                copy_row(self.rows, self.order[i], place, self.network.features(), &mut self.target);
            }
            let loss = self.gradient(parameters, count);
            self.check(step, loss)?;
            let left = if self.method.decay { 1.0 - step as f64 / steps as f64 } else { 1.0 };
            let penalty = self.method.l2 + self.method.shrinkage / self.network.features() as f64;
            let rate = self.method.learning_rate * left;
            self.adam.step(parameters, &self.workspace.gradient, rate, penalty, self.network.weights);
        }
        Ok(taken)
    }

    /// Loss and gradient on the first `count` target rows.
    fn gradient(&mut self, parameters: &[f32], count: usize) -> f64 {
        let target = &self.target[..count * self.network.features()];
        let mut input = target;
        if self.method.noise > 0.0 {
            let noisy = &mut self.input[..target.len()];
            add_noise(target, noisy, self.method.noise, &mut self.random);
            input = noisy;
        }
        let share = self.method.dropout;
        let dropout = (share > 0.0).then_some(Dropout { share, random: &mut self.random });
        self.network.gradient(parameters, input, target, &mut self.workspace, dropout)
    }

    /// Mean squared error per feature on the samples held out.
    fn held_out_loss(&mut self, parameters: &[f32]) -> f64 {
        let d = self.network.features();
        let mut sum = 0.0;
        for rows in self.held_out.chunks(self.target.len() / d) {
            rows.iter().enumerate().for_each(|(place, row)| copy_row(self.rows, *row, place, d, &mut self.target));
            let target = &self.target[..rows.len() * d];
            sum += self.network.loss(parameters, target, &mut self.workspace) * rows.len() as f64;
        }
        sum / self.held_out.len() as f64
    }

    /// The loss of every step, and what it must stay below.
    fn check(&mut self, step: usize, loss: f64) -> Result<()> {
        if step == 0 && loss.is_finite() && self.worst.is_infinite() {
            self.worst = EXPLODED * loss.max(1.0);
        }
        if loss.is_finite() && loss <= self.worst {
            return Ok(());
        }
        Err(Error::Diverged { class: self.class, step, loss })
    }

    /// The last step is checked as all before it: by the loss on its samples.
    fn check_end(&mut self, parameters: &[f32], steps: usize) -> Result<()> {
        let loss = self.network.loss(parameters, &self.target, &mut self.workspace);
        self.check(steps, loss)
    }
}

fn copy_row(rows: &[f32], row: u32, place: usize, features: usize, out: &mut [f32]) {
    let row = &rows[row as usize * features..][..features];
    out[place * features..][..features].copy_from_slice(row);
}

/// Uniform noise of standard deviation `deviation`.
fn add_noise(clean: &[f32], noisy: &mut [f32], deviation: f64, random: &mut ChaCha8Rng) {
    let scale = (deviation * 12.0_f64.sqrt() / 2.0_f64.powi(32)) as f32;
    for (noisy, clean) in noisy.iter_mut().zip(clean) {
        *noisy = clean + scale * random.next_u32().cast_signed() as f32;
    }
}
