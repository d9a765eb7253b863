//! BatchSlice of a mini-batch: the rows that one task takes forward and back.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use crate::autoencoder::network::architecture::Architecture;
use crate::autoencoder::network::passes::Workspace;
use crate::autoencoder::params::Autoencoder;

/// The buffers of one slice, with a stream of chance of its own.
pub(crate) struct BatchSlice {
    /// What its rows should become; before noise, what they are.
    target: Vec<f32>,
    /// What the network sees, where there is noise.
    input: Vec<f32>,
    workspace: Workspace,
    random: ChaCha8Rng,
    /// Its share of the last step's loss.
    pub(crate) loss: f64,
}

impl BatchSlice {
    /// Buffers for at most `rows` rows.
    pub(crate) fn new(method: &Autoencoder, network: &Architecture, rows: usize, seed: u64) -> Self {
        let values = rows * network.features();
        Self {
            target: vec![0.0; values],
            input: vec![0.0; if method.noise > 0.0 { values } else { 0 }],
            workspace: Workspace::training(network, rows, method.dropout),
            random: ChaCha8Rng::seed_from_u64(seed),
            loss: 0.0,
        }
    }

    /// The derivatives by the parameters.
    pub(crate) fn gradient(&self) -> &[f32] {
        &self.workspace.gradient
    }

    /// Loss and gradient of the samples `order` of `rows`, in a batch of `batch`.
    pub(crate) fn differentiate(
        &mut self,
        (method, network): (&Autoencoder, &Architecture),
        parameters: &[f32],
        (rows, order): (&[f32], &[u32]),
        batch: usize,
    ) {
        let values = self.take(rows, order, network.features());
        let target = &self.target[..values];
        let mut input = target;
        if method.noise > 0.0 {
            let noisy = &mut self.input[..values];
            add_noise(target, noisy, method.noise, &mut self.random);
            input = noisy;
        }
        self.workspace.draw_masks(&mut self.random);
        self.loss = network.gradient(parameters, input, target, batch, &mut self.workspace);
    }

    /// Sum over the samples `order` of `rows` of the mean squared error per feature.
    pub(crate) fn loss_of(
        &mut self,
        network: &Architecture,
        parameters: &[f32],
        (rows, order): (&[f32], &[u32]),
    ) -> f64 {
        let d = network.features();
        let mut sum = 0.0;
        for order in order.chunks(self.target.len() / d) {
            let values = self.take(rows, order, d);
            sum += network.loss(parameters, &self.target[..values], &mut self.workspace) * order.len() as f64;
        }
        sum
    }

    /// Copies the samples `order` of `rows`; returns how many values they have.
    fn take(&mut self, rows: &[f32], order: &[u32], features: usize) -> usize {
        for (out, row) in self.target.chunks_exact_mut(features).zip(order) {
            out.copy_from_slice(&rows[*row as usize * features..][..features]);
        }
        order.len() * features
    }
}

/// Uniform noise of standard deviation `deviation`.
pub(crate) fn add_noise(clean: &[f32], noisy: &mut [f32], deviation: f64, random: &mut ChaCha8Rng) {
    let scale = (deviation * 12.0_f64.sqrt() / 2.0_f64.powi(32)) as f32;
    for (noisy, clean) in noisy.iter_mut().zip(clean) {
        *noisy = clean + scale * random.next_u32().cast_signed() as f32;
    }
}
