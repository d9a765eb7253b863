//! The scoring kernel, run on the host by the tests' emulation, against the formula in f64.

use mislabel_core::{Embeddings, Run};
use ndarray::Array2;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::device::cuda::Machine;

/// Classes with up to `directions` directions each, every third number without a class.
struct Classes {
    numbers: Vec<usize>,
    means: Vec<Vec<f32>>,
    directions: Vec<Vec<f32>>,
    scales: Vec<f32>,
    constants: Vec<f32>,
}

impl Classes {
    fn new(count: usize, d: usize, directions: usize, random: &mut ChaCha8Rng) -> Self {
        let mut values =
            |length: usize, size: f32| -> Vec<f32> { (0..length).map(|_| random.random_range(-size..size)).collect() };
        let means: Vec<_> = (0..count).map(|_| values(d, 0.5)).collect();
        // Short enough for every error to stay positive.
        let size = 0.5 / ((directions.max(1) * d) as f32).sqrt();
        let of = |class: usize| if directions == 0 { 0 } else { (class * 7) % (directions + 1) };
        let directions: Vec<_> = (0..count).map(|class| values(of(class) * d, size)).collect();
        let scales: Vec<f32> = (0..count).map(|class| 1.0 - 0.1 * (class % 3) as f32).collect();
        let square = |mean: &Vec<f32>| mean.iter().map(|m| m * m).sum::<f32>();
        let constants = means.iter().zip(&scales).map(|(mean, scale)| scale * square(mean) + 0.01).collect();
        Self { numbers: (0..count).map(|class| class + class / 2).collect(), means, directions, scales, constants }
    }

    fn rows(&self) -> Vec<ClassRow<'_>> {
        let row = |i: usize| ClassRow {
            class: self.numbers[i],
            scale: self.scales[i],
            constant: self.constants[i],
            mean: &self.means[i],
            directions: &self.directions[i],
        };
        (0..self.numbers.len()).map(row).collect()
    }
}

/// The formula, in f64, for one scaled row.
fn squared(class: &ClassRow<'_>, row: &[f64]) -> f64 {
    let dot = |a: &[f32]| a.iter().zip(row).map(|(a, x)| f64::from(*a) * x).sum::<f64>();
    let offset = |a: &[f32]| a.iter().zip(class.mean).map(|(a, m)| f64::from(*a) * f64::from(*m)).sum::<f64>();
    let norm: f64 = row.iter().map(|x| x * x).sum();
    let explained = class.directions.chunks_exact(row.len()).map(|a| (dot(a) - offset(a)).powi(2)).sum::<f64>();
    f64::from(class.scale) * (norm - 2.0 * dot(class.mean)) + f64::from(class.constant) - explained
}

/// Scores `n` rows under `count` classes by the kernels and by the formula; every column must agree to `tolerance`.
fn agree(
    devices: Vec<Cuda>,
    n: usize,
    d: usize,
    count: usize,
    directions: usize,
    precision: TensorPrecision,
    tolerance: f64,
) {
    let mut random = ChaCha8Rng::seed_from_u64((n * d + count) as u64);
    let classes = Classes::new(count, d, directions, &mut random);
    let rows = classes.rows();
    let k = rows[count - 1].class + 1;
    let raw = Array2::from_shape_fn((n, d), |_| random.random_range(-3.0..3.0_f32));
    let labels: Vec<u32> = (0..n).map(|i| rows[(i * 31) % count].class as u32).collect();
    let center: Vec<f64> = (0..d).map(|_| random.random_range(-0.1..0.1)).collect();
    let source = Embeddings::new(raw.view()).unwrap();
    let scored = ScoredRows { source: &source, center: &center, unit: Some(1.5) };
    let given = Labels::new(labels.clone(), k).unwrap();
    let found = CudaScorer { devices, precision }.summary(&rows, &scored, &given, &Run::quiet()).unwrap();
    assert_eq!(found.own.len(), n);
    for i in 0..n {
        let row: Vec<f64> = (0..d).map(|j| f64::from(raw[[i, j]]) / 1.5 - center[j]).collect();
        let errors: Vec<(usize, f64)> = rows.iter().map(|class| (class.class, squared(class, &row).max(0.0))).collect();
        let (own, mut others): (Vec<_>, Vec<_>) =
            errors.into_iter().partition(|(class, _)| *class == labels[i] as usize);
        others.sort_by(|a, b| a.1.total_cmp(&b.1));
        let second = others.get(1).map_or(f64::INFINITY, |other| other.1);
        let sum: f64 = others.iter().map(|other| other.1.sqrt()).sum();
        let close = |what: &str, found: f64, expected: f64| {
            let close = found == expected || (found - expected).abs() <= tolerance * expected;
            assert!(close, "{what} of row {i}: {found} by the kernel, {expected} by the formula");
        };
        // The squares: twice the error's own relative error.
        close("own", f64::from(found.own[i]).sqrt(), own[0].1.sqrt());
        close("least", f64::from(found.least[i]).sqrt(), others[0].1.sqrt());
        close("second", f64::from(found.second[i]).sqrt(), second.sqrt());
        close("sum", found.sum_others[i], sum);
        let tied = second.sqrt() <= (1.0 + 2.0 * tolerance) * others[0].1.sqrt();
        assert!(found.class[i] as usize == others[0].0 || tied, "class of row {i}");
    }
}

/// What is promised of bf16 and of f32 products.
const TOLERANCE: [f64; 2] = [1e-2, 1e-5];

#[test]
fn scores_follow_the_formula_where_rows_features_and_classes_fit_no_tile() {
    let Some(cuda) = Cuda::emulated() else { return };
    agree(vec![cuda.clone()], 129, 65, 2, 3, TensorPrecision::Single, TOLERANCE[0]);
    agree(vec![cuda.clone()], 1, 1, 2, 1, TensorPrecision::Double, TOLERANCE[1]);
    // Classes that span tiles of columns.
    agree(vec![cuda.clone()], 3, 40, 5, 300, TensorPrecision::Triple, TOLERANCE[1]);
    let Machine::Emulated(emulator) = cuda.machine() else { unreachable!() };
    assert_eq!(emulator.conflicts(), 0, "conflicts of shared memory's banks");
}

#[test]
fn a_thousand_classes_are_scored_in_one_launch() {
    let Some(cuda) = Cuda::emulated() else { return };
    agree(vec![cuda], 7, 20, 1000, 0, TensorPrecision::Single, TOLERANCE[0]);
}

#[test]
fn devices_with_little_shared_memory_and_several_devices_give_the_same_scores() {
    // What is left beside the table is one tile of rows, so each device works through several blocks.
    let Some(small) = Cuda::emulated_with(99 * 1024, 300_000) else { return };
    agree(vec![small.clone(), small], 290, 90, 9, 9, TensorPrecision::Double, TOLERANCE[1]);
}

#[test]
fn rows_are_shared_out_without_gap_or_overlap() {
    for (n, parts) in [(10, 3), (2, 5), (1_281_167, 8), (1, 1)] {
        let shares = shares(n, parts);
        assert_eq!((shares[0].start, shares[parts - 1].end), (0, n));
        assert!(shares.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert!(shares.iter().all(|share| share.len().abs_diff(n / parts) <= 1));
    }
}

#[test]
fn a_block_fits_beside_the_table_or_the_error_says_what_is_missing() {
    let Some(cuda) = Cuda::emulated_with(u32::MAX, 1 << 20) else { return };
    assert_eq!(block_rows(&cuda, 100, 0).unwrap(), WAVES * ROWS * 2);
    assert_eq!(block_rows(&cuda, 1000, 500_000).unwrap(), 3 * ROWS);
    let error = block_rows(&cuda, 1000, 1 << 20).unwrap_err();
    assert_eq!(error.to_string(), "the class table needs 1176576 bytes of device memory, 1048576 are free");
}
