//! Ranks the real datasets by the soft linear reconstructor and by autoencoders.
//!
//! Prints a line per set, given labels and recipe: the mean average precision (AUPRC) of χ over noise and training seeds,
//! the least and the greatest, and CPU seconds per run (mean). Given labels are those in the files, then, for
//! synthetic noise, more of the same kind and rate, drawn from the true labels. Skips what `../shared/data` does not hold.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Parser;
use mislabel_benches::Stopwatch;
use mislabel_core::{ClassEvidence, Embeddings, ErrorMask, ErrorSummary, Judge, Labels, NoiseModel, Run};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_metrics::{Ranking, average_precision};
use mislabel_noise::{Asymmetric, Symmetric};
use mislabel_reconstruct::{Activation, Autoencoder, SoftLinear, TrainingLength};
use mislabel_rer::Rer;

type Outcome<T> = Result<T, Box<dyn Error>>;
type Method = Box<dyn ClassEvidence<Evidence = ErrorSummary>>;
/// A name, and the method of a training seed.
type Recipe = (&'static str, fn(u64) -> Method);

/// Average precision and CPU seconds of autoencoders on the real datasets.
#[derive(Parser)]
struct Arguments {
    /// Draws of synthetic noise, the file's included.
    #[arg(long, default_value_t = 3)]
    noise_seeds: u64,
    /// Training seeds.
    #[arg(long, default_value_t = 2)]
    seeds: u64,
    /// Only recipes whose name contains this.
    #[arg(long, default_value = "")]
    recipe: String,
    /// Only sets whose name contains this.
    #[arg(long, default_value = "")]
    set: String,
    /// Folder with a folder per set.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"))]
    data: PathBuf,
}

/// Sets and their given labels.
const ROWS: [(&str, &str); 8] = [
    ("digits", "symmetric_0.1_seed51"),
    ("digits", "asymmetric_0.2_seed51"),
    ("fashion_pixels_5k", "symmetric_0.1_seed51"),
    ("fashion_pixels_5k", "asymmetric_0.2_seed51"),
    ("banking77_minilm", "symmetric_0.1_seed51"),
    ("banking77_minilm", "asymmetric_0.2_seed51"),
    ("cifar10_efflite0_10k", "human_worse"),
    ("cifar10_efflite0_10k", "human_aggregate"),
];

/// What is compared.
const RECIPES: [Recipe; 4] = [
    ("soft linear", |_| Box::new(SoftLinear::default())),
    ("default", |seed| Box::new(Autoencoder { seed, ..Autoencoder::default() })),
    ("linear, one trim", |seed| {
        let length = TrainingLength::Steps(40);
        let (latent, latent_activation, trim) = (64, Activation::Identity, vec![1.03]);
        Box::new(Autoencoder { latent, latent_activation, trim, length, seed, ..Autoencoder::default() })
    }),
    ("paper", |seed| Box::new(Autoencoder { seed, ..Autoencoder::paper() })),
];

fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    println!("data, given labels | recipe | AUPRC mean | least | greatest | CPU s | runs");
    for (set, noise) in ROWS.into_iter().filter(|(set, noise)| format!("{set} {noise}").contains(&arguments.set)) {
        let folder = arguments.data.join(set);
        if !folder.is_dir() {
            println!("{set}: skipped, its folder is absent");
            continue;
        }
        let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default())?.to_array()?;
        let embeddings = Embeddings::new(rows.view())?;
        let draws = draws(&folder, noise, arguments.noise_seeds)?;
        for (name, method) in RECIPES.iter().filter(|(name, _)| name.contains(&arguments.recipe)) {
            let seeds = if *name == "soft linear" { 1 } else { arguments.seeds };
            println!("{set} {noise} | {name} | {}", summary(&embeddings, &draws, *method, seeds)?);
        }
    }
    Ok(())
}

/// The given labels of the file and further draws of the same kind, each with where they are wrong.
fn draws(folder: &Path, noise: &str, count: u64) -> Outcome<Vec<(Labels, ErrorMask)>> {
    let read = |name: &str| LabelFile::read(folder.join(format!("{name}.npy")), &ReadOptions::default());
    let columns = LabelFile::columns(&[&read(&format!("given_{noise}"))?, &read("true_labels")?], &Classes::Observed)?;
    let [given, truth] = [&columns[0].labels, &columns[1].labels];
    let mut draws = vec![(given.clone(), ErrorMask::between(given, truth)?)];
    let symmetric = Symmetric { rate: 0.1, ..Symmetric::default() };
    let asymmetric = Asymmetric { rate: 0.2, ..Asymmetric::default() };
    let model: &dyn NoiseModel = match noise.split('_').next() {
        Some("symmetric") => &symmetric,
        Some("asymmetric") => &asymmetric,
        _ => return Ok(draws),
    };
    for seed in 1..count {
        let noisy = model.corrupt(truth, seed)?;
        draws.push((noisy.given, noisy.errors));
    }
    Ok(draws)
}

/// Mean, least and greatest average precision, mean CPU seconds, number of runs.
fn summary(
    embeddings: &Embeddings<'_>,
    draws: &[(Labels, ErrorMask)],
    method: fn(u64) -> Method,
    seeds: u64,
) -> Outcome<String> {
    let (mut found, mut seconds) = (Vec::new(), 0.0);
    for (given, errors) in draws {
        for seed in 0..seeds {
            let watch = Stopwatch::start();
            let run = Run::quiet();
            let issues = Rer::default().judge(&method(seed).evidence(embeddings, given, &run)?, given, &run)?;
            seconds += watch.seconds().processor;
            found.push(average_precision(&Ranking::by_quality(issues.quality(), errors)?)?);
        }
    }
    let (runs, sum) = (found.len() as f64, found.iter().sum::<f64>());
    let (least, greatest) = (found.iter().copied().fold(1.0, f64::min), found.iter().copied().fold(0.0, f64::max));
    Ok(format!("{:.4} | {least:.4} | {greatest:.4} | {:.2} | {runs}", sum / runs, seconds / runs))
}
