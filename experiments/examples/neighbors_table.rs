//! Every neighbor method on the real datasets: AUROC, average precision, F1 of the flags, best F1, seconds.
//!
//! `cargo run --release -p mislabel-experiments --example neighbors_table -- ../shared/data`
//! prints one row per dataset, kind of given labels and method.

use std::path::Path;
use std::time::Instant;

use mislabel_core::{EmbeddingSource, Embeddings, ErrorMask, Judge, Labels, Run};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_metrics::Evaluation;
use mislabel_neighbors::{
    Agreement, Distance, Duplicates, ExactSearch, Hoc, KnnShapley, NeighborGraph, NeighborSearch, Rarity,
    RelationGraph, SelfClean, SimiFeat, SimiFeatRule, Wann, Weighting,
};

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

fn detectors() -> Vec<(&'static str, Box<dyn Judge<NeighborGraph>>)> {
    let vote = SimiFeat { rule: SimiFeatRule::Vote, ..SimiFeat::default() };
    let uniform = Agreement { weighting: Weighting::Uniform, ..Agreement::default() };
    vec![
        ("simifeat-rank", Box::new(SimiFeat::default())),
        ("simifeat-vote", Box::new(vote)),
        ("knn-50", Box::new(Agreement::default())),
        ("knn-50 uniform", Box::new(uniform)),
        ("selfclean", Box::new(SelfClean)),
        ("wann", Box::new(Wann::default())),
        ("relation", Box::new(RelationGraph::default())),
        ("shapley", Box::new(KnnShapley::default())),
        ("rarity", Box::new(Rarity::default())),
        ("duplicates", Box::new(Duplicates::default())),
    ]
}

fn main() -> Outcome {
    let root = std::env::args().nth(1).unwrap_or_else(|| "../shared/data".into());
    println!("dataset given method auroc auprc f1 best_f1 seconds");
    CELLS.iter().try_for_each(|(name, given)| table(&Path::new(&root).join(name), name, given))
}

fn labels(folder: &Path, name: &str, classes: usize) -> Outcome<Labels> {
    let file = LabelFile::read(folder.join(format!("{name}.npy")), &ReadOptions::default())?;
    Ok(file.column(&Classes::Count(classes))?.labels)
}

fn table(folder: &Path, name: &str, kind: &str) -> Outcome {
    if !folder.exists() {
        println!("{name} {kind} SKIPPED: no folder {}", folder.display());
        return Ok(());
    }
    let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default())?.to_array()?;
    let embeddings = Embeddings::new(rows.view())?;
    let classes = std::fs::read_to_string(folder.join("class_names.txt"))?.lines().count();
    let (given, truth) = (labels(folder, &format!("given_{kind}"), classes)?, labels(folder, "true_labels", classes)?);
    let errors = ErrorMask::between(&given, &truth)?;
    let ((n, d), start) = (embeddings.shape(), Instant::now());
    let graph = ExactSearch { distance: Distance::Cosine }.neighbors(&embeddings, 51, &Run::quiet())?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{name} {kind} graph {seconds:.2} s, {:.0} GFLOP/s", 2e-9 * (n * n * d) as f64 / seconds);
    let (start, fit) = (Instant::now(), Hoc::default().fit(&graph, &given, &Run::quiet())?);
    let (rate, seconds) = (fit.noise_rate(), start.elapsed().as_secs_f64());
    println!("{name} {kind} hoc {seconds:.2} s, {} steps, noise rate {rate:.3} (true {:.3})", fit.steps, errors.rate());
    for (method, detector) in detectors() {
        let start = Instant::now();
        let evaluation = Evaluation::new(&detector.judge(&graph, &given, &Run::quiet())?, &errors)?;
        let (seconds, e) = (start.elapsed().as_secs_f64(), &evaluation);
        let values = [&e.auroc, &e.average_precision, &e.f1, &e.best_f1].map(|m| m.value().unwrap_or(0.0));
        let [auroc, auprc, f1, best] = values;
        println!("{name} {kind} {method} {auroc:.3} {auprc:.3} {f1:.3} {best:.3} {seconds:.2}");
    }
    Ok(())
}
