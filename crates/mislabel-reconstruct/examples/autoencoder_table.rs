//! Ranks the visible sets by the soft linear reconstructor and by autoencoders; prints a line per set, method and seed with
//! average precision (AUPRC) of χ and CPU seconds. `cargo run --release -p mislabel-reconstruct --example autoencoder_table`
//!
//! With an argument, its value is the number of seeds (default 3). Skips what `../shared/data` does not hold.

use std::path::Path;

use mislabel_core::{ClassEvidence, Embeddings, ErrorMask, ErrorSummary, EvidenceDetector, Labels, Silent};
use mislabel_io::{ArrayChoice, Classes, EmbeddingFile, LabelFile};
use mislabel_metrics::{Ranking, average_precision};
use mislabel_reconstruct::{Activation, Autoencoder, SoftLinear};
use mislabel_rer::Rer;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

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

fn main() -> Outcome<()> {
    let seeds = std::env::args().nth(1).map_or(Ok(3), |text| text.parse::<u64>())?;
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    for (set, noise) in ROWS {
        let folder = data.join(set);
        if !folder.exists() {
            println!("{set}: skipped, ../shared/data/{set} is absent");
            continue;
        }
        let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &ArrayChoice::default())?.to_array()?;
        let rows = Embeddings::new(rows.view())?;
        let given = labels(&folder, &format!("given_{noise}"))?;
        let errors = ErrorMask::new(differ(&given, &labels(&folder, "true_labels")?))?;
        let report = |name: &str, method: &dyn ClassEvidence<Evidence = ErrorSummary>| -> Outcome<()> {
            let before = cpu_seconds()?;
            let issues = Rer::default().judge(&method.evidence(&rows, &given, &Silent)?, &given)?;
            let seconds = cpu_seconds()? - before;
            let auprc = average_precision(&Ranking::by_quality(issues.quality(), &errors)?)?;
            println!("{set} {noise} | {name} | {auprc:.4} | {seconds:.2}");
            Ok(())
        };
        report("soft linear", &SoftLinear::default())?;
        for seed in 0..seeds {
            report("default", &Autoencoder { seed, ..Autoencoder::default() })?;
            let relu = Autoencoder { latent_activation: Activation::Relu, tied: false, seed, ..Autoencoder::default() };
            report("d-64 relu-d, untied", &relu)?;
        }
        report("paper", &Autoencoder::paper())?;
    }
    Ok(())
}

fn labels(folder: &Path, name: &str) -> Outcome<Labels> {
    let file = LabelFile::read(folder.join(format!("{name}.npy")), &ArrayChoice::default())?;
    Ok(file.column(&Classes::Observed)?.labels)
}

fn differ(given: &Labels, truth: &Labels) -> Vec<bool> {
    given.values().iter().zip(truth.values()).map(|(given, truth)| given != truth).collect()
}

/// CPU seconds of this process so far, from `/proc` (Linux, 100 ticks a second).
fn cpu_seconds() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    Ok((fields[11].parse::<f64>()? + fields[12].parse::<f64>()?) / 100.0)
}
