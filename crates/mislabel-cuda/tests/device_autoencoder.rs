//! Autoencoders on a real device, against the CPU. Where there is none, the tests say that they skip.
#![expect(clippy::unwrap_used, reason = "a failing helper is a failing test")]

use std::io::Write;

use mislabel_core::{Embeddings, Error, ErrorSummary, Judge, Labels, NoiseModel, Run};
use mislabel_cuda::{Cuda, CudaAutoencoder};
use mislabel_metrics::Evaluation;
use mislabel_noise::Symmetric;
use mislabel_reconstruct::{Activation, Autoencoder, AutoencoderModel, EarlyStopping, TrainingLength};
use mislabel_rer::Rer;
use ndarray::Array2;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// What bf16 products promise of every error.
const BF16: f64 = 1e-2;

/// What the rounding of errors may change of the ranking: a bound that was chosen, not derived.
const RANKED: f64 = 0.01;

/// The first device, or `None` and a line that a test's own output would hide.
fn device() -> Option<Cuda> {
    match Cuda::new(0) {
        Ok(cuda) => Some(cuda),
        Err(error) => {
            let line = format!("SKIPPED: nothing is computed on a device: {error}\n");
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            None
        }
    }
}

/// n samples in k clusters that overlap, every eleventh label off by one; the last class has one sample.
fn clusters(n: usize, d: usize, k: usize) -> (Array2<f32>, Labels) {
    let mut random = ChaCha8Rng::seed_from_u64((n * d * k) as u64);
    let centers = Array2::from_shape_fn((k, d), |_| random.random_range(-1.0..1.0_f32));
    let class = |row: usize| if row == 0 { k - 1 } else { row % (k - 1).max(1) };
    let rows = Array2::from_shape_fn((n, d), |(row, j)| centers[[class(row), j]] + random.random_range(-1.5..1.5));
    let label = |row: usize| if row % 11 == 5 { (class(row) + 1) % (k - 1).max(1) } else { class(row) };
    (rows, Labels::new((0..n).map(|row| label(row) as u32).collect(), k).unwrap())
}

/// The least and the mean error of every sample: what training may move a little.
fn assert_close(device: &ErrorSummary, cpu: &ErrorSummary, tolerance: f64) {
    let sums = [device, cpu].map(|errors| errors.sums().map(|(_, sum)| sum).collect::<Vec<f64>>());
    let columns = [(device.own(), cpu.own()), (device.least_other(), cpu.least_other()), (&sums[0], &sums[1])];
    for (column, (device, cpu)) in columns.into_iter().enumerate() {
        for (row, (device, cpu)) in device.iter().zip(cpu).enumerate() {
            let close = (device - cpu).abs() <= tolerance * cpu;
            assert!(close, "column {column}, row {row}: {device} on the device, {cpu} on the CPU");
        }
    }
}

fn brief() -> Autoencoder {
    Autoencoder { trim: vec![], length: TrainingLength::Steps(10), ..Autoencoder::default() }
}

#[test]
fn training_and_scoring_agree_with_the_cpu_on_sizes_that_fit_no_tile() {
    let Some(cuda) = device() else { return };
    for (n, d, k, latent) in
        [(7, 1, 2, 1), (300, 33, 3, 7), (5001, 383, 17, 96), (3000, 65, 40, 101), (9000, 768, 5, 64)]
    {
        let (rows, given) = clusters(n, d, k);
        let embeddings = Embeddings::new(rows.view()).unwrap();
        let deep = Autoencoder { hidden: vec![latent + 9], activation: Activation::Tanh, tied: false, ..brief() };
        for method in [Autoencoder { latent, ..brief() }, Autoencoder { latent, ..deep }] {
            let (model, cpu) = method.fit(&embeddings, &given, &Run::quiet()).unwrap();
            let on_device = CudaAutoencoder { method, device: cuda.clone() };
            let (trained, found) = on_device.fit(&embeddings, &given, &Run::quiet()).unwrap();
            assert_close(&found, &cpu, 2.0 * BF16);
            let (again, same) = on_device.fit(&embeddings, &given, &Run::quiet()).unwrap();
            assert!(trained == again && found.sums().eq(same.sums()), "a moving parameter is a race");
            let scored = on_device.summary(&model, &embeddings, &given, &Run::quiet()).unwrap();
            assert_close(&scored, &model.summary(&embeddings, &given, &Run::quiet()).unwrap(), BF16);
        }
    }
}

#[test]
fn models_trained_on_the_device_are_files_that_the_cpu_scores_with() {
    let Some(cuda) = device() else { return };
    let (rows, given) = clusters(2_000, 100, 9);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let on_device = CudaAutoencoder { method: brief(), device: cuda };
    let (model, _) = on_device.fit(&embeddings, &given, &Run::quiet()).unwrap();
    let kept = AutoencoderModel::from_bytes(&model.to_bytes()).unwrap();
    let found = on_device.summary(&kept, &embeddings, &given, &Run::quiet()).unwrap();
    assert_close(&found, &kept.summary(&embeddings, &given, &Run::quiet()).unwrap(), BF16);
}

#[test]
fn dropout_noise_and_early_stopping_run_and_repeat() {
    let Some(cuda) = device() else { return };
    let (rows, given) = clusters(1_000, 50, 4);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let early_stopping = Some(EarlyStopping { share: 0.2, patience: 2 });
    let method =
        Autoencoder { early_stopping, noise: 0.05, length: TrainingLength::Epochs(30), ..Autoencoder::paper() };
    let on_device = CudaAutoencoder { method, device: cuda };
    let fit = || on_device.fit(&embeddings, &given, &Run::quiet()).unwrap().0;
    assert_eq!(fit(), fit());
}

#[test]
fn a_step_too_long_is_named() {
    let Some(device) = device() else { return };
    let (rows, given) = clusters(200, 20, 3);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let method = Autoencoder { learning_rate: 1e6, ..brief() };
    let outcome = CudaAutoencoder { method, device }.fit(&embeddings, &given, &Run::quiet());
    assert!(matches!(outcome, Err(Error::Diverged { .. })));
}

#[test]
fn device_and_cpu_rank_real_labels_alike() {
    let Some(device) = device() else { return };
    let digits = mislabel_datasets::digits();
    let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51).unwrap();
    let embeddings = Embeddings::new(digits.embeddings.view()).unwrap();
    let (_, cpu) = Autoencoder::default().fit(&embeddings, &noisy.given, &Run::quiet()).unwrap();
    let (_, found) = CudaAutoencoder::on(device).fit(&embeddings, &noisy.given, &Run::quiet()).unwrap();
    let [cpu, found] = [cpu, found].map(|errors| Rer::default().judge(&errors, &noisy.given, &Run::quiet()).unwrap());
    let precision = |issues| Evaluation::new(issues, &noisy.errors).unwrap().average_precision.value().unwrap();
    assert!((precision(&cpu) - precision(&found)).abs() < RANKED);
    let ranks = |ranking: &[usize]| {
        let mut ranks = vec![0.0; ranking.len()];
        ranking.iter().enumerate().for_each(|(rank, row)| ranks[*row] = rank as f64);
        ranks
    };
    let (a, b) = (ranks(&cpu.quality().ranking()), ranks(&found.quality().ranking()));
    let n = a.len() as f64;
    let squares: f64 = a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum();
    assert!(1.0 - 6.0 * squares / (n * (n * n - 1.0)) > 0.99, "Spearman's correlation");
}
