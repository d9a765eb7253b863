//! `mislabel generate`: synthetic embeddings of any size, with true and given labels.

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use mislabel::core::{EmbeddingSource, Labels, NoiseModel as _, NoisyLabels, Run};
use mislabel::datasets::{ClusteredEmbeddings, Clusters, SimulatedPredictions};
use mislabel::io::{FloatFormat, LabelValues, write_embeddings};
use mislabel::noise::{Asymmetric, InstanceDependent, Symmetric};

use crate::failure::{Failure, Result, one_line};
use crate::inputs::files::same_file;
use crate::output::label_output::write_labels;
use crate::output::output_file::check_output;
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;
use crate::value_parsers::{class_count, count, not_negative, sample_count, seed, share};

const EXAMPLES: &str = "\
Examples:
  mislabel generate --samples 10000 --features 64 --classes 10 --out embeddings.npy \\
      --labels given.npy --true-labels true.npy
  mislabel generate --samples 1281167 --features 768 --classes 1000 --imbalance 1.8 --noise asymmetric \\
      --noise-rate 0.05 --out imagenet.safetensors --labels given.npy --true-labels true.npy

A sample is its class's center, plus a spread in a subspace of the class's own, plus standard normal noise in every
feature. Rows are written as they are made: any number of them takes little memory. Same options, same bytes, whatever
the number of threads.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Generate {
    /// Samples n
    #[arg(long, value_name = "N", value_parser = sample_count, allow_negative_numbers = true)]
    samples: usize,
    /// Features d
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    features: usize,
    /// Classes k
    #[arg(long, value_name = "N", value_parser = class_count, allow_negative_numbers = true)]
    classes: usize,
    /// Classes in a group of similar ones
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = count, allow_negative_numbers = true)]
    group: usize,
    /// Distance of two class centers of a group, in standard deviations of the noise; twice that between groups
    #[arg(long, value_name = "S", default_value_t = 5.0, value_parser = not_negative, allow_negative_numbers = true)]
    separation: f64,
    /// Dimension of the subspace that a class spreads in [default: 8, or the features if they are fewer]
    #[arg(long = "spread-directions", alias = "components", value_name = "N", value_parser = crate::value_parsers::components, allow_negative_numbers = true)]
    components: Option<usize>,
    /// Standard deviation along its first direction
    #[arg(long, value_name = "S", default_value_t = 4.0, value_parser = not_negative, allow_negative_numbers = true)]
    stretch: f64,
    /// How many times as many samples the first class has as the last
    #[arg(long, value_name = "R", default_value_t = 1.0, value_parser = not_negative, allow_negative_numbers = true)]
    imbalance: f64,
    /// The model of label noise
    #[arg(long, value_name = "NAME", default_value = "symmetric")]
    noise: Noise,
    /// Share of the given labels that are wrong
    #[arg(long, value_name = "R", default_value_t = 0.1, value_parser = share, allow_negative_numbers = true)]
    noise_rate: f64,
    /// How numbers are stored
    #[arg(long, value_name = "TYPE", default_value = "f16")]
    stored: Stored,
    /// Seed; same seed, same bytes
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    threads: Threads,
    /// Where to write the embeddings: .npy, .safetensors or .parquet
    #[arg(long, alias = "output", value_name = "FILE")]
    out: PathBuf,
    /// Where to write the given labels: .npy of integers, or .txt with one label a line
    #[arg(long, value_name = "FILE")]
    labels: PathBuf,
    /// Where to write the true labels: .npy or .txt
    #[arg(long, value_name = "FILE")]
    true_labels: PathBuf,
    /// Where to write predicted probabilities as f32, of a classifier that knows the true labels to some extent
    #[arg(long, value_name = "FILE")]
    pred_probs: Option<PathBuf>,
    /// By how much the classifier's logit of the true class exceeds those of others, beside normal noise
    #[arg(long, value_name = "M", default_value_t = 8.0, value_parser = not_negative, requires = "pred_probs", allow_negative_numbers = true)]
    margin: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Noise {
    /// Every other class is equally likely
    Symmetric,
    /// Class i becomes class i + 1, mostly of the same group
    Asymmetric,
    /// Samples near another class become it: O(n·d·k)
    Instance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stored {
    /// 16 bits
    F16,
    /// 32 bits
    F32,
}

const EMBEDDINGS: &[&str] = &["npy", "safetensors", "parquet", "pq"];
const LABELS: &[&str] = &["npy", "txt"];

impl Generate {
    pub(crate) fn run(&self) -> Result<()> {
        self.check_outputs()?;
        let embeddings = self.recipe().sampled()?;
        let progress = progress(false);
        let run = Run::quiet().with_progress(&*progress);
        let noisy = self.threads.run(|| self.written(&embeddings, &run))?;
        drop(progress);
        let (n, d) = embeddings.shape();
        let mut out = stdout().lock();
        writeln!(out, "{n} samples, {d} features, {} classes", embeddings.truth().class_count())?;
        writeln!(out, "{n} labels, {} of them wrong ({:.4})", noisy.errors.error_count(), noisy.errors.rate())?;
        for path in self.outputs() {
            writeln!(out, "Written to {}", one_line(&path.display().to_string()))?;
        }
        Ok(())
    }

    fn recipe(&self) -> Clusters {
        Clusters {
            samples: self.samples,
            features: self.features,
            classes: self.classes,
            group: self.group,
            separation: self.separation,
            components: self.components.unwrap_or_else(|| self.features.min(8)),
            stretch: self.stretch,
            imbalance: self.imbalance,
            seed: self.seed,
        }
    }

    fn outputs(&self) -> impl Iterator<Item = &Path> {
        let paths = [&self.out, &self.labels, &self.true_labels].into_iter().chain(&self.pred_probs);
        paths.map(PathBuf::as_path)
    }

    /// Refuses outputs that could not be written, and two that are one file.
    fn check_outputs(&self) -> Result<()> {
        let paths: Vec<&Path> = self.outputs().collect();
        for (i, path) in paths.iter().enumerate() {
            check_output(path, if (1..3).contains(&i) { LABELS } else { EMBEDDINGS }, &[])?;
            if paths[..i].iter().any(|other| same_file(path, other)) {
                return Err(Failure::Output { path: path.into(), reason: "is named for two outputs".into() });
            }
        }
        Ok(())
    }

    /// Makes the given labels and writes everything, the labels last: they take no time.
    fn written(&self, embeddings: &ClusteredEmbeddings, run: &Run<'_>) -> Result<NoisyLabels> {
        let truth = embeddings.truth();
        let noisy = self.noisy(embeddings)?;
        if let Some(path) = &self.pred_probs {
            let predictions = SimulatedPredictions::new(truth, self.group, self.margin, self.seed)?;
            write_embeddings(path, &predictions, FloatFormat::Single, run)?;
        }
        let stored = if self.stored == Stored::F16 { FloatFormat::Half } else { FloatFormat::Single };
        write_embeddings(&self.out, embeddings, stored, run)?;
        write_labels(&self.true_labels, &integers(truth))?;
        write_labels(&self.labels, &integers(&noisy.given))?;
        Ok(noisy)
    }

    fn noisy(&self, embeddings: &ClusteredEmbeddings) -> Result<NoisyLabels> {
        let (truth, rate, seed) = (embeddings.truth(), self.noise_rate, self.seed);
        Ok(match self.noise {
            Noise::Symmetric => Symmetric { rate, ..Symmetric::default() }.corrupt(truth, seed)?,
            Noise::Asymmetric => Asymmetric { rate, ..Asymmetric::default() }.corrupt(truth, seed)?,
            Noise::Instance => InstanceDependent::new(embeddings, rate).corrupt(truth, seed)?,
        })
    }
}

fn integers(labels: &Labels) -> LabelValues {
    LabelValues::Integers(labels.values().iter().map(|&label| i64::from(label)).collect())
}
