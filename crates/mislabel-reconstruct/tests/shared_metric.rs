//! The metric that all classes share, beside a plain computation.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{ClassEvidence, EmbeddingSource, Embeddings, Error, Labels, MemoryBudget, Run};
use mislabel_reconstruct::{InSharedMetric, RowScaling, SharedMetric, SoftLinear};
use ndarray::{Array1, Array2, Axis};

const N: usize = 90;
const D: usize = 6;

/// Three classes, so far `apart` along the first direction, and wide along the second.
fn rows(apart: f32) -> (Array2<f32>, Labels) {
    let wave = |i: usize, j: usize| ((i * 7919 + j * 104_729 + i * j * 31) as f32).sin();
    let rows = Array2::from_shape_fn((N, D), |(i, j)| match j {
        0 => apart * (i % 3) as f32 + 0.3 * wave(i, j),
        1 => 20.0 * wave(i, j),
        _ => wave(i, j),
    });
    (rows, Labels::new((0..N).map(|i| (i % 3) as u32).collect(), 3).unwrap())
}

fn read(source: &dyn EmbeddingSource) -> Array2<f32> {
    let mut out = Array2::zeros(source.shape());
    source.read_rows(0, out.view_mut()).unwrap();
    out
}

fn square(row: &Array1<f64>) -> f64 {
    row.iter().map(|x| x * x).sum()
}

#[test]
fn distances_are_those_of_the_covariance_within_classes_and_half_a_ball() {
    let (rows, given) = rows(1000.0);
    let metric = SharedMetric { scaling: RowScaling::None, ..SharedMetric::default() };
    let seen = read(&metric.rows(Embeddings::new(rows.view()).unwrap(), &given, &Run::quiet()).unwrap());
    // Classes so far apart that the first round keeps all: W of all samples.
    let rows = rows.mapv(f64::from);
    let mut within = Array2::<f64>::zeros((D, D));
    for class in 0..3 {
        let members: Vec<usize> = (0..N).filter(|i| i % 3 == class).collect();
        let mut members = rows.select(Axis(0), &members);
        let mean = members.mean_axis(Axis(0)).unwrap();
        members -= &mean;
        within += &members.t().dot(&members);
    }
    let average = within.diag().sum() / D as f64;
    within.diag_mut().mapv_inplace(|value| value + average);
    // |L⁻¹u|² = uᵀ(LLᵀ)⁻¹u for differences u of rows, but for the common scale.
    let differences: Vec<(Array1<f64>, Array1<f64>)> =
        (1..=D).map(|i| (&rows.row(i) - &rows.row(0), (&seen.row(i) - &seen.row(0)).mapv(f64::from))).collect();
    let scale = square(&differences[0].1) / differences[0].0.dot(&solved(&within, &differences[0].0));
    for (plain, seen) in &differences {
        let expected = scale * plain.dot(&solved(&within, plain));
        assert!((square(seen) - expected).abs() < 1e-4 * expected, "{} {expected}", square(seen));
    }
}

/// M⁻¹u.
fn solved(matrix: &Array2<f64>, right: &Array1<f64>) -> Array1<f64> {
    let (mut matrix, mut right) = (matrix.clone(), right.clone());
    for pivot in 0..D {
        for row in 0..D {
            if row != pivot {
                let factor = matrix[[row, pivot]] / matrix[[pivot, pivot]];
                for column in 0..D {
                    matrix[[row, column]] -= factor * matrix[[pivot, column]];
                }
                right[row] -= factor * right[pivot];
            }
        }
    }
    Array1::from_shape_fn(D, |i| right[i] / matrix[[i, i]])
}

#[test]
fn a_width_that_all_classes_share_no_longer_hides_what_tells_them_apart() {
    let (rows, given) = rows(3.0);
    let wrong = [4_usize, 11, 50, 73];
    let mut labels = given.values().to_vec();
    wrong.iter().for_each(|i| labels[*i] = (labels[*i] + 1) % 3);
    let given = Labels::new(labels, 3).unwrap();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let evidence = SoftLinear { scaling: RowScaling::None, shrinkage: 100.0, ..SoftLinear::default() };
    let metric = SharedMetric { scaling: RowScaling::None, ridge: 0.01 };
    let errors = InSharedMetric { metric, evidence }.evidence(&embeddings, &given, &Run::quiet()).unwrap();
    let ratio = |i: usize| errors.own()[i] / errors.least_other()[i];
    let least_wrong = wrong.iter().map(|i| ratio(*i)).fold(f64::INFINITY, f64::min);
    let most_right = (0..N).filter(|i| !wrong.contains(i)).map(ratio).fold(0.0, f64::max);
    assert!(most_right < least_wrong, "{most_right} {least_wrong}");
}

#[test]
fn rows_that_are_all_alike_stay_finite_and_what_cannot_be_is_refused() {
    let rows = Array2::from_elem((6, 3), 2.0_f32);
    let given = Labels::new(vec![0, 0, 0, 1, 1, 1], 2).unwrap();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let seen = read(&SharedMetric::default().rows(embeddings, &given, &Run::quiet()).unwrap());
    assert!(seen.iter().all(|value| value.is_finite()));
    for ridge in [0.0, f64::NAN, -1.0, 1e9] {
        let metric = SharedMetric { ridge, ..SharedMetric::default() };
        assert!(matches!(metric.rows(embeddings, &given, &Run::quiet()), Err(Error::Parameter { .. })), "{ridge}");
    }
    let run = Run::quiet().with_memory(MemoryBudget::new(100).unwrap());
    assert!(matches!(SharedMetric::default().rows(embeddings, &given, &run), Err(Error::Memory { .. })));
}
