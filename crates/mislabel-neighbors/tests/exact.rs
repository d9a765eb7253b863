//! Exact search against distances in f64 over all pairs.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use std::ops::ControlFlow;

use mislabel_core::{Embeddings, Error, Run, progress_fn};
use mislabel_neighbors::{Distance, ExactSearch, NeighborGraph, NeighborSearch};
use mislabel_testkit::{awkward_rows, orders};
use ndarray::{Array2, ArrayView1, Axis, array};
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Rows are rounded to f32 after they are scaled: distances of order 1 are off by some 1e-7.
const TOLERANCE: f64 = 2e-6;

/// The same of six features beside a row of 1e12: its scale must not become that of the others.
const BESIDE_A_HUGE_ROW: f64 = 1e-6;

fn search(rows: &Array2<f32>, k: usize, distance: Distance) -> mislabel_core::Result<NeighborGraph> {
    ExactSearch { distance }.neighbors(&Embeddings::new(rows.view())?, k, &Run::quiet())
}

fn naive_distance(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>, distance: Distance) -> f64 {
    let dot = |a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>| -> f64 {
        a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    match distance {
        Distance::Euclidean => {
            a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt()
        }
        _ => {
            let lengths = [dot(a, a).sqrt(), dot(b, b).sqrt()];
            if lengths == [0.0, 0.0] {
                0.0
            } else if lengths.contains(&0.0) {
                1.0
            } else {
                1.0 - dot(a, b) / lengths[0] / lengths[1]
            }
        }
    }
}

/// The k least distances of every row, ascending.
fn naive(rows: &Array2<f32>, k: usize, distance: Distance) -> Array2<f64> {
    let n = rows.nrows();
    let mut least = Array2::zeros((n, k));
    for row in 0..n {
        let others = (0..n).filter(|other| *other != row);
        let mut distances: Vec<f64> =
            others.map(|other| naive_distance(rows.row(row), rows.row(other), distance)).collect();
        distances.sort_by(f64::total_cmp);
        least.row_mut(row).assign(&ArrayView1::from(&distances[..k]));
    }
    least
}

fn assert_nearest(rows: &Array2<f32>, k: usize, distance: Distance) {
    let graph = search(rows, k, distance).unwrap();
    let k = k.min(rows.nrows() - 1);
    let expected = naive(rows, k, distance);
    let scale = if distance == Distance::Cosine { 1.0 } else { f64::from(rows.fold(0.0, |m: f32, x| m.max(x.abs()))) };
    for ((place, expected), found) in expected.indexed_iter().zip(graph.distances_view()) {
        assert!((expected - found).abs() <= TOLERANCE * scale, "{place:?}: {expected} {found} {distance:?}");
        let neighbor = graph.indices_view()[place] as usize;
        let named = naive_distance(rows.row(place.0), rows.row(neighbor), distance);
        assert!((named - found).abs() <= TOLERANCE * scale, "{place:?} names {neighbor}: {named} {found}");
    }
}

fn normal_rows(n: usize, d: usize, seed: u64) -> Array2<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((n, d), || (0..12).map(|_| random.random::<f32>()).sum::<f32>() - 6.0)
}

#[test]
fn neighbors_are_the_nearest_over_several_blocks_of_rows_and_candidates() {
    // 1,000 rows are several tasks and three blocks of candidates, none of them full.
    for (n, d, k) in [(1000, 17, 12), (385, 3, 1), (97, 8, 200), (2, 1, 1)] {
        for distance in [Distance::Cosine, Distance::Euclidean] {
            assert_nearest(&normal_rows(n, d, n as u64), k, distance);
        }
    }
}

#[test]
fn a_common_offset_costs_no_digits() {
    let rows = normal_rows(300, 16, 3) * 0.01 + 100.0;
    assert_nearest(&rows, 5, Distance::Cosine);
    let graph = search(&rows, 5, Distance::Euclidean).unwrap();
    let expected = naive(&rows, 5, Distance::Euclidean);
    let off = (graph.distances_view().to_owned() - expected).fold(0.0_f64, |worst, off| worst.max(off.abs()));
    assert!(off < 1e-7, "{off}"); // f32 products of the raw rows would be off by 1e-2
}

#[test]
fn one_huge_row_leaves_the_neighbors_of_the_others_right() {
    let mut rows = normal_rows(200, 6, 4);
    rows.row_mut(7).fill(1e12);
    let graph = search(&rows, 3, Distance::Euclidean).unwrap();
    let expected = naive(&rows, 3, Distance::Euclidean);
    for row in (0..200).filter(|row| *row != 7) {
        for (found, expected) in graph.distances(row).iter().zip(expected.row(row)) {
            assert!((found - expected).abs() < BESIDE_A_HUGE_ROW, "row {row}: {found} {expected}");
        }
    }
}

#[test]
fn ties_go_to_the_lower_number() {
    let rows = array![[0.0_f32, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]];
    let graph = search(&rows, 2, Distance::Euclidean).unwrap();
    assert_eq!(graph.indices_view(), array![[1, 2], [0, 2], [0, 1], [0, 1]]);
    // More copies than candidates are kept.
    let graph = search(&Array2::ones((500, 3)), 2, Distance::Cosine).unwrap();
    assert_eq!(graph.neighbors(0), [1, 2]);
    assert_eq!(graph.neighbors(499), [0, 1]);
    assert_eq!(graph.distances(499), [0.0, 0.0]);
}

#[test]
fn zero_rows_are_near_each_other_and_apart_from_all_others_under_cosine() {
    let rows = array![[0.0_f32, 0.0], [1.0, 0.0], [0.0, 0.0], [-1.0, 0.1]];
    let graph = search(&rows, 3, Distance::Cosine).unwrap();
    assert_eq!(graph.neighbors(0)[0], 2);
    assert_eq!(graph.distances(0), [0.0, 1.0, 1.0]); // by definition, without rounding
}

/// Rows of 0 and 1, of which many are equal, many are as far as others, and some are all 0.
fn binary_rows(n: usize, d: usize, seed: u64) -> Array2<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((n, d), || f32::from(u8::from(random.random_range(0..10) < 4)))
}

/// The rows that every sample has for neighbors, and their distances, do not change when samples are put in the order `order`.
fn assert_order_does_not_matter(rows: &Array2<f32>, order: &[usize], k: usize, distance: Distance) {
    let (graph, turned) =
        (search(rows, k, distance).unwrap(), search(&rows.select(Axis(0), order), k, distance).unwrap());
    for (place, &row) in order.iter().enumerate() {
        assert_eq!(turned.distances(place), graph.distances(row), "sample {row} at place {place} by {distance:?}");
        for (one, other) in turned.neighbors(place).iter().zip(graph.neighbors(row)) {
            let (one, other) = (rows.row(order[*one as usize]), rows.row(*other as usize));
            assert_eq!(one, other, "neighbors of sample {row} at place {place} by {distance:?}");
        }
    }
}

#[test]
fn the_order_of_many_samples_whose_distances_tie_does_not_matter() {
    for (n, d, k) in [(1100, 12, 20), (700, 5, 3), (400, 64, 50), (97, 3, 30)] {
        let mut rows = binary_rows(n, d, n as u64);
        rows.row_mut(n / 2).fill(0.0);
        let order: Vec<usize> = (0..n).map(|row| (row * 37 + 11) % n).collect();
        assert_order_does_not_matter(&rows, &order, k, Distance::Cosine);
        assert_order_does_not_matter(&rows, &order, k, Distance::Euclidean);
    }
}

/// By cosine all rows are as far from a zero row, but for rounding: f32 cannot tell which are the nearest.
#[test]
fn the_neighbors_of_a_zero_row_do_not_depend_on_its_place() {
    const SAMPLES: usize = 500;
    let mut rows = normal_rows(SAMPLES, 4, 51);
    rows.row_mut(SAMPLES - 1).fill(0.0);
    for turn in [1, 50, 95, 96, 249, 383, 384] {
        let order: Vec<usize> = (0..SAMPLES).map(|row| (row + turn) % SAMPLES).collect();
        assert_order_does_not_matter(&rows, &order, 20, Distance::Cosine);
    }
}

#[test]
fn the_graph_is_the_same_on_any_number_of_threads() {
    let rows = normal_rows(1500, 33, 9);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| search(&rows, 10, Distance::Cosine).unwrap())
    };
    let alone = on(1);
    assert_eq!(alone, on(2));
    assert_eq!(alone, on(7));
}

#[test]
fn impossible_requests_are_errors() {
    let rows = normal_rows(5, 2, 0);
    let message = |n: usize, k: usize| {
        search(&rows.slice(ndarray::s![..n, ..]).to_owned(), k, Distance::Cosine).unwrap_err().to_string()
    };
    assert_eq!(message(5, 0), "parameter k is 0: it must be at least 1");
    assert_eq!(message(1, 1), "the nearest neighbor is undefined: there is only one sample");
    assert_eq!(search(&rows, 99, Distance::Cosine).unwrap().width(), 4);
}

#[test]
fn searching_can_be_cancelled() {
    let rows = normal_rows(300, 2, 0);
    let stop = progress_fn(|stage, _, _| match stage {
        "searching neighbors" => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    let run = Run::quiet().with_progress(&stop);
    let outcome = ExactSearch::default().neighbors(&Embeddings::new(rows.view()).unwrap(), 3, &run);
    assert!(matches!(outcome, Err(Error::Cancelled { stage: "searching neighbors" })));
}

proptest! {
    #[test]
    fn awkward_rows_have_the_nearest_neighbors(case in awkward_rows(), k in 1..30_usize) {
        prop_assume!(case.rows.nrows() > 1);
        assert_nearest(&case.rows, k, Distance::Euclidean);
        assert_nearest(&case.rows, k, Distance::Cosine);
    }

    #[test]
    fn the_order_of_samples_does_not_matter(
        (rows, order) in (2..60_usize, 1..9_usize, 0..99_u64)
            .prop_map(|(n, d, seed)| binary_rows(n, d, seed))
            .prop_flat_map(|rows| { let n = rows.nrows(); (Just(rows), orders(n)) }),
        k in 1..30_usize,
    ) {
        assert_order_does_not_matter(&rows, &order, k, Distance::Cosine);
        assert_order_does_not_matter(&rows, &order, k, Distance::Euclidean);
    }
}
