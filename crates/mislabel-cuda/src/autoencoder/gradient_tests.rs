//! Gradients of the training kernel, emulated, against the finite differences of a plain f64 network.

use mislabel_core::{EmbeddingSource, Embeddings, Error, ErrorSummary, Labels, Result, Run};
use mislabel_reconstruct::Activation::{self, Identity, Relu, Sigmoid, Tanh};
use mislabel_reconstruct::backend::{Architecture, Backend, Folds, Minibatches, NetworkTask, Round};
use mislabel_reconstruct::{Autoencoder, AutoencoderModel, TrainingLength};
use ndarray::Array2;

use crate::autoencoder::layout::bf16;
use crate::autoencoder::training::first_gradients;
use crate::device::cuda::Cuda;

/// bf16 keeps eight bits of every factor; their errors mostly cancel in a norm.
const ROUNDING: f64 = 1e-2;

/// Small against curvature, large against rounding in f64.
const STEP: f64 = 1e-5;

/// SplitMix64, as `random_bits` of autoencoder_network.cuh counts it.
fn mixed(value: u64) -> u64 {
    let z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn random_bits(key: u64, place: usize) -> u32 {
    (mixed(key.wrapping_add((place as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))) >> 32) as u32
}

fn rounded(value: f32) -> f64 {
    f64::from(f32::from_bits(u32::from(bf16(value)) << 16))
}

fn activated(activation: Activation, z: f64) -> f64 {
    match activation {
        Identity => z,
        Relu => z.max(0.0),
        Tanh => z.tanh(),
        Sigmoid => 1.0 / (1.0 + (-z).exp()),
    }
}

/// What the first step sees of one network.
struct FirstStep<'a> {
    method: &'a Autoencoder,
    architecture: &'a Architecture,
    /// Stream of chance of the step.
    key: u64,
    rows: Vec<Vec<f64>>,
}

impl FirstStep<'_> {
    fn noisy(&self, place: usize) -> Vec<f64> {
        let d = self.architecture.features();
        let scale = self.method.noise * 12.0_f64.sqrt() / 2.0_f64.powi(32);
        let noise = |j: usize| scale * f64::from(random_bits(self.key, place * d + j).cast_signed());
        self.rows[place].iter().enumerate().map(|(j, x)| x + noise(j)).collect()
    }

    fn factor(&self, layer: usize, place: usize) -> f64 {
        let share = self.method.dropout;
        if share == 0.0 || !self.architecture.layers()[layer].hidden {
            return 1.0;
        }
        let off =
            f64::from(random_bits(mixed(self.key ^ (layer as u64 + 1)), place)) < (share * 2.0_f64.powi(32)).floor();
        if off { 0.0 } else { 1.0 / (1.0 - share) }
    }

    fn loss(&self, parameters: &[f64]) -> f64 {
        let mut loss = 0.0;
        for place in 0..self.rows.len() {
            let mut values = self.noisy(place);
            for (index, layer) in self.architecture.layers().iter().enumerate() {
                let weight = |o: usize, i: usize| {
                    let place = if layer.transposed { o * layer.inputs + i } else { i * layer.outputs + o };
                    parameters[layer.weights + place]
                };
                let sum = |o: usize| (0..layer.inputs).map(|i| weight(o, i) * values[i]).sum::<f64>();
                let out = |o: usize| {
                    let factor = self.factor(index, place * layer.outputs + o);
                    activated(layer.activation, parameters[layer.bias + o] + sum(o)) * factor
                };
                values = (0..layer.outputs).map(out).collect();
            }
            loss += values.iter().zip(&self.rows[place]).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        }
        let penalty = self.method.penalty(self.architecture.features());
        let weights = parameters[..self.architecture.weights()].iter().map(|w| w * w).sum::<f64>();
        loss / (self.rows.len() * self.architecture.features()) as f64 + penalty * weights
    }

    fn gradient(&self, parameters: &[f64]) -> Vec<f64> {
        let slope = |i: usize| {
            let moved = |by: f64| {
                let mut moved = parameters.to_vec();
                moved[i] += by;
                self.loss(&moved)
            };
            (moved(STEP) - moved(-STEP)) / (2.0 * STEP)
        };
        (0..parameters.len()).map(slope).collect()
    }
}

/// A back-end that compares the gradients of the first step and trains nothing.
struct Comparison(Cuda);

impl Backend for Comparison {
    fn train(&self, round: &mut Round<'_>, _: &Run<'_>) -> Result<()> {
        let found = first_gradients(&self.0, round)?;
        for (task, found) in round.tasks.iter().zip(found) {
            let expected = expected(round, task)?;
            let norm = expected.iter().map(|g| g * g).sum::<f64>().sqrt();
            let off = found.iter().zip(&expected).map(|(a, b)| (f64::from(*a) - b).powi(2)).sum::<f64>().sqrt();
            assert!(off <= ROUNDING * norm, "{:?}: off by {off} of {norm}:\n{found:?}\n{expected:?}", round.method);
        }
        Err(Error::Cancelled { stage: "comparing" })
    }

    fn out_of_fold(
        &self,
        _: &AutoencoderModel,
        _: &dyn EmbeddingSource,
        _: &Labels,
        _: &Folds,
        _: &Run<'_>,
    ) -> Result<ErrorSummary> {
        unreachable!("nothing was trained")
    }
}

fn expected(round: &Round<'_>, task: &NetworkTask<'_>) -> Result<Vec<f64>> {
    let (architecture, method) = (round.architecture, round.method);
    let rows = round.rows(task)?;
    let mut batches = Minibatches::new(method, task.samples.len(), task.stream());
    batches.shuffle();
    assert_eq!(batches.count(), 1);
    let row = |row: &u32| rows.rows[*row as usize * architecture.features()..][..architecture.features()].iter();
    let rows = batches.order().iter().map(|place| row(place).map(|x| rounded(*x)).collect()).collect();
    let mut parameters: Vec<f64> = task.start(architecture, &[]).iter().map(|p| f64::from(*p)).collect();
    parameters[..architecture.weights()].iter_mut().for_each(|w| *w = rounded(*w as f32));
    let step = FirstStep { method, architecture, key: mixed(task.stream() ^ mixed(0)), rows };
    Ok(step.gradient(&parameters))
}

#[test]
fn gradients_are_the_finite_differences_of_a_plain_f64_network() {
    let Some(cuda) = Cuda::emulated() else { return };
    let method = || Autoencoder { folds: 1, length: TrainingLength::Steps(1), latent: 3, ..Autoencoder::default() };
    let deep = || Autoencoder { hidden: vec![5], activation: Tanh, latent_activation: Sigmoid, ..method() };
    let methods = [
        method(),
        Autoencoder { noise: 0.2, tied: false, l2: 0.1, latent_activation: Identity, ..method() },
        Autoencoder { dropout: 0.3, noise: 0.1, ..deep() },
        Autoencoder { tied: false, dropout: 0.3, output: Sigmoid, centered: false, ..deep() },
    ];
    let rows = Array2::from_shape_fn((14, 9), |(i, j)| ((i * 31 + j * 7 + i * j) as f32 * 0.51).sin());
    let rows = Embeddings::new(rows.view()).unwrap();
    let given = Labels::new((0..14).map(|i| u32::from(i > 4) + u32::from(i > 12)).collect(), 3).unwrap();
    for method in methods {
        let outcome = method.fit_on(&Comparison(cuda.clone()), &rows, &given, &Run::quiet());
        assert!(matches!(outcome, Err(Error::Cancelled { .. })), "{:?}", outcome.err());
    }
}
