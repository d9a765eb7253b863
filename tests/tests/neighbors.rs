//! Average precision on the visible datasets is at least the published reference's, less .01.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use std::path::{Path, PathBuf};

use mislabel_core::{Embeddings, ErrorMask, Judge, Labels, Run};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_metrics::{Ranking, average_precision};
use mislabel_neighbors::{Agreement, ExactSearch, NeighborGraph, NeighborSearch, SimiFeat};

const SLACK: f64 = 0.01;

fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if !folder.exists() {
        eprintln!("SKIPPED: no data in {}", folder.display());
        return None;
    }
    Some(folder)
}

fn labels(folder: &Path, name: &str) -> Labels {
    let file = LabelFile::read(folder.join(format!("{name}.npy")), &ReadOptions::default()).unwrap();
    let classes = std::fs::read_to_string(folder.join("class_names.txt")).unwrap().lines().count();
    file.column(&Classes::Count(classes)).unwrap().labels
}

/// Each of `cells`: kind of given labels, and the least average precision of SimiFeat-rank and of kNN-50.
fn reaches(name: &str, cells: &[(&str, Option<f64>, f64)]) {
    let Some(folder) = folder(name) else { return };
    let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default()).unwrap().to_array().unwrap();
    let graph = ExactSearch::default().neighbors(&Embeddings::new(rows.view()).unwrap(), 50, &Run::quiet()).unwrap();
    let truth = labels(&folder, "true_labels");
    for (kind, simifeat, knn) in cells {
        let given = labels(&folder, &format!("given_{kind}"));
        let errors = ErrorMask::between(&given, &truth).unwrap();
        let reached = |detector: &dyn Judge<NeighborGraph>| {
            let issues = detector.judge(&graph, &given, &Run::quiet()).unwrap();
            average_precision(&Ranking::by_quality(issues.quality(), &errors).unwrap()).unwrap()
        };
        let (found, least) = (reached(&SimiFeat::default()), simifeat.unwrap_or(0.5));
        assert!(found >= least - SLACK, "SimiFeat on {name} {kind}: {found} {least}");
        let found = reached(&Agreement::default());
        assert!(found >= knn - SLACK, "kNN-50 on {name} {kind}: {found} {knn}");
    }
}

#[test]
fn digits_reach_the_references() {
    reaches("digits", &[("symmetric_0.1_seed51", Some(0.934), 0.990), ("asymmetric_0.2_seed51", Some(0.875), 0.906)]);
}

#[test]
fn fashion_reaches_the_references() {
    let cells = [("symmetric_0.1_seed51", Some(0.583), 0.812), ("asymmetric_0.2_seed51", None, 0.543)];
    reaches("fashion_pixels_5k", &cells);
}

#[test]
fn banking_reaches_the_references() {
    let cells = [("symmetric_0.1_seed51", None, 0.945), ("asymmetric_0.2_seed51", None, 0.668)];
    reaches("banking77_minilm", &cells);
}

#[test]
fn human_labels_reach_the_references() {
    reaches("cifar10_efflite0_10k", &[("human_worse", Some(0.824), 0.914), ("human_aggregate", None, 0.671)]);
}
