//! The kernels on a real device, against the CPU. Where there is none, the tests say that they skip.
#![expect(clippy::unwrap_used, reason = "a failing helper is a failing test")]

use std::io::Write;

use mislabel_core::{ClassEvidence, Embeddings, ErrorSummary, Judge, Labels, NoiseModel, Run};
use mislabel_cuda::{Cuda, CudaScorer, CudaSoftLinear, TensorPrecision};
use mislabel_metrics::Evaluation;
use mislabel_noise::Symmetric;
use mislabel_reconstruct::{RowScaling, SoftLinear};
use mislabel_rer::Rer;
use ndarray::Array2;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// What bf16 products promise of every error, and what f32 products do.
const BF16: f64 = 1e-2;
const F32: f64 = 1e-5;

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
fn clusters(n: usize, d: usize, k: usize, seed: u64) -> (Array2<f32>, Labels) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let centers = Array2::from_shape_fn((k, d), |_| random.random_range(-1.0..1.0_f32));
    let class = |row: usize| if row == 0 { k - 1 } else { row % (k - 1).max(1) };
    let rows = Array2::from_shape_fn((n, d), |(row, j)| centers[[class(row), j]] + random.random_range(-1.5..1.5));
    let label = |row: usize| if row % 11 == 5 { (class(row) + 1) % (k - 1).max(1) } else { class(row) };
    (rows, Labels::new((0..n).map(|row| label(row) as u32).collect(), k).unwrap())
}

fn assert_close(cuda: &ErrorSummary, cpu: &ErrorSummary, tolerance: f64) {
    let sums = [cuda, cpu].map(|errors| errors.sums().map(|(_, sum)| sum).collect::<Vec<f64>>());
    let columns = [
        (cuda.own(), cpu.own()),
        (cuda.least_other(), cpu.least_other()),
        (cuda.second_least_other(), cpu.second_least_other()),
        (&sums[0], &sums[1]),
    ];
    for (column, (cuda, cpu)) in columns.into_iter().enumerate() {
        for (row, (cuda, cpu)) in cuda.iter().zip(cpu).enumerate() {
            let close = cuda == cpu || (cuda - cpu).abs() <= tolerance * cpu;
            assert!(close, "column {column}, row {row}: {cuda} on the device, {cpu} on the CPU");
        }
    }
}

#[test]
fn every_error_agrees_with_the_cpu_on_sizes_that_fit_no_tile() {
    let Some(cuda) = device() else { return };
    for (n, d, k) in [(3, 1, 2), (130, 33, 2), (1000, 65, 3), (5001, 383, 17), (20_000, 100, 1000), (70_001, 768, 50)] {
        let (rows, given) = clusters(n, d, k, n as u64);
        let embeddings = Embeddings::new(rows.view()).unwrap();
        for scaling in [RowScaling::UnitNorm, RowScaling::None] {
            let method = SoftLinear { trim: Vec::new(), scaling, ..SoftLinear::default() };
            let cpu = method.evidence(&embeddings, &given, &Run::quiet()).unwrap();
            for (precision, tolerance) in
                [(TensorPrecision::Single, BF16), (TensorPrecision::Double, F32), (TensorPrecision::Triple, F32)]
            {
                let scorer = CudaScorer { devices: vec![cuda.clone()], precision };
                let on_device = CudaSoftLinear { method: method.clone(), scorer };
                let found = on_device.evidence(&embeddings, &given, &Run::quiet()).unwrap();
                assert_close(&found, &cpu, tolerance);
                let again = on_device.evidence(&embeddings, &given, &Run::quiet()).unwrap();
                assert_eq!(found.own(), again.own(), "a moving error is a race");
                assert!(found.sums().eq(again.sums()), "a moving sum is a race");
            }
        }
    }
}

#[test]
fn device_and_cpu_rank_real_labels_alike() {
    let Some(cuda) = device() else { return };
    let digits = mislabel_datasets::digits();
    let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51).unwrap();
    let embeddings = Embeddings::new(digits.embeddings.view()).unwrap();
    let issues = |evidence: &dyn ClassEvidence<Evidence = ErrorSummary>| {
        let errors = evidence.evidence(&embeddings, &noisy.given, &Run::quiet()).unwrap();
        Rer::default().judge(&errors, &noisy.given, &Run::quiet()).unwrap()
    };
    let (cpu, device) = (issues(&SoftLinear::default()), issues(&CudaSoftLinear::on(cuda)));
    let precision = |issues| Evaluation::new(issues, &noisy.errors).unwrap().average_precision.value().unwrap();
    assert!((precision(&cpu) - precision(&device)).abs() < RANKED);
    let ranks = |ranking: &[usize]| {
        let mut ranks = vec![0.0; ranking.len()];
        ranking.iter().enumerate().for_each(|(rank, row)| ranks[*row] = rank as f64);
        ranks
    };
    let (a, b) = (ranks(&cpu.quality().ranking()), ranks(&device.quality().ranking()));
    let n = a.len() as f64;
    let squares: f64 = a.iter().zip(&b).map(|(a, b)| (a - b).powi(2)).sum();
    assert!(1.0 - 6.0 * squares / (n * (n * n - 1.0)) > 0.99, "Spearman's correlation");
}

#[test]
fn a_device_that_is_not_there_is_named() {
    match Cuda::new(4096) {
        Ok(_) => panic!("a machine of 4097 devices"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
