//! Times cross-validated probabilities; `benches/peers/probe.py` makes the files, runs this and scikit-learn beside it.
//!
//! `cargo run --release -p mislabel-experiments --example cross_validation -- embeddings.npy given.npy folds.npy LAMBDA OUT.npy`
//! prints wall and CPU seconds of five runs and the objective of the fit of every fold, and writes the probabilities.

use std::time::Instant;

use mislabel_core::{Embeddings, Labels, ProbabilityMatrix, Run};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions, write_npy};
use mislabel_probe::{FeatureScaling, Folds, Probe, SoftmaxRegression, TrainingSet};
use ndarray::{ArrayView2, Axis};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const RUNS: usize = 5;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [embeddings, given, folds, l2, out] = arguments.as_slice() else {
        return Err("arguments: embeddings.npy given.npy folds.npy LAMBDA OUT.npy".into());
    };
    let rows = EmbeddingFile::open(embeddings, &ReadOptions::default())?.to_array()?;
    let (given, folds) = (labels(given)?, Folds::from_assignment(labels(folds)?.values().to_vec())?);
    let regression = SoftmaxRegression { l2: Some(l2.parse()?), ..SoftmaxRegression::default() };
    let probe = Probe { scaling: FeatureScaling::None, ..Probe::of(regression) };
    let mut probabilities = None;
    for _ in 0..RUNS {
        let (start, cpu) = (Instant::now(), cpu_seconds());
        probabilities = Some(probe.evidence_in_folds(&Embeddings::new(rows.view())?, &given, &folds, &Run::quiet())?);
        println!("time {:.3} {:.2}", start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    }
    for fold in 0..folds.folds() {
        let (objective, iterations) = objective(&regression, rows.view(), &given, &folds.training(fold))?;
        println!("objective {objective:.9} {iterations}");
    }
    if let Some(probabilities) = probabilities.map(ProbabilityMatrix::into_array) {
        write_npy(out, probabilities.view())?;
    }
    Ok(())
}

fn labels(path: &str) -> Outcome<Labels> {
    Ok(LabelFile::read(path, &ReadOptions::default())?.column(&Classes::Observed)?.labels)
}

/// The objective, a mean over the training samples numbered `rows`, and the steps to it.
fn objective(
    regression: &SoftmaxRegression,
    all: ArrayView2<'_, f32>,
    given: &Labels,
    rows: &[u32],
) -> Outcome<(f64, usize)> {
    let numbers: Vec<usize> = rows.iter().map(|row| *row as usize).collect();
    let given = given.with_values(numbers.iter().map(|row| given.values()[*row]).collect())?;
    let rows = all.select(Axis(0), &numbers);
    let model = regression.model(&TrainingSet::new(rows.view(), &given, None)?, &Run::quiet())?;
    Ok((model.objective(), model.iterations()))
}

/// Seconds that all threads together have run so far, in hundredths; 0 where there is no `/proc`.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
