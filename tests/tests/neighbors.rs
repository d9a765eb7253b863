//! The average precision of the neighbor methods is at least the published reference's, less .01.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{Embeddings, Judge, Run};
use mislabel_metrics::{Ranking, average_precision};
use mislabel_neighbors::{Agreement, ExactSearch, NeighborGraph, NeighborSearch, SimiFeat};
use mislabel_tests::Dataset;

const SLACK: f64 = 0.01;

/// The least average precision of SimiFeat where no reference is known.
const UNKNOWN: f64 = 0.5;

/// Each of `cells`: kind of given labels, and the least average precision of SimiFeat-rank and of kNN-50.
fn reaches(name: &str, cells: &[(&str, Option<f64>, f64)]) {
    let data = Dataset::open(name);
    let rows = data.rows();
    let graph = ExactSearch::default().neighbors(&Embeddings::new(rows.view()).unwrap(), 50, &Run::quiet()).unwrap();
    for (kind, simifeat, knn) in cells {
        let (given, errors) = data.given(kind);
        let reached = |judge: &dyn Judge<NeighborGraph>| {
            let issues = judge.judge(&graph, &given, &Run::quiet()).unwrap();
            average_precision(&Ranking::by_quality(issues.quality(), &errors).unwrap()).unwrap()
        };
        let (found, least) = (reached(&SimiFeat::default()), simifeat.unwrap_or(UNKNOWN));
        assert!(found >= least - SLACK, "SimiFeat on {name} {kind}: {found} {least}");
        let found = reached(&Agreement::default());
        assert!(found >= knn - SLACK, "kNN-50 on {name} {kind}: {found} {knn}");
    }
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn digits_reach_the_references() {
    reaches("digits", &[("symmetric_0.1_seed51", Some(0.934), 0.990), ("asymmetric_0.2_seed51", Some(0.875), 0.906)]);
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn fashion_reaches_the_references() {
    let cells = [("symmetric_0.1_seed51", Some(0.583), 0.812), ("asymmetric_0.2_seed51", None, 0.543)];
    reaches("fashion_pixels_5k", &cells);
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn banking_reaches_the_references() {
    let cells = [("symmetric_0.1_seed51", None, 0.945), ("asymmetric_0.2_seed51", None, 0.668)];
    reaches("banking77_minilm", &cells);
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn human_labels_reach_the_references() {
    reaches("cifar10_efflite0_10k", &[("human_worse", Some(0.824), 0.914), ("human_aggregate", None, 0.671)]);
}
