//! Which importances find label errors? AUROC and average precision of each on eight sets of labels with known errors.
//!
//! `cargo run --release -p mislabel-coreset --example label_errors [FOLDER]`, FOLDER (default `../shared/data`) with
//! `NAME/{embeddings,true_labels,given_NOISE}.npy`. Prints a table for Markdown. The losses are those of cross-validated
//! logistic regression.

use std::path::{Path, PathBuf};
use std::time::Instant;

use mislabel_core::EvidenceDetector;
use mislabel_core::{ClassEvidence, EmbeddingSource, ErrorMask, Labels, Silent};
use mislabel_coreset::{ClassLeverage, Comparison, CoresetDetector, CoresetEvidence, ImportanceEvidence, Sensitivity};
use mislabel_io::{ArrayChoice, Classes, EmbeddingFile, LabelFile};
use mislabel_metrics::{Evaluation, Ranking, auroc, average_precision};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SETS: [(&str, &str); 8] = [
    ("digits", "symmetric_0.1_seed51"),
    ("digits", "asymmetric_0.2_seed51"),
    ("fashion_pixels_5k", "symmetric_0.1_seed51"),
    ("fashion_pixels_5k", "asymmetric_0.2_seed51"),
    ("banking77_minilm", "symmetric_0.1_seed51"),
    ("banking77_minilm", "asymmetric_0.2_seed51"),
    ("cifar10_efflite0_10k", "human_worse"),
    ("cifar10_efflite0_10k", "human_aggregate"),
];

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "../shared/data".into()));
    println!("| data, given labels | uniform | root leverage | Lewis weights | class leverage | loss |");
    println!("|---|---|---|---|---|---|");
    for (name, noise) in SETS {
        let (embeddings, given, errors) = read(&folder.join(name), noise)?;
        let mut cells = Vec::new();
        for importance in Sensitivity::ALL.into_iter().filter(|s| matches!(s, Sensitivity::Uniform)) {
            let start = Instant::now();
            let evidence = CoresetEvidence { importance }.evidence(&embeddings, &given, &Silent)?;
            cells.push(cell(&evidence, Comparison::Dataset, &given, &errors, start)?);
        }
        for ridge in [1.0, 10.0, 100.0, 1000.0, 1e4] {
            for comparison in [Comparison::GivenClass, Comparison::Dataset] {
                let start = Instant::now();
                let evidence = CoresetEvidence { importance: ClassLeverage { ridge, ..ClassLeverage::default() } }
                    .evidence(&embeddings, &given, &Silent)?;
                cells.push(cell(&evidence, comparison, &given, &errors, start)?);
            }
        }
        println!("| {name} {noise} | {} |", cells.join(" | "));
    }
    Ok(())
}

fn read(folder: &Path, noise: &str) -> Result<(impl EmbeddingSource + use<>, Labels, ErrorMask)> {
    let choice = ArrayChoice::default();
    let embeddings = EmbeddingFile::open(&folder.join("embeddings.npy"), &choice)?;
    let files = [format!("given_{noise}.npy"), "true_labels.npy".into()]
        .map(|name| LabelFile::read(&folder.join(name), &choice));
    let [given, truth] = files;
    let mut columns =
        LabelFile::columns(&[&given?, &truth?], &Classes::Observed)?.into_iter().map(|column| column.labels);
    let (Some(given), Some(truth)) = (columns.next(), columns.next()) else {
        return Err("two columns were read".into());
    };
    let errors = ErrorMask::between(&given, &truth)?;
    Ok((embeddings, given, errors))
}

fn cell(
    evidence: &ImportanceEvidence,
    comparison: Comparison,
    given: &Labels,
    errors: &ErrorMask,
    start: Instant,
) -> Result<String> {
    let seconds = start.elapsed().as_secs_f64();
    let issues = CoresetDetector { comparison, ..CoresetDetector::default() }.judge(evidence, given)?;
    let ranking = Ranking::by_quality(issues.quality(), errors)?;
    let f1 = Evaluation::of_flags(issues.quality(), issues.is_issue(), errors)?.f1.value().unwrap_or(f64::NAN);
    Ok(format!("{:.3}/{:.3}/{f1:.3}/{seconds:.1}", auroc(&ranking)?, average_precision(&ranking)?))
}
