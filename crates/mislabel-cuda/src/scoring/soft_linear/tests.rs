//! The whole method with its kernels run on the host by the tests' emulation, against the CPU's.

use mislabel_core::{Embeddings, Run};
use ndarray::Array2;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::*;

/// What f32 products promise of every error.
const F32: f64 = 1e-5;

/// 100 samples of 33 features in 3 clusters, some labeled as the next one, and one alone in class 3.
fn clusters() -> (Array2<f32>, Labels) {
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let centers = Array2::from_shape_fn((4, 33), |_| random.random_range(-1.0..1.0_f32));
    let class = |row: usize| if row == 50 { 3 } else { row % 3 };
    let rows = Array2::from_shape_fn((100, 33), |(row, j)| centers[[class(row), j]] + random.random_range(-1.0..1.0));
    let label = |row: usize| if row % 9 == 4 { (class(row) + 1) % 3 } else { class(row) };
    (rows, Labels::new((0..100).map(|row| label(row) as u32).collect(), 5).unwrap())
}

#[test]
fn the_evidence_is_that_of_the_cpu_after_trimming_and_with_a_class_of_one_sample() {
    let Some(cuda) = Cuda::emulated() else { return };
    let (rows, given) = clusters();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let cpu = SoftLinear::default().evidence(&embeddings, &given, &Run::quiet()).unwrap();
    let cuda = CudaSoftLinear::on(cuda).evidence(&embeddings, &given, &Run::quiet()).unwrap();
    assert_eq!(cuda.least_other_class(), cpu.least_other_class());
    let sums = [&cuda, &cpu].map(|errors| errors.sums().map(|(_, sum)| sum).collect::<Vec<f64>>());
    let columns = [
        (cuda.own(), cpu.own()),
        (cuda.least_other(), cpu.least_other()),
        (cuda.second_least_other(), cpu.second_least_other()),
        (&sums[0], &sums[1]),
    ];
    for (column, (cuda, cpu)) in columns.into_iter().enumerate() {
        for (row, (cuda, cpu)) in cuda.iter().zip(cpu).enumerate() {
            assert!((cuda - cpu).abs() <= F32 * cpu, "column {column}, row {row}: {cuda} and {cpu}");
        }
    }
}
