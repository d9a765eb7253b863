//! Confident learning by two of its scores on cross-validated and on in-sample probabilities: AUROC, average precision, F1 at its flags, best F1,
//! seconds, beside the average precision of the published code.
//!
//! `cargo run --release -p mislabel-experiments --example ranking -- ../shared/data`
//! prints a row per dataset, kind of given labels and configuration.

use std::path::Path;
use std::time::Instant;

use mislabel_confident::{ConfidentLearning, Pruned, Score};
use mislabel_core::{ClassEvidence, Embeddings, ErrorMask, Judge, Labels, Run};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_metrics::Evaluation;
use mislabel_probe::{Probe, Sampling};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Dataset, given labels, and the average precision of confident learning by the published code.
const CELLS: [(&str, &str, f64); 8] = [
    ("digits", "symmetric_0.1_seed51", 0.960),
    ("digits", "asymmetric_0.2_seed51", 0.866),
    ("fashion_pixels_5k", "symmetric_0.1_seed51", 0.835),
    ("fashion_pixels_5k", "asymmetric_0.2_seed51", 0.761),
    ("banking77_minilm", "symmetric_0.1_seed51", 0.989),
    ("banking77_minilm", "asymmetric_0.2_seed51", 0.978),
    ("cifar10_efflite0_10k", "human_worse", 0.886),
    ("cifar10_efflite0_10k", "human_aggregate", 0.723),
];

/// Name, sampling, and rounds of pruning.
const SAMPLINGS: [(&str, Sampling, usize); 4] = [
    ("5 folds, pruned once", Sampling::OutOfSample { folds: 5 }, 1),
    ("5 folds", Sampling::OutOfSample { folds: 5 }, 0),
    ("5 folds, pruned twice (the command's default)", Sampling::OutOfSample { folds: 5 }, 2),
    ("in-sample", Sampling::InSample, 0),
];

const SCORES: [(&str, Score); 2] =
    [("self-confidence (default)", Score::SelfConfidence), ("normalized margin", Score::NormalizedMargin)];

fn main() -> Outcome {
    let root = std::env::args().nth(1).unwrap_or_else(|| "../shared/data".into());
    println!("dataset | given | configuration | AUROC | AUPRC | less published | F1 | best F1 | seconds");
    CELLS.iter().try_for_each(|(name, given, published)| rows(&Path::new(&root).join(name), name, given, *published))
}

fn labels(folder: &Path, name: &str, classes: usize) -> Outcome<Labels> {
    let file = LabelFile::read(folder.join(format!("{name}.npy")), &ReadOptions::default())?;
    Ok(file.column(&Classes::Count(classes))?.labels)
}

fn rows(folder: &Path, name: &str, kind: &str, published: f64) -> Outcome {
    if !folder.exists() {
        println!("{name} | {kind} | skipped: no folder {}", folder.display());
        return Ok(());
    }
    let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default())?.to_array()?;
    let embeddings = Embeddings::new(rows.view())?;
    let classes = std::fs::read_to_string(folder.join("class_names.txt"))?.lines().count();
    let (given, truth) = (labels(folder, &format!("given_{kind}"), classes)?, labels(folder, "true_labels", classes)?);
    let errors = ErrorMask::between(&given, &truth)?;
    for (sampling_name, sampling, rounds) in SAMPLINGS {
        let start = Instant::now();
        let probe = Pruned { rounds, ..Pruned::of(Probe { sampling, ..Probe::default() }) };
        let probabilities = probe.evidence(&embeddings, &given, &Run::quiet())?;
        let seconds = start.elapsed().as_secs_f64();
        for (score_name, score) in SCORES {
            let judge = ConfidentLearning { score, ..ConfidentLearning::default() };
            let evaluation = Evaluation::new(&judge.judge(&probabilities, &given, &Run::quiet())?, &errors)?;
            let e = &evaluation;
            let values = [&e.auroc, &e.average_precision, &e.f1, &e.best_f1].map(|m| m.value().unwrap_or(0.0));
            let ([auroc, auprc, f1, best], gain) = (values, values[1] - published);
            println!(
                "{name} | {kind} | {sampling_name}, {score_name} | {auroc:.3} | {auprc:.3} | {gain:+.3} | {f1:.3} | \
                 {best:.3} | {seconds:.2}"
            );
        }
    }
    Ok(())
}
