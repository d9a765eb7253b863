//! Is a model trained on a coreset as good as one trained on everything, and better than on as many random samples?
//!
//! `cargo run --release -p mislabel-experiments --example training -- ../shared/data`
//! prints a table for Markdown: accuracy ± its deviation over five seeds / log loss, against the true labels of a held-out
//! fifth, of a softmax regression (its L2 strength chosen on its own training samples) that was trained on everything
//! else under its given labels, or on weighted coresets of that, each drawn at once. Two more columns draw by the first
//! importance: merged and reduced from eight chunks (`tree`), and with half of the places for the most important samples
//! (`half certain`).

use std::path::Path;

use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
use mislabel_coreset::{MergeReduce, Samples, Sensitivity, log_losses};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions};
use mislabel_probe::{FeatureScaling, Folds, ProbabilityModel, Probe, SoftmaxRegression, TrainingSet};
use ndarray::{Array1, Array2, ArrayView2, Axis};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const SEEDS: u64 = 5;

const SIZES: [usize; 2] = [500, 2_000];

const CELLS: [(&str, &str); 4] = [
    ("fashion_pixels_5k", "true_labels"),
    ("fashion_pixels_5k", "given_symmetric_0.1_seed51"),
    ("banking77_minilm", "given_symmetric_0.1_seed51"),
    ("cifar10_efflite0_10k", "given_human_worse"),
];

/// Rows with the labels to train on, and rows with their true labels to test on.
struct Split {
    train: Array2<f32>,
    given: Labels,
    losses: Array1<f64>,
    test: Array2<f32>,
    truth: Labels,
}

fn main() -> Outcome {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "../shared/data".into());
    let names = Sensitivity::ALL.map(|sensitivity| sensitivity.name());
    println!("| data, labels to train on | samples | {} | tree | half certain |", names.join(" | "));
    println!("|---|---|---|---{}|", "|---".repeat(names.len()));
    for (name, labels) in CELLS {
        let split = Split::read(&Path::new(&folder).join(name), labels)?;
        let everything = split.tested(split.train.view(), &split.given, None)?;
        let rest = "| ".repeat(names.len());
        println!("| {name} {labels} | all {} | {} {rest}|", split.given.len(), shown(&[everything]));
        for size in SIZES {
            let at_once = MergeReduce { chunk: split.given.len(), size, ..MergeReduce::default() };
            let mut all = Sensitivity::ALL.map(|sensitivity| MergeReduce { sensitivity, ..at_once }).to_vec();
            all.push(MergeReduce { chunk: (split.given.len() / 8).max(size), ..at_once });
            all.push(MergeReduce { certain: 0.5, ..at_once });
            let cells = all.into_iter().map(|options| split.cell(options)).collect::<Outcome<Vec<String>>>()?;
            println!("| | {size} | {} |", cells.join(" | "));
        }
    }
    Ok(())
}

impl Split {
    fn read(folder: &Path, labels: &str) -> Outcome<Self> {
        let choice = ReadOptions::default();
        let file = EmbeddingFile::open(folder.join("embeddings.npy"), &choice)?;
        let rows = FeatureScaling::default().rows(&file)?;
        let given = LabelFile::read(folder.join(format!("{labels}.npy")), &choice)?;
        let truth = LabelFile::read(folder.join("true_labels.npy"), &choice)?;
        let columns = LabelFile::columns(&[&given, &truth], &Classes::Observed)?;
        let (given, truth) = (&columns[0].labels, &columns[1].labels);
        let folds = Folds::stratified(truth, 5, 0)?;
        let part = |places: &[u32], labels: &Labels| -> Outcome<(Array2<f32>, Labels)> {
            let places: Vec<usize> = places.iter().map(|place| *place as usize).collect();
            let values = places.iter().map(|place| labels.values()[*place]).collect();
            Ok((rows.select(Axis(0), &places), labels.with_values(values)?))
        };
        let (train, given) = part(&folds.training(0), given)?;
        let (test, truth) = part(&folds.held_out(0), truth)?;
        let probe: Probe = Probe { scaling: FeatureScaling::None, ..Probe::default() };
        let probabilities = probe.evidence(&Embeddings::new(train.view())?, &given, &Run::quiet())?;
        Ok(Self { losses: log_losses(&probabilities, &given, &Run::quiet())?, train, given, test, truth })
    }

    /// Over all seeds: a model of the coreset that `options` make.
    fn cell(&self, options: MergeReduce) -> Outcome<String> {
        let rows = Embeddings::new(self.train.view())?;
        let samples = Samples::new(&rows, &self.given)?.with_losses(self.losses.view())?;
        let of_seed = |seed| -> Outcome<(f64, f64)> {
            let tree = MergeReduce { seed, ..options }.build(&samples, None, &Run::quiet())?;
            let coreset = tree.coreset(options.size, &Run::quiet())?;
            self.tested(coreset.embeddings(), coreset.given(), coreset.weights().to_slice())
        };
        Ok(shown(&(0..SEEDS).map(of_seed).collect::<Outcome<Vec<_>>>()?))
    }

    /// Accuracy and mean log loss on the test rows of a model trained on the samples given.
    fn tested(&self, rows: ArrayView2<'_, f32>, given: &Labels, weights: Option<&[f64]>) -> Outcome<(f64, f64)> {
        let training = TrainingSet::new(rows, given, weights)?;
        let probabilities =
            SoftmaxRegression::default().model(&training, &Run::quiet())?.probabilities(self.test.view())?;
        let pairs = || probabilities.outer_iter().zip(self.truth.values());
        let n = self.truth.len() as f64;
        let right = pairs().filter(|(p, class)| p.iter().all(|other| *other <= p[**class as usize])).count();
        let loss: f64 = pairs().map(|(p, class)| -p[*class as usize].max(1e-15).ln()).sum();
        Ok((right as f64 / n, loss / n))
    }
}

/// Mean accuracy, its standard deviation over seeds, and mean log loss.
fn shown(results: &[(f64, f64)]) -> String {
    let accuracy: Array1<f64> = results.iter().map(|(accuracy, _)| *accuracy).collect();
    let loss = results.iter().map(|(_, loss)| loss).sum::<f64>() / results.len() as f64;
    let spread = if results.len() > 1 { format!(" ± {:.3}", accuracy.std(1.0)) } else { String::new() };
    format!("{:.3}{spread} / {loss:.2}", accuracy.sum() / results.len() as f64)
}
