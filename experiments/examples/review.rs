//! How many label errors are among the 100 most important samples that a tree in bounded memory lists?
//!
//! `cargo run --release -p mislabel-experiments --example review -- ../shared/data`
//! prints a table for Markdown: of the first 100, without a tree (everything is held) and from trees that hold a
//! twentieth after eight chunks, with a share of places kept for the most important (`certain`) or none; means over five seeds.

use std::path::Path;

use mislabel_core::{ClassEvidence, Embeddings, ErrorMask, Labels, Run};
use mislabel_coreset::{ImportantSamples, MergeReduce, Samples, Sensitivity, log_losses};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_probe::{FeatureScaling, Probe};
use ndarray::{Array1, Array2};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const SEEDS: u64 = 5;

const LISTED: usize = 100;

const CELLS: [(&str, &str); 3] = [
    ("fashion_pixels_5k", "asymmetric_0.2_seed51"),
    ("banking77_minilm", "symmetric_0.1_seed51"),
    ("cifar10_efflite0_10k", "human_worse"),
];

struct Dataset {
    rows: Array2<f32>,
    given: Labels,
    losses: Array1<f64>,
    errors: ErrorMask,
}

fn main() -> Outcome {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "../shared/data".into());
    println!("| data, given labels | importance | no tree | certain 0 | certain .25 | certain .5 | certain .9 |");
    println!("|---|---|---|---|---|---|---|");
    for (name, noise) in CELLS {
        let data = Dataset::read(&Path::new(&folder).join(name), noise)?;
        for sensitivity in &Sensitivity::ALL[..2] {
            let n = data.given.len();
            let mut found = vec![data.errors_listed(*sensitivity, n, n, 0.0)?];
            for certain in [0.0, 0.25, 0.5, 0.9] {
                found.push(data.errors_listed(*sensitivity, n / 8, n / 20, certain)?);
            }
            let cells: Vec<String> = found.iter().map(|found| format!("{found:.0}")).collect();
            println!("| {name} {noise} | {} | {} |", sensitivity.name(), cells.join(" | "));
        }
    }
    Ok(())
}

impl Dataset {
    fn read(folder: &Path, noise: &str) -> Outcome<Self> {
        let choice = ReadOptions::default();
        let rows = FeatureScaling::default().rows(&EmbeddingFile::open(folder.join("embeddings.npy"), &choice)?)?;
        let given = LabelFile::read(folder.join(format!("given_{noise}.npy")), &choice)?;
        let truth = LabelFile::read(folder.join("true_labels.npy"), &choice)?;
        let columns = LabelFile::columns(&[&given, &truth], &Classes::Observed)?;
        let given = columns[0].labels.clone();
        let errors = ErrorMask::between(&given, &columns[1].labels)?;
        let probe: Probe = Probe::default();
        let probabilities = probe.evidence(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
        Ok(Self { losses: log_losses(&probabilities, &given, &Run::quiet())?, rows, given, errors })
    }

    fn errors_listed(&self, sensitivity: Sensitivity, chunk: usize, size: usize, certain: f64) -> Outcome<f64> {
        let rows = Embeddings::new(self.rows.view())?;
        let samples = Samples::new(&rows, &self.given)?.with_losses(self.losses.view())?;
        let of_seed = |seed| -> Outcome<usize> {
            let tree = MergeReduce { sensitivity, chunk, size, certain, seed }.build(&samples, None, &Run::quiet())?;
            let listed = tree.important_samples(&ImportantSamples::default(), &Run::quiet())?;
            Ok(listed.iter().take(LISTED).filter(|sample| self.errors.as_slice()[sample.id as usize]).count())
        };
        let counts = (0..SEEDS).map(of_seed).collect::<Outcome<Vec<usize>>>()?;
        Ok(counts.iter().sum::<usize>() as f64 / SEEDS as f64)
    }
}
