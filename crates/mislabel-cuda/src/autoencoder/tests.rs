//! The kernels, emulated, against the CPU's networks.

use mislabel_core::{Embeddings, ErrorSummary, Labels, Run};
use mislabel_reconstruct::Activation::{Identity, Relu, Sigmoid, Tanh};
use mislabel_reconstruct::{Autoencoder, AutoencoderModel, TrainingLength};
use ndarray::Array2;

use crate::autoencoder::method::CudaAutoencoder;
use crate::device::cuda::Cuda;

/// bf16 keeps eight bits; errors of a few dozen products average out.
const ROUNDING: f64 = 1e-2;

/// Rows of `d` features about a direction of their class, the classes as unequal as can be: the last has one sample.
fn data(sizes: &[usize], d: usize) -> (Array2<f32>, Labels) {
    let labels: Vec<u32> = sizes.iter().enumerate().flat_map(|(class, size)| vec![class as u32; *size]).collect();
    let wave = |i: usize, j: usize| ((i * 131 + j * 17 + i * j) as f32 * 0.37).sin();
    let rows = Array2::from_shape_fn((labels.len(), d), |(i, j)| {
        let class = labels[i] as usize;
        0.5 * ((class * 7 + j * 3) as f32).cos() + 0.6 * wave(i % 3 + class, j) * wave(i, 1) + 0.3 * wave(i, j)
    });
    (rows, Labels::new(labels, sizes.len()).unwrap())
}

/// Every error to within the `tolerance` of itself and a little of the sample's distance from other classes, of which
/// bf16 keeps eight bits.
fn assert_close(found: &ErrorSummary, expected: &ErrorSummary, tolerance: f64) {
    for row in 0..expected.len() {
        let columns = |errors: &ErrorSummary| {
            [errors.own()[row], errors.least_other()[row], errors.second_least_other()[row], errors.estimated_sum(row)]
        };
        let (found_row, expected_row) = (columns(found), columns(expected));
        let floor = 2.0_f64.powi(-9) * expected.least_other()[row];
        let close = |a: f64, b: f64| a == b || (a - b).abs() <= tolerance * b + floor;
        let same = found_row.iter().zip(expected_row).all(|(a, b)| close(*a, b));
        assert!(same, "sample {row}: {found_row:?} for {expected_row:?}");
        let [_, least, second, _] = expected_row;
        if second - least > tolerance * second {
            assert_eq!(found.least_other_class()[row], expected.least_other_class()[row], "sample {row}");
        }
    }
}

/// Networks of one inner layer, of several, tied and not, of every activation.
fn shapes() -> Vec<Autoencoder> {
    let quick = || Autoencoder {
        batch: 16,
        length: TrainingLength::Steps(2),
        folds: 2,
        trim: vec![],
        ..Autoencoder::default()
    };
    vec![
        Autoencoder { latent: 9, ..quick() },
        Autoencoder { latent: 33, tied: false, latent_activation: Tanh, ..quick() },
        Autoencoder { latent: 97, ..quick() },
        Autoencoder { hidden: vec![19], latent: 5, latent_activation: Identity, ..quick() },
        Autoencoder {
            hidden: vec![13, 7],
            latent: 3,
            tied: false,
            activation: Sigmoid,
            latent_activation: Relu,
            ..quick()
        },
        Autoencoder {
            hidden: vec![11],
            latent: 4,
            dropout: 0.0,
            length: TrainingLength::Epochs(1),
            ..Autoencoder::paper()
        },
    ]
}

#[test]
fn models_of_the_cpu_give_the_same_errors_on_the_device() {
    let Some(cuda) = Cuda::emulated() else { return };
    let (rows, given) = data(&[11, 8, 1], 37);
    let rows = Embeddings::new(rows.view()).unwrap();
    for method in shapes() {
        let (model, _) = method.fit(&rows, &given, &Run::quiet()).unwrap();
        let expected = model.summary(&rows, &given, &Run::quiet()).unwrap();
        let on_device = CudaAutoencoder { method, device: cuda.clone() };
        let found = on_device.summary(&model, &rows, &given, &Run::quiet()).unwrap();
        assert_close(&found, &expected, ROUNDING);
    }
}

fn both(method: &Autoencoder, cuda: &Cuda, sizes: &[usize], d: usize) -> [(AutoencoderModel, ErrorSummary); 2] {
    let (rows, given) = data(sizes, d);
    let rows = Embeddings::new(rows.view()).unwrap();
    let on_device = CudaAutoencoder { method: method.clone(), device: cuda.clone() };
    [method.fit(&rows, &given, &Run::quiet()).unwrap(), on_device.fit(&rows, &given, &Run::quiet()).unwrap()]
}

#[test]
fn training_on_the_device_reaches_the_errors_that_training_on_the_cpu_reaches() {
    let Some(cuda) = Cuda::emulated() else { return };
    for method in shapes().into_iter().step_by(2) {
        let [(_, expected), (_, found)] = both(&method, &cuda, &[9, 1, 8], 21);
        assert_close(&found, &expected, ROUNDING);
    }
}
