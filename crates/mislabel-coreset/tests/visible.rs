//! The figures of the crate's table that take no probabilities: class leverage finds label errors as well as published,
//! and measures that are blind to labels find none.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use std::path::{Path, PathBuf};

use mislabel_core::{Detector, Embeddings, ErrorMask, Labels, Pipeline, Run};
use mislabel_coreset::{ClassLeverage, CoresetDetector, CoresetEvidence, RootLeverage, Sensitivity};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_metrics::{Ranking, auroc, average_precision};

/// The table has three digits.
const ROUNDING: f64 = 0.001;

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

/// Each of `cells`: kind of given labels, AUROC and average precision of class leverage.
fn reaches(name: &str, cells: &[(&str, f64, f64)]) {
    let Some(folder) = folder(name) else { return };
    let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default()).unwrap().to_array().unwrap();
    let rows = Embeddings::new(rows.view()).unwrap();
    let truth = labels(&folder, "true_labels");
    for (kind, area, precision) in cells {
        let given = labels(&folder, &format!("given_{kind}"));
        let errors = ErrorMask::between(&given, &truth).unwrap();
        let ranking = |importance: Sensitivity| {
            let detector = CoresetDetector { comparison: importance.comparison(), ..CoresetDetector::default() };
            let issues =
                Pipeline::new(CoresetEvidence { importance }, detector).detect(&rows, &given, &Run::quiet()).unwrap();
            Ranking::by_quality(issues.quality(), &errors).unwrap()
        };
        let leverage = ranking(Sensitivity::ClassLeverage(ClassLeverage::default()));
        let found = (auroc(&leverage).unwrap(), average_precision(&leverage).unwrap());
        assert!((found.0 - area).abs() < ROUNDING, "{name} {kind}: AUROC {}", found.0);
        assert!((found.1 - precision).abs() < ROUNDING, "{name} {kind}: average precision {}", found.1);
        let blind = auroc(&ranking(Sensitivity::RootLeverage(RootLeverage::default()))).unwrap();
        assert!((blind - 0.5).abs() < 0.06, "{name} {kind}: root leverage has AUROC {blind}");
    }
}

#[test]
fn digits_are_as_published() {
    reaches("digits", &[("symmetric_0.1_seed51", 0.951, 0.742), ("asymmetric_0.2_seed51", 0.920, 0.718)]);
}

#[test]
fn fashion_is_as_published() {
    reaches("fashion_pixels_5k", &[("symmetric_0.1_seed51", 0.879, 0.638), ("asymmetric_0.2_seed51", 0.841, 0.599)]);
}

#[test]
fn banking_is_as_published() {
    reaches("banking77_minilm", &[("symmetric_0.1_seed51", 0.986, 0.895), ("asymmetric_0.2_seed51", 0.914, 0.719)]);
}
