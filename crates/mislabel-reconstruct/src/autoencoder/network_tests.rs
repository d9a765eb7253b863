//! Forward and backward against a plain f64 twin; training against what it must converge to.

use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::architecture::{Architecture, Shape};
use super::network::Workspace;
use super::params::Activation::{self, Identity, Relu, Sigmoid, Tanh};
use super::params::{Autoencoder, InputStep, TrainingLength};
use super::training::Training;
use mislabel_core::{Silent, Stage};

/// Single precision over sums of a few dozen terms.
const SINGLE: f64 = 2e-5;

/// A step small against curvature, large against rounding in f64.
const STEP: f64 = 1e-5;

/// The loss, and how near the nearest rectified sum is to its kink.
fn plain_loss(network: &Architecture, parameters: &[f64], rows: &[Vec<f64>]) -> (f64, f64) {
    let (mut loss, mut kink) = (0.0, f64::INFINITY);
    for row in rows {
        let mut values = row.clone();
        for layer in &network.layers {
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
            values = sums.iter().map(|z| plain(layer.activation, *z)).collect();
        }
        loss += values.iter().zip(row).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / row.len() as f64;
    }
    (loss / rows.len() as f64, kink)
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
    #[test]
    fn gradients_are_the_finite_differences_of_a_plain_f64_network(shape in shapes(), rows in 1_usize..6, seed in 0_u64..999) {
        let network = Architecture::new(shape);
        let mut parameters = network.start(&mut ChaCha8Rng::seed_from_u64(seed));
        for (i, bias) in parameters[network.weights..].iter_mut().enumerate() {
            *bias = 0.2 * ((i as f32 + 1.0) * 12.9).sin();
        }
        let d = network.features();
        let input: Vec<f32> = (0..rows * d).map(|i| ((i as u64 * 31 + seed) as f32).sin()).collect();
        let plain: Vec<Vec<f64>> = input.chunks(d).map(|row| row.iter().map(|x| f64::from(*x)).collect()).collect();
        let exact: Vec<f64> = parameters.iter().map(|p| f64::from(*p)).collect();
        let (expected, kink) = plain_loss(&network, &exact, &plain);
        prop_assume!(kink > 100.0 * STEP);
        let mut workspace = Workspace::training(&network, rows, false);
        let loss = network.gradient(&parameters, &input, &input, &mut workspace, None);
        prop_assert!((loss - expected).abs() < SINGLE * (1.0 + expected));
        prop_assert_eq!(loss, network.loss(&parameters, &input, &mut Workspace::forward(&network, rows)));
        for i in 0..parameters.len() {
            let moved = |by: f64| {
                let mut moved = exact.clone();
                moved[i] += by;
                plain_loss(&network, &moved, &plain).0
            };
            let slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
            let found = f64::from(workspace.gradient[i]);
            prop_assert!((slope - found).abs() < SINGLE * (1.0 + slope.abs()), "parameter {i}: {found} against {slope}");
        }
    }

    #[test]
    fn a_network_moved_to_a_centre_reconstructs_what_it_did(shape in shapes(), seed in 0_u64..99) {
        let network = Architecture::new(Shape { activations: [shape.activations[0], shape.activations[1], Identity], ..shape });
        let start = network.start(&mut ChaCha8Rng::seed_from_u64(seed));
        let mean: Vec<f32> = (0..network.features()).map(|i| (i as f32).cos()).collect();
        let x: Vec<f32> = mean.iter().map(|m| m + 0.5).collect();
        let centred = vec![0.5; x.len()];
        let mut moved = start.clone();
        network.centre(&mut moved, &mean);
        let mut workspace = Workspace::forward(&network, 1);
        let plain = network.loss(&start, &x, &mut workspace);
        prop_assert!((plain - network.loss(&moved, &centred, &mut workspace)).abs() < 1e-4 * (1.0 + plain));
        network.uncentre(&mut moved, &mean);
        prop_assert!(start.iter().zip(&moved).all(|(a, b)| (a - b).abs() < 1e-5));
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
        shrinkage: 0.0,
        learning_rate: 2e-2,
        batch: 600,
        length: TrainingLength::Steps(1500),
        scaling: Vec::<InputStep>::new(),
        ..Autoencoder::default()
    };
    let network = Architecture::of(&method, 6);
    let mut parameters = network.start(&mut ChaCha8Rng::seed_from_u64(1));
    let stage = Stage::new("training", 1500, &Silent);
    Training::new(&method, &network, 0, &rows, 5).run(&mut parameters, &stage).unwrap();
    let weights = network.layers[0].matrix(&parameters);
    for unit in 0..2 {
        let square = |range: std::ops::Range<usize>| range.map(|j| weights[(unit, j)].powi(2)).sum::<f32>();
        assert!(square(2..6) < 0.01 * square(0..2), "{weights:?}");
    }
    // WWᵀ = I: nothing in the subspace is shrunk.
    let gram = |a: usize, b: usize| (0..6).map(|j| weights[(a, j)] * weights[(b, j)]).sum::<f32>();
    assert!((gram(0, 0) - 1.0).abs() < 0.02 && (gram(1, 1) - 1.0).abs() < 0.02 && gram(0, 1).abs() < 0.02);
}
