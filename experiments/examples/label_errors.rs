//! Which importances find label errors? Measured on eight sets of given labels with known errors.
//!
//! `cargo run --release -p mislabel-experiments --example label_errors -- ../shared/data`
//! prints a table for Markdown, a row per dataset and kind of given labels: AUROC / average precision / F1 of the
//! detector's flags. The losses are those of the stock probe (five folds) and take most of the time.

use std::path::Path;

use mislabel_core::{
    ClassEvidence, Detector, EmbeddingSource, Embeddings, ErrorMask, Judge, LabelIssues, Labels, Pipeline, Run,
};
use mislabel_coreset::{CoresetDetector, CoresetEvidence, Sensitivity};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_metrics::Evaluation;
use mislabel_probe::Probe;
use ndarray::Array2;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const CELLS: [(&str, &str); 8] = [
    ("digits", "symmetric_0.1_seed51"),
    ("digits", "asymmetric_0.2_seed51"),
    ("fashion_pixels_5k", "symmetric_0.1_seed51"),
    ("fashion_pixels_5k", "asymmetric_0.2_seed51"),
    ("banking77_minilm", "symmetric_0.1_seed51"),
    ("banking77_minilm", "asymmetric_0.2_seed51"),
    ("cifar10_efflite0_10k", "human_worse"),
    ("cifar10_efflite0_10k", "human_aggregate"),
];

fn main() -> Outcome {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "../shared/data".into());
    let names = Sensitivity::ALL.map(|sensitivity| sensitivity.name());
    println!("| data, given labels | {} |", names.join(" | "));
    println!("|---{}|", "|---".repeat(names.len()));
    for (name, noise) in CELLS {
        let (rows, given, errors) = read(&Path::new(&folder).join(name), noise)?;
        let cell = |sensitivity: Sensitivity| -> Outcome<String> {
            let issues = issues(sensitivity, &Embeddings::new(rows.view())?, &given)?;
            let measures = Evaluation::new(&issues, &errors)?;
            let values = [measures.auroc, measures.average_precision, measures.f1];
            Ok(values.map(|value| value.value().map_or("–".into(), |value| format!("{value:.3}"))).join(" / "))
        };
        let cells = Sensitivity::ALL.into_iter().map(cell).collect::<Outcome<Vec<String>>>()?;
        println!("| {name} {noise} | {} |", cells.join(" | "));
    }
    Ok(())
}

fn issues(sensitivity: Sensitivity, rows: &dyn EmbeddingSource, given: &Labels) -> mislabel_core::Result<LabelIssues> {
    let run = Run::quiet();
    if sensitivity.needs_losses() {
        let probe: Probe = Probe::default();
        return CoresetDetector::default().judge(&probe.evidence(rows, given, &run)?, given, &run);
    }
    let detector = CoresetDetector { comparison: sensitivity.comparison(), ..CoresetDetector::default() };
    Pipeline::new(CoresetEvidence { importance: sensitivity }, detector).detect(rows, given, &run)
}

fn read(folder: &Path, noise: &str) -> Outcome<(Array2<f32>, Labels, ErrorMask)> {
    let choice = ReadOptions::default();
    let file = EmbeddingFile::open(folder.join("embeddings.npy"), &choice)?;
    let mut rows = Array2::zeros(file.shape());
    file.read_rows(0, rows.view_mut())?;
    let given = LabelFile::read(folder.join(format!("given_{noise}.npy")), &choice)?;
    let truth = LabelFile::read(folder.join("true_labels.npy"), &choice)?;
    let columns = LabelFile::columns(&[&given, &truth], &Classes::Observed)?;
    let errors = ErrorMask::between(&columns[0].labels, &columns[1].labels)?;
    Ok((rows, columns[0].labels.clone(), errors))
}
