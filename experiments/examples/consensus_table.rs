//! The consensus of `posterior`, `rer` and `knn` beside its members on the real datasets, over kinds and rates of noise.
//!
//! `cargo run --release -p mislabel-experiments --example consensus_table -- ../shared/data [SEEDS] [DATASET]`
//! prints a row per cell (dataset, kind and rate of noise; means over seeds): average precision of the members and the consensus,
//! how far that is from the best member, and F1 at the consensus's flags beside its best F1. Then means over cells by the sharpness of the weights, dataset by dataset.

use std::collections::BTreeMap;
use std::path::Path;

use mislabel_consensus::{Combination, MemberIssues};
use mislabel_core::{Embeddings, ErrorMask, LabelIssues, Labels, NoiseModel, Run};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_methods::{Dataset, detect};
use mislabel_metrics::Evaluation;
use mislabel_noise::{Asymmetric, InstanceDependent, Symmetric};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const DATASETS: [&str; 4] = ["digits", "fashion_pixels_5k", "banking77_minilm", "cifar10_efflite0_10k"];
const FILES: [&str; 4] = ["symmetric_0.1_seed51", "asymmetric_0.2_seed51", "human_worse", "human_aggregate"];
const RATES: [f64; 5] = [0.05, 0.1, 0.2, 0.3, 0.4];
const SHARPNESS: [f64; 6] = [0.0, 8.0, 16.0, 24.0, 32.0, 48.0];

/// Columns of a row: members, consensus by sharpness, F1, best F1, share flagged.
type Row = Vec<f64>;

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().unwrap_or_else(|| "../shared/data".into());
    let seeds: u64 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let only = arguments.next().unwrap_or_default();
    println!("data noise | posterior rer knn | consensus, less best member | F1 best_F1 flagged");
    let mut table = Vec::new();
    for name in DATASETS.into_iter().filter(|name| name.starts_with(&only)) {
        let folder = Path::new(&root).join(name);
        if folder.exists() {
            dataset(name, &folder, seeds, &mut table)?;
        } else {
            println!("{name} SKIPPED: no folder {}", folder.display());
        }
    }
    summary(&table);
    Ok(())
}

fn dataset(name: &'static str, folder: &Path, seeds: u64, table: &mut Vec<(&'static str, Row)>) -> Outcome {
    let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default())?.to_array()?;
    let embeddings = Embeddings::new(rows.view())?;
    let choice = ReadOptions::default();
    let truth = LabelFile::read(folder.join("true_labels.npy"), &choice)?.column(&Classes::Observed)?.labels;
    println!("{name} clean: {:.4} flagged", row(&embeddings, &truth, &truth)?[MEMBERS + SHARPNESS.len() + 2]);
    let mut cells: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for file in FILES {
        let path = folder.join(format!("given_{file}.npy"));
        if path.exists() {
            let given = LabelFile::read(path, &choice)?.column(&Classes::Count(truth.class_count()))?.labels;
            cells.entry(format!("file {file}")).or_default().push(row(&embeddings, &given, &truth)?);
        }
    }
    let synthetic = FILES.iter().take(2).any(|file| folder.join(format!("given_{file}.npy")).exists());
    for (rate, seed) in RATES.into_iter().flat_map(|rate| (0..seeds).map(move |seed| (rate, seed))) {
        if !synthetic {
            continue;
        }
        let symmetric = Symmetric { rate, ..Symmetric::default() };
        let asymmetric = Asymmetric { rate, ..Asymmetric::default() };
        let instance = InstanceDependent::new(&embeddings, rate);
        for (kind, noise) in
            [("symmetric", &symmetric as &dyn NoiseModel), ("asymmetric", &asymmetric), ("instance", &instance)]
        {
            let given = noise.corrupt(&truth, seed)?.given;
            cells.entry(format!("{kind} {rate}")).or_default().push(row(&embeddings, &given, &truth)?);
        }
    }
    for (cell, rows) in cells {
        let row = mean(&rows);
        print_row(name, &cell, &row);
        table.push((name, row));
    }
    Ok(())
}

const MEMBERS: usize = 3;

fn row(embeddings: &Embeddings<'_>, given: &Labels, truth: &Labels) -> Outcome<Row> {
    let mask = ErrorMask::between(given, truth)?;
    let report = detect("consensus", &Dataset::new(given).with_embeddings(embeddings)?, &Run::quiet())?;
    let (_, members) = report.consensus.ok_or("a consensus has members")?;
    let precision = |issues: &LabelIssues| -> Outcome<f64> {
        Ok(Evaluation::new(issues, &mask)?.average_precision.value().unwrap_or(0.0))
    };
    let mut row: Row = Vec::new();
    for member in &members {
        row.push(precision(&member.issues)?);
    }
    for sharpness in SHARPNESS {
        row.push(precision(&combined(&members, sharpness, given)?)?);
    }
    let issues = &report.issues;
    let evaluation = Evaluation::new(issues, &mask)?;
    row.extend([evaluation.f1.value().unwrap_or(0.0), evaluation.best_f1.value().unwrap_or(0.0)]);
    row.push(issues.flagged() as f64 / issues.len() as f64);
    Ok(row)
}

fn combined(members: &[MemberIssues], sharpness: f64, given: &Labels) -> Outcome<LabelIssues> {
    let combination = Combination { sharpness, ..Combination::default() };
    Ok(combination.combine(members, given)?.issues)
}

fn mean(rows: &[Row]) -> Row {
    (0..rows[0].len()).map(|column| rows.iter().map(|row| row[column]).sum::<f64>() / rows.len() as f64).collect()
}

/// How far below its best member a consensus may be without a word.
const WORTH_SAYING: f64 = 0.01;

/// The consensus with the default sharpness.
fn consensus(row: &Row) -> f64 {
    let default = Combination::default().sharpness;
    row[MEMBERS + SHARPNESS.iter().position(|sharpness| *sharpness == default).unwrap_or(0)]
}

fn best_member(row: &Row) -> f64 {
    row[..MEMBERS].iter().copied().fold(0.0, f64::max)
}

fn print_row(name: &str, cell: &str, row: &Row) {
    let members: Vec<String> = row[..MEMBERS].iter().map(|value| format!("{value:.4}")).collect();
    let rest = &row[MEMBERS + SHARPNESS.len()..];
    println!(
        "{name} {cell} | {} | {:.4} {:+.4} | {:.3} {:.3} {:.3}",
        members.join(" "),
        consensus(row),
        consensus(row) - best_member(row),
        rest[0],
        rest[1],
        rest[2]
    );
}

fn summary(table: &[(&'static str, Row)]) {
    for name in ["", "digits", "fashion_pixels_5k", "banking77_minilm", "cifar10_efflite0_10k"] {
        let of_name = table.iter().filter(|(of, _)| name.is_empty() || *of == name);
        let rows: Vec<Row> = of_name.map(|(_, row)| row.clone()).collect();
        if rows.is_empty() {
            continue;
        }
        let means = mean(&rows);
        let worst = rows.iter().map(|row| consensus(row) - best_member(row)).fold(f64::INFINITY, f64::min);
        let below = rows.iter().filter(|row| consensus(row) - best_member(row) < -WORTH_SAYING).count();
        let show = |values: &[f64]| values.iter().map(|value| format!("{value:.4}")).collect::<Vec<_>>().join(" ");
        println!(
            "{} ({} cells): members {}",
            if name.is_empty() { "all" } else { name },
            rows.len(),
            show(&means[..MEMBERS])
        );
        println!("  consensus by sharpness {SHARPNESS:?}: {}", show(&means[MEMBERS..MEMBERS + SHARPNESS.len()]));
        println!("  worst {worst:+.4}, {below} cells more than {WORTH_SAYING} below their best member");
        let tail = &means[MEMBERS + SHARPNESS.len()..];
        println!("  F1 {:.3} of {:.3}", tail[0], tail[1]);
    }
}
