//! The kernels, run on the host by the tests' emulation, against the CPU's f32 and f64.

use mislabel_core::{ClassEvidence, Embeddings, ErrorSummary, Labels, Silent};
use mislabel_reconstruct::{Scaling, SoftLinear};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

/// What bf16 products promise, of the error itself.
const BF16: f64 = 1e-2;

/// What f32 products promise. 2⁻²⁴ of the rows' length, of errors about as long as the rows.
const F32: f64 = 1e-5;

/// n samples of d features in k clusters, every ninth labelled as the next one; class 0 has one sample if `lonely`.
fn clusters(n: usize, d: usize, k: usize, lonely: bool, seed: u64) -> (Array2<f32>, Labels) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let centres = Array2::from_shape_fn((k, d), |_| random.random_range(-1.0..1.0_f32));
    let class = |row: usize| {
        if lonely && row == 0 {
            0
        } else if lonely {
            1 + row % (k - 1)
        } else {
            row % k
        }
    };
    let rows = Array2::from_shape_fn((n, d), |(row, j)| centres[[class(row), j]] + random.random_range(-1.0..1.0));
    let label = |row: usize| match class(row) {
        0 if lonely => 0,
        class if row % 9 == 4 && !lonely => (class + 1) % k,
        class => class,
    };
    (rows, Labels::new((0..n).map(|row| label(row) as u32).collect(), k).unwrap())
}

fn on(cuda: Cuda, precision: Precision, method: SoftLinear) -> CudaSoftLinear {
    CudaSoftLinear { method, scorer: CudaScorer { devices: vec![cuda], precision } }
}

/// Asserts that all errors agree to `tolerance`, and the nearest class unless two tie within it.
fn assert_close(cuda: &ErrorSummary, cpu: &ErrorSummary, tolerance: f64) {
    let columns = [
        ("own", cuda.own(), cpu.own()),
        ("least", cuda.least_other(), cpu.least_other()),
        ("second", cuda.second_least_other(), cpu.second_least_other()),
        ("sum", cuda.sum(), cpu.sum()),
    ];
    for (name, cuda, cpu) in columns {
        for (row, (cuda, cpu)) in cuda.iter().zip(cpu).enumerate() {
            let close = cuda == cpu || (cuda - cpu).abs() <= tolerance * cpu;
            assert!(close, "{name} of row {row}: {cuda} by the kernels, {cpu} by the CPU");
        }
    }
    let tie = |row: usize| cpu.second_least_other()[row] <= (1.0 + 2.0 * tolerance) * cpu.least_other()[row];
    let differ = |row: &usize| cuda.least_other_class()[*row] != cpu.least_other_class()[*row] && !tie(*row);
    assert_eq!((0..cpu.len()).find(differ), None);
}

#[test]
fn the_kernels_give_the_evidence_of_the_cpu_on_sizes_that_fit_no_tile() {
    let Some(cuda) = Cuda::emulated() else { return };
    for (n, d, k, components, precision, tolerance) in [
        (150, 33, 3, 50, Precision::Single, BF16),
        (131, 70, 2, 5, Precision::Double, F32),
        (40, 5, 4, 3, Precision::Triple, F32),
    ] {
        let (rows, given) = clusters(n, d, k, false, n as u64);
        let embeddings = Embeddings::new(rows.view()).unwrap();
        let method = SoftLinear { components, trim: Vec::new(), ..SoftLinear::default() };
        let expected = method.evidence(&embeddings, &given, &Silent).unwrap();
        let found = on(cuda.clone(), precision, method).evidence(&embeddings, &given, &Silent).unwrap();
        assert_close(&found, &expected, tolerance);
    }
}
