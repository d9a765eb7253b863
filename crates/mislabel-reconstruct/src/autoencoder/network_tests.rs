//! Forward and backward against a plain f64 twin; training against what it must converge to.

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::network::architecture::{Architecture, Shape};
use super::network::passes::Workspace;
use super::params::Activation::{self, Identity, Relu, Sigmoid, Tanh};
use super::params::{Autoencoder, InputScaling, TrainingLength};
use super::training::adam::penalized;
use super::training::batch_slice::add_noise;
use super::training::network_training::Training;
use mislabel_core::Run;

/// Single precision over sums of a few dozen terms.
const SINGLE: f64 = 2e-5;

/// A step small against curvature, large against rounding in f64.
const STEP: f64 = 1e-5;

/// Rounding of sums over the features in f32, once with their mean of order 1 in the biases and once without.
const MOVED_LOSS: f64 = 1e-4;

/// Biases moved by sums of order 1 and back are rounded to f32 twice, to steps of 1.2e-7 at 1.
const MOVED: f32 = 1e-5;

/// What 1,500 steps of descent leave of a Gram matrix, which is the identity at the minimum: chosen, not derived.
const CONVERGED: f32 = 0.02;

/// Sums in another order; where a gradient is next to nothing, the step depends on what rounding leaves of it.
const REORDERED: f32 = 1e-4;

/// What the network sees, what it should put out, and what dropout multiplies every layer's outputs by (1 without).
struct Batch {
    input: Vec<Vec<f64>>,
    target: Vec<Vec<f64>>,
    factors: Vec<Vec<f64>>,
}

/// The loss, and how near the nearest rectified sum is to its kink.
fn plain_loss(network: &Architecture, parameters: &[f64], batch: &Batch) -> (f64, f64) {
    let (mut loss, mut kink) = (0.0, f64::INFINITY);
    for (place, (row, target)) in batch.input.iter().zip(&batch.target).enumerate() {
        let mut values = row.clone();
        for (layer, factors) in network.layers.iter().zip(&batch.factors) {
            let weight = |o: usize, i: usize| {
                let place = if layer.transposed { o * layer.inputs + i } else { i * layer.outputs + o };
                parameters[layer.weights + place]
            };
            let sum = |o: usize| {
                parameters[layer.bias + o] + (0..layer.inputs).map(|i| weight(o, i) * values[i]).sum::<f64>()
            };
            let sums: Vec<f64> = (0..layer.outputs).map(sum).collect();
            if layer.activation == Relu {
                kink = sums.iter().fold(kink, |kink, z| kink.min(z.abs()));
            }
            let factors = &factors[place * layer.outputs..];
            values = sums.iter().zip(factors).map(|(z, factor)| plain(layer.activation, *z) * factor).collect();
        }
        loss += values.iter().zip(target).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / row.len() as f64;
    }
    (loss / batch.input.len() as f64, kink)
}

/// Every network with its parameters, biases other than 0.
fn started(shape: Shape, seed: u64) -> (Architecture, Vec<f32>) {
    let network = Architecture::new(shape);
    let mut parameters = network.start(&mut ChaCha8Rng::seed_from_u64(seed));
    for (i, bias) in parameters[network.weights..].iter_mut().enumerate() {
        *bias = 0.2 * ((i as f32 + 1.0) * 12.9).sin();
    }
    (network, parameters)
}

fn exact(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

fn in_rows(values: &[f32], width: usize) -> Vec<Vec<f64>> {
    values.chunks(width).map(exact).collect()
}

fn plain(activation: Activation, z: f64) -> f64 {
    match activation {
        Identity => z,
        Relu => z.max(0.0),
        Tanh => z.tanh(),
        Sigmoid => 1.0 / (1.0 + (-z).exp()),
    }
}

fn shapes() -> impl Strategy<Value = Shape> {
    let activation = || prop::sample::select(vec![Identity, Relu, Tanh, Sigmoid]);
    let activations = [activation(), activation(), activation()];
    (proptest::collection::vec(1_usize..6, 2..5), activations, any::<bool>())
        .prop_map(|(widths, activations, tied)| Shape { widths, activations, tied })
}

proptest! {
    /// With dropout, denoising noise and penalty, or without; the batch whole, or in two parts.
    #[test]
    fn gradients_are_the_finite_differences_of_a_plain_f64_network(
        shape in shapes(),
        (rows, seed) in (1_usize..6, 0_u64..999),
        (share, noise) in prop::sample::select(vec![(0.0, 0.0), (0.4, 0.0), (0.0, 0.5), (0.3, 0.3)]),
        l2 in prop::sample::select(vec![0.0, 0.05]),
        split in any::<bool>(),
    ) {
        let (network, parameters) = started(shape, seed);
        let d = network.features();
        let target: Vec<f32> = (0..rows * d).map(|i| ((i as u64 * 31 + seed) as f32).sin()).collect();
        let mut input = target.clone();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        add_noise(&target, &mut input, noise, &mut random);
        let cut = if split { rows / 2 * d } else { 0 };
        let (mut loss, mut gradients) = (0.0, Vec::new());
        let mut factors = vec![Vec::new(); network.layers.len()];
        for range in [0..cut, cut..rows * d].into_iter().filter(|range| !range.is_empty()) {
            let part = range.len() / d;
            let mut workspace = Workspace::training(&network, part, share);
            workspace.draw_masks(&mut random);
            loss += network.gradient(&parameters, &input[range.clone()], &target[range], rows, &mut workspace);
            gradients.push(std::mem::take(&mut workspace.gradient));
            for ((factors, mask), layer) in factors.iter_mut().zip(&workspace.masks).zip(&network.layers) {
                let on = || vec![1.0; layer.outputs * part];
                factors.extend(mask.as_ref().map_or_else(on, |mask| exact(&mask.factors)));
            }
        }
        let batch = Batch { input: in_rows(&input, d), target: in_rows(&target, d), factors };
        let start = exact(&parameters);
        let (expected, kink) = plain_loss(&network, &start, &batch);
        prop_assume!(kink > 100.0 * STEP);
        prop_assert!((loss - expected).abs() < SINGLE * (1.0 + expected));
        let mut gradient = vec![0.0; parameters.len()];
        let parts = |part: usize| gradients.get(part).map(Vec::as_slice);
        penalized(&parts, (&parameters, 0), l2 as f32, network.weights, &mut gradient);
        for i in 0..parameters.len() {
            let moved = |by: f64| {
                let mut moved = start.clone();
                moved[i] += by;
                let penalty = moved[..network.weights].iter().map(|w| w * w).sum::<f64>();
                plain_loss(&network, &moved, &batch).0 + l2 * penalty
            };
            let slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
            let found = f64::from(gradient[i]);
            prop_assert!((slope - found).abs() < SINGLE * (1.0 + slope.abs()), "parameter {i}: {found} against {slope}");
        }
    }

    #[test]
    fn a_network_moved_to_a_center_reconstructs_what_it_did(shape in shapes(), seed in 0_u64..99) {
        let network = Architecture::new(Shape { activations: [shape.activations[0], shape.activations[1], Identity], ..shape });
        let start = network.start(&mut ChaCha8Rng::seed_from_u64(seed));
        let mean: Vec<f32> = (0..network.features()).map(|i| (i as f32).cos()).collect();
        let x: Vec<f32> = mean.iter().map(|m| m + 0.5).collect();
        let centered = vec![0.5; x.len()];
        let mut moved = start.clone();
        network.center(&mut moved, &mean);
        let mut workspace = Workspace::forward(&network, 1);
        let plain = network.loss(&start, &x, &mut workspace);
        prop_assert!((plain - network.loss(&moved, &centered, &mut workspace)).abs() < MOVED_LOSS * (1.0 + plain));
        network.uncenter(&mut moved, &mean);
        prop_assert!(start.iter().zip(&moved).all(|(a, b)| (a - b).abs() < MOVED));
    }
}

#[test]
fn a_tied_linear_autoencoder_converges_to_the_principal_subspace() {
    // Independent features of deviations 3, 2 and four of .3: the plane of the first two is principal.
    let wave = |i: usize, j: usize| (((i + 1) * (j + 3) * (7 + j)) as f32 * 0.737).sin();
    let deviation = [3.0, 2.0, 0.3, 0.3, 0.3, 0.3];
    let rows: Vec<f32> = (0..600 * 6).map(|i| deviation[i % 6] * wave(i / 6, i % 6)).collect();
    let method = Autoencoder {
        latent: 2,
        latent_activation: Identity,
        shrinkage: 0.0,
        learning_rate: 2e-2,
        batch: 600,
        length: TrainingLength::Steps(1500),
        scaling: Vec::<InputScaling>::new(),
        ..Autoencoder::default()
    };
    let network = Architecture::of(&method, 6);
    let mut parameters = network.start(&mut ChaCha8Rng::seed_from_u64(1));
    let stage = Run::quiet().stage("training", 1500);
    Training::new(&method, &network, 0, &rows, 5, 0.0).run(&mut parameters, &stage).unwrap();
    let weights = network.layers[0].matrix(&parameters);
    for unit in 0..2 {
        let square = |range: std::ops::Range<usize>| range.map(|j| weights[(unit, j)].powi(2)).sum::<f32>();
        assert!(square(2..6) < 0.01 * square(0..2), "{weights:?}");
    }
    // WWᵀ = I: nothing in the subspace is shrunk.
    let gram = |a: usize, b: usize| (0..6).map(|j| weights[(a, j)] * weights[(b, j)]).sum::<f32>();
    assert!(
        (gram(0, 0) - 1.0).abs() < CONVERGED && (gram(1, 1) - 1.0).abs() < CONVERGED && gram(0, 1).abs() < CONVERGED
    );
}

/// The parameters after four steps of a network that takes the `share` of all steps, and the parts of its batches.
fn trained(method: Autoencoder, share: f64) -> (Vec<f32>, usize) {
    let rows: Vec<f32> = (0..200 * 300).map(|i| (i as f32 * 0.737).sin()).collect();
    let method = Autoencoder { length: TrainingLength::Steps(4), ..method };
    let network = Architecture::of(&method, 300);
    let mut parameters = network.start(&mut ChaCha8Rng::seed_from_u64(1));
    let stage = Run::quiet().stage("training", 4);
    let mut training = Training::new(&method, &network, 0, &rows, 5, share);
    training.run(&mut parameters, &stage).unwrap();
    (parameters, training.parts())
}

#[test]
fn batches_in_parts_train_as_whole_ones_do() {
    let ((whole, one), (divided, several)) =
        (trained(Autoencoder::default(), 0.0), trained(Autoencoder::default(), 1.0));
    assert!(one == 1 && several > 1);
    let far = whole.iter().zip(&divided).filter(|(a, b)| (*a - *b).abs() > REORDERED).count();
    assert!(far < whole.len() / 1000, "{far} of {}", whole.len());
}

#[test]
fn noise_dropout_and_penalties_reach_the_training() {
    let plain = || Autoencoder { hidden: vec![20], latent: 5, ..Autoencoder::default() };
    let others = [
        Autoencoder { noise: 0.1, ..plain() },
        Autoencoder { dropout: 0.1, ..plain() },
        Autoencoder { l2: 0.1, ..plain() },
        Autoencoder { shrinkage: 1.0, ..plain() },
    ];
    let expected = trained(plain(), 0.0);
    assert_eq!(trained(plain(), 0.0), expected);
    for other in others {
        assert_ne!(trained(other.clone(), 0.0), expected, "{other:?}");
    }
}
