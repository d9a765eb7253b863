//! The approximate index against exact search.
#![cfg(feature = "usearch")]
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{Embeddings, Run};
use mislabel_neighbors::{ApproximateSearch, Distance, ExactSearch, NeighborGraph, NeighborSearch};
use mislabel_testkit::awkward_rows;
use ndarray::Array2;
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

fn rows(n: usize, d: usize) -> Array2<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    Array2::from_shape_simple_fn((n, d), || random.random::<f32>() - 0.5)
}

fn search(search: &dyn NeighborSearch, rows: &Array2<f32>, k: usize) -> NeighborGraph {
    search.neighbors(&Embeddings::new(rows.view()).unwrap(), k, &Run::quiet()).unwrap()
}

#[test]
fn almost_all_of_the_nearest_are_found_at_their_exact_distances() {
    let rows = rows(3000, 16);
    for distance in [Distance::Cosine, Distance::Euclidean] {
        let exact = search(&ExactSearch { distance }, &rows, 10);
        let found = search(&ApproximateSearch { distance, ..ApproximateSearch::default() }, &rows, 10);
        let same = |row: usize| exact.neighbors(row).iter().filter(|near| found.neighbors(row).contains(near)).count();
        let recall = (0..3000).map(same).sum::<usize>() as f64 / 30_000.0;
        assert!(recall > 0.99, "{recall}");
        let equal = (0..3000).filter(|row| exact.neighbors(*row) == found.neighbors(*row)).collect::<Vec<usize>>();
        assert!(equal.iter().all(|row| exact.distances(*row) == found.distances(*row)));
    }
}

#[test]
fn the_graph_is_the_same_on_any_number_of_threads() {
    let rows = rows(2000, 8);
    for shards in [1, 3] {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| search(&ApproximateSearch { shards, ..ApproximateSearch::default() }, &rows, 5))
        };
        assert_eq!(on(1), on(4));
    }
}

#[test]
fn parameters_without_sense_are_errors() {
    let rows = rows(10, 2);
    let broken = ApproximateSearch { shards: 0, ..ApproximateSearch::default() };
    let error = broken.neighbors(&Embeddings::new(rows.view()).unwrap(), 3, &Run::quiet()).unwrap_err();
    assert_eq!(error.to_string(), "parameter shards is 0: it must be at least 1");
}

proptest! {
    #[test]
    fn awkward_rows_have_as_many_neighbors_as_there_are(case in awkward_rows(), k in 1..30_usize, shards in 1..5_usize) {
        prop_assume!(case.rows.nrows() > 1);
        let found = search(&ApproximateSearch { shards, ..ApproximateSearch::default() }, &case.rows, k);
        prop_assert_eq!(found.width(), k.min(case.rows.nrows() - 1));
    }
}
