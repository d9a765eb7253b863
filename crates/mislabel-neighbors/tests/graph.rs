//! Graphs from elsewhere are checked.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{Judge, Labels, Run};
use mislabel_neighbors::{Agreement, Distance, Duplicates, NeighborGraph, SimiFeat};
use ndarray::{Array2, array};

fn graph(indices: Array2<u32>, distances: Array2<f64>) -> Result<NeighborGraph, String> {
    NeighborGraph::new(indices, distances, Distance::Cosine).map_err(|error| error.to_string())
}

#[test]
fn every_defect_is_named_with_its_place() {
    let good = array![[1_u32, 2], [0, 2], [0, 1]];
    let near = array![[0.1, 0.2], [0.1, 0.2], [0.1, 0.2]];
    assert!(graph(good.clone(), near.clone()).is_ok());
    let with_index = |row, column, value| {
        let mut indices = good.clone();
        indices[[row, column]] = value;
        graph(indices, near.clone()).unwrap_err()
    };
    assert_eq!(with_index(1, 0, 3), "neighbor 3 of sample 1 at place 0 is not one of the samples");
    assert_eq!(with_index(2, 1, 2), "neighbor 2 of sample 2 at place 1 is the sample itself");
    assert_eq!(with_index(0, 1, 1), "neighbor 1 of sample 0 at place 1 appears twice");
    let with_distance = |row, column, value| {
        let mut distances = near.clone();
        distances[[row, column]] = value;
        graph(good.clone(), distances).unwrap_err()
    };
    let what = "the distances of the neighbor graph";
    assert_eq!(with_distance(2, 0, f64::NAN), format!("{what}[2, 0] is NaN, expected a finite number"));
    assert_eq!(with_distance(0, 1, 0.05), format!("{what}[0, 1] is 0.05, expected a number in [0.1, 2]"));
    assert_eq!(with_distance(1, 0, -0.5), format!("{what}[1, 0] is -0.5, expected a number in [0, 2]"));
    assert_eq!(with_distance(1, 1, 2.5), format!("{what}[1, 1] is 2.5, expected a number in [0.1, 2]"));
    assert!(graph(Array2::zeros((0, 0)), Array2::zeros((0, 0))).unwrap_err().contains("must not be empty"));
    assert!(graph(good.clone(), array![[0.1, 0.2]]).unwrap_err().contains(": 1 entries, expected 3"));
    assert!(graph(good, array![[0.1], [0.1], [0.1]]).unwrap_err().contains(": 1 entries, expected 2"));
}

#[test]
fn arrays_in_column_order_are_read_by_rows() {
    let indices = array![[1_u32, 0, 0], [2, 2, 1]].reversed_axes();
    let distances = array![[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]].reversed_axes();
    let graph = graph(indices, distances).unwrap();
    assert_eq!((graph.neighbors(1), graph.distances(1)), (&[0, 2][..], &[0.2, 0.5][..]));
}

#[test]
fn a_graph_too_narrow_for_a_detector_is_refused_unless_it_is_complete() {
    let ring = |n: u32, k: u32| {
        let indices = Array2::from_shape_fn((n as usize, k as usize), |(i, j)| (i as u32 + j as u32 + 1) % n);
        graph(indices, Array2::from_elem((n as usize, k as usize), 0.5)).unwrap()
    };
    let given = Labels::new((0..30).map(|i| i % 2).collect(), 2).unwrap();
    let message = |detector: &dyn Judge<NeighborGraph>| {
        detector.judge(&ring(30, 5), &given, &Run::quiet()).unwrap_err().to_string()
    };
    assert_eq!(message(&Agreement::default()), "the neighbor graph has 5 neighbors per sample, the judge needs 50");
    assert_eq!(message(&SimiFeat::default()), "the neighbor graph has 5 neighbors per sample, the judge needs 10");
    assert!(Agreement::default().judge(&ring(30, 29), &given, &Run::quiet()).is_ok());
}

#[test]
fn copies_beyond_the_last_neighbor_are_one_group() {
    // Ten copies, two neighbors each, as exact search lists them: the lowest other numbers.
    let indices = Array2::from_shape_fn((10, 2), |(i, j)| if i <= j { j as u32 + 1 } else { j as u32 });
    let groups = Duplicates::default().groups(&graph(indices, Array2::zeros((10, 2))).unwrap()).unwrap();
    assert_eq!(groups.exact, [(0..10).collect::<Vec<u32>>()]);
    assert_eq!(groups.exact, groups.near);
}
