//! Search in the nearest cells, and recall.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{EmbeddingSource, Embeddings, Error, MemoryBudget, Run, split_seed};
use mislabel_neighbors::{ClusteredSearch, Distance, ExactSearch, NeighborGraph, NeighborSearch};
use ndarray::{Array2, s};
use proptest::prelude::*;

/// Products of rows of lengths up to 4 in f32.
const ROUNDING: f64 = 1e-5;

/// A mean of 120 quotients of doubles against the quotient of their sums.
const QUOTIENTS: f64 = 1e-12;

/// Clusters of rows, every 50th row zero, every 7th a copy of the one before.
fn rows(n: usize, d: usize, seed: u64) -> Array2<f32> {
    let uniform = |i: usize, j: usize| (split_seed(seed, &[i as u64, j as u64]) % 2000) as f32 / 1000.0 - 1.0;
    let mut rows = Array2::from_shape_fn((n, d), |(i, j)| uniform(n + i % 10, j) + 0.4 * uniform(i, j));
    for row in 1..n {
        if row % 7 == 0 {
            let copy = rows.row(row - 1).to_owned();
            rows.row_mut(row).assign(&copy);
        }
        if row % 50 == 0 {
            rows.row_mut(row).fill(0.0);
        }
    }
    rows
}

fn graph(search: &dyn NeighborSearch, rows: &Array2<f32>, k: usize) -> NeighborGraph {
    graph_in(&Run::quiet(), search, rows, k)
}

fn graph_in(run: &Run<'_>, search: &dyn NeighborSearch, rows: &Array2<f32>, k: usize) -> NeighborGraph {
    search.neighbors(&Embeddings::new(rows.view()).unwrap(), k, run).unwrap()
}

/// A budget with room for the graph alone.
fn least(search: ClusteredSearch, rows: &dyn EmbeddingSource, k: usize) -> MemoryBudget {
    let run = Run::quiet().with_memory(MemoryBudget::new(1).unwrap());
    match search.neighbors(rows, k, &run).unwrap_err() {
        Error::Memory { needed, .. } => MemoryBudget::new(needed).unwrap(),
        other => unreachable!("{other}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn all_cells_searched_give_the_distances_of_exact_search(
        n in 2..300_usize, d in 1..6_usize, k in 1..20_usize, cells in 1..40_usize, euclidean: bool, seed: u64,
    ) {
        let distance = if euclidean { Distance::Euclidean } else { Distance::Cosine };
        let rows = rows(n, d, seed);
        let search = ClusteredSearch { distance, cells: Some(cells), searched: Some(cells), ..ClusteredSearch::default() };
        let (found, exact) = (graph(&search, &rows, k), graph(&ExactSearch { distance }, &rows, k));
        // Both choose k + 8 candidates by products in f32, whose order differs.
        let squared = |distance: f64| if euclidean { distance * distance } else { distance };
        for (found, exact) in found.distances_view().iter().zip(exact.distances_view()) {
            prop_assert!((squared(*found) - squared(*exact)).abs() < ROUNDING, "{} is not {}", found, exact);
        }
    }

    #[test]
    fn no_bit_depends_on_whether_the_rows_are_held(
        n in 2..400_usize, d in 1..6_usize, k in 1..30_usize, searched in 1..5_usize, euclidean: bool, seed: u64,
    ) {
        let distance = if euclidean { Distance::Euclidean } else { Distance::Cosine };
        let rows = rows(n, d, seed);
        let search = ClusteredSearch { distance, searched: Some(searched), seed, ..ClusteredSearch::default() };
        let budget = least(search, &Embeddings::new(rows.view()).unwrap(), k.min(n - 1));
        let read = graph_in(&Run::quiet().with_memory(budget), &search, &rows, k);
        prop_assert_eq!(read, graph(&search, &rows, k));
    }
}

#[test]
fn few_cells_searched_still_give_k_neighbors_to_every_sample() {
    let rows = rows(200, 4, 1);
    let search = ClusteredSearch { cells: Some(100), searched: Some(1), ..ClusteredSearch::default() };
    assert_eq!(graph(&search, &rows, 60).width(), 60);
    assert_eq!(graph(&search, &rows, 500).width(), 199);
}

#[test]
fn recall_grows_with_the_cells_searched_and_is_told_with_its_error() {
    let rows = rows(3000, 8, 5);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let recall = |searched: usize, sampled: usize| {
        let found = graph(&ClusteredSearch { searched: Some(searched), ..ClusteredSearch::default() }, &rows, 10);
        found.recall(&embeddings, sampled, 0, &Run::quiet()).unwrap()
    };
    let (one, default) = (recall(1, 3000), recall(32, 3000));
    assert!(one.share.value() < 0.9 && default.share.value() > 0.95, "{one}; {default}");
    assert_eq!(one.share.standard_error(), 0.0);
    let sampled = recall(1, 300);
    assert_eq!(sampled.rows, 300);
    assert!(
        (sampled.share.value() - one.share.value()).abs() < 5.0 * sampled.share.standard_error(),
        "{sampled} of {one}"
    );
}

#[test]
fn recall_is_the_share_that_is_there() {
    let rows = rows(120, 3, 2);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let distance = Distance::Euclidean;
    let exact = graph(&ExactSearch { distance }, &rows, 40);
    assert_eq!(exact.recall(&embeddings, 120, 0, &Run::quiet()).unwrap().share.value(), 1.0);
    // The 20 farther ones of 40 where the 20 nearest are wanted.
    let (indices, distances) = (exact.indices_view(), exact.distances_view());
    let (farther, far) = (indices.slice(s![.., 20..]).to_owned(), distances.slice(s![.., 20..]).to_owned());
    let recall =
        NeighborGraph::new(farther, far, distance).unwrap().recall(&embeddings, 120, 0, &Run::quiet()).unwrap();
    let tied = |row: usize| exact.distances(row)[20..].iter().filter(|far| **far <= exact.distances(row)[19]).count();
    assert!((recall.share.value() - (0..120).map(tied).sum::<usize>() as f64 / 2400.0).abs() < QUOTIENTS, "{recall}");
}

#[test]
fn senseless_parameters_are_refused() {
    let rows = rows(30, 2, 0);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let no_cells = ClusteredSearch { cells: Some(0), ..ClusteredSearch::default() };
    let none_searched = ClusteredSearch { searched: Some(0), ..ClusteredSearch::default() };
    for (search, name) in [(no_cells, "cells"), (none_searched, "searched")] {
        let error = search.neighbors(&embeddings, 3, &Run::quiet()).unwrap_err();
        assert_eq!(error.to_string(), format!("parameter {name} is 0: it must be at least 1"));
    }
    assert!(graph(&ExactSearch::default(), &rows, 3).recall(&embeddings, 0, 0, &Run::quiet()).is_err());
    let budget = least(ClusteredSearch::default(), &embeddings, 3).bytes();
    let small = Run::quiet().with_memory(MemoryBudget::new(budget - 1).unwrap());
    assert!(matches!(ClusteredSearch::default().neighbors(&embeddings, 3, &small), Err(Error::Memory { .. })));
}
