//! Generated embeddings have the structure they promise, in blocks of any size.

use mislabel_core::{EmbeddingSource, Error};
use mislabel_datasets::{ClusteredEmbeddings, Clusters};
use ndarray::{Array1, Array2, Axis};
use proptest::prelude::*;

/// Three times 1/√400 = 5%, by which random directions in 400 dimensions miss orthogonality and unit length.
const DIRECTIONS: f64 = 0.15;

/// The squared lengths of three random directions of 300 features are off by √(2/300) = 8% each, 2% of the total
/// together: five times that.
const SPREAD: f64 = 0.1;

fn array(source: &dyn EmbeddingSource) -> Array2<f32> {
    let mut rows = Array2::zeros(source.shape());
    source.read_rows(0, rows.view_mut()).expect("all rows");
    rows
}

fn center(embeddings: &ClusteredEmbeddings, rows: &Array2<f32>, class: usize) -> Array1<f32> {
    rows.select(Axis(0), &members(embeddings, class)).mean_axis(Axis(0)).expect("no class is empty")
}

fn members(embeddings: &ClusteredEmbeddings, class: usize) -> Vec<usize> {
    (0..embeddings.shape().0).filter(|&row| embeddings.truth().class(row) == class).collect()
}

fn norm(vector: Array1<f32>) -> f64 {
    f64::from(vector.dot(&vector)).sqrt()
}

#[test]
fn classes_of_a_group_are_the_separation_apart_and_groups_twice_that() {
    let recipe =
        Clusters { samples: 20_000, features: 400, classes: 4, group: 2, separation: 20.0, ..Clusters::default() };
    let embeddings = recipe.sampled().expect("a sound recipe");
    let rows = array(&embeddings);
    let centers: Vec<_> = (0..4).map(|class| center(&embeddings, &rows, class)).collect();
    let distance = |one: usize, other: usize| norm(&centers[one] - &centers[other]);
    for (one, other) in [(0, 1), (2, 3)] {
        assert!((distance(one, other) / 20.0 - 1.0).abs() < DIRECTIONS, "{}", distance(one, other));
    }
    for (one, other) in [(0, 2), (1, 3), (0, 3)] {
        assert!((distance(one, other) / 40.0 - 1.0).abs() < DIRECTIONS, "{}", distance(one, other));
    }
}

#[test]
fn samples_spread_by_the_stretch_in_the_subspace_and_by_one_elsewhere() {
    let recipe =
        Clusters { samples: 5000, features: 300, classes: 1, components: 3, stretch: 10.0, ..Clusters::default() };
    let embeddings = recipe.sampled().expect("a sound recipe");
    let rows = array(&embeddings);
    let centered = &rows - &center(&embeddings, &rows, 0);
    let total: f64 = centered.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>() / 5000.0;
    let expected = 300.0 + 100.0 * (1.0 + 0.5 + 1.0 / 3.0);
    assert!((total / expected - 1.0).abs() < SPREAD, "{total} {expected}");
}

#[test]
fn a_recipe_that_makes_no_sense_is_an_error_that_names_the_field() {
    let sound = Clusters::default();
    let cases = [
        ("samples", Clusters { samples: 9, ..sound }),
        ("features", Clusters { features: 0, components: 0, ..sound }),
        ("classes", Clusters { classes: 0, ..sound }),
        ("group", Clusters { group: 0, ..sound }),
        ("classes", Clusters { samples: 1 << 22, classes: 1 << 22, features: 1000, ..sound }),
        ("components", Clusters { components: 65, ..sound }),
        ("separation", Clusters { separation: f64::NAN, ..sound }),
        ("stretch", Clusters { stretch: -1.0, ..sound }),
        ("imbalance", Clusters { imbalance: 0.5, ..sound }),
    ];
    for (field, recipe) in cases {
        match recipe.sampled() {
            Err(Error::Parameter { name, .. }) => assert_eq!(name, field),
            other => unreachable!("{field}: {:?}", other.map(|_| ())),
        }
    }
}

#[test]
fn another_seed_gives_other_rows_and_another_order() {
    let one = Clusters::default().sampled().expect("a sound recipe");
    let other = Clusters { seed: 1, ..Clusters::default() }.sampled().expect("a sound recipe");
    assert_ne!(one.truth(), other.truth());
    assert_ne!(array(&one).row(0), array(&other).row(0));
}

proptest! {
    #[test]
    fn a_row_is_the_same_in_a_block_of_any_size_and_layout(
        start in 0_usize..50, rows in 0_usize..10, seed: u64, components in 0_usize..4, imbalance in 1.0..20.0_f64,
    ) {
        let recipe = Clusters { samples: 60, features: 7, classes: 6, components, imbalance, seed, ..Clusters::default() };
        let embeddings = recipe.sampled().expect("a sound recipe");
        let whole = array(&embeddings);
        let mut columns = Array2::zeros((7, rows));
        embeddings.read_rows(start, columns.view_mut().reversed_axes()).expect("a part");
        for i in 0..rows {
            prop_assert_eq!(whole.row(start + i), columns.column(i));
        }
    }
}
