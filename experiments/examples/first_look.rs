//! What the first look without a model is worth: average precision of label errors that are put into labels taken for right.
//!
//! `cargo run --release -p mislabel-experiments --example first_look -- SET...`
//! prints, for every set, samples, classes, pictures or texts a second on all cores, and the mean average precision of `rer` over
//! five draws of symmetric noise of 0.1 with its standard deviation, and that of `posterior` on the first draw. A set is a folder
//! of pictures with a folder for every class, or a table with the columns text and label; `scripts/first-look-sets` writes those
//! of docs/embeddings.md. For embeddings of networks beside them a set may be a folder with embeddings.npy and true_labels.npy.
//! Environment: SAMPLES takes that many samples of a set, evenly spread.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use mislabel_core::{EmbeddingMatrix, EmbeddingSource, ErrorMask, Labels, NoiseModel, Run};
use mislabel_embed::{
    EmbedOptions, Embedder, FirstLookAtPictures, FirstLookAtTexts, ImageFolder, SampleTable, Source, Storage, embed,
};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, ReadOptions, SampleKind};
use mislabel_methods::{Dataset, from_toml};
use mislabel_metrics::Evaluation;
use mislabel_noise::Symmetric;
use ndarray::{Array2, Axis};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const RATE: f64 = 0.1;
const SEEDS: std::ops::Range<u64> = 51..56;

fn main() -> Outcome {
    println!("set | samples | classes | numbers | a second | rer | deviation | posterior, one draw");
    std::env::args().skip(1).map(PathBuf::from).try_for_each(|path| row(&path))
}

fn row(path: &Path) -> Outcome {
    let (rows, truth, rate) = match path.join("embeddings.npy").is_file() {
        true => of_arrays(path)?,
        false => first_look(path)?,
    };
    let (rows, truth) = taken(rows, &truth)?;
    let precisions: Vec<f64> =
        SEEDS.map(|seed| average_precision("rer", &rows, &truth, seed)).collect::<Outcome<_>>()?;
    let draws = precisions.len() as f64;
    let mean = precisions.iter().sum::<f64>() / draws;
    let variance = precisions.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (draws - 1.0);
    let posterior = average_precision("posterior", &rows, &truth, SEEDS.start)?;
    let (name, (n, d)) = (path.display(), rows.shape());
    let classes = truth.class_count();
    println!("{name} | {n} | {classes} | {d} | {rate} | {mean:.3} | {:.3} | {posterior:.3}", variance.sqrt());
    Ok(())
}

/// First looks at the pictures or texts at `path`, their labels, and how many were looked at in a second.
fn first_look(path: &Path) -> Outcome<(Array2<f32>, Labels, String)> {
    let (source, embedder): (Box<dyn Source>, Box<dyn Embedder>) = match path.is_dir() {
        true => (Box::new(ImageFolder::open(path, None)?), Box::new(FirstLookAtPictures)),
        false => {
            let table =
                SampleTable::open(path, SampleKind::Text, Some("text"), Some("label"), &ReadOptions::default())?;
            (Box::new(table), Box::new(FirstLookAtTexts))
        }
    };
    let start = Instant::now();
    let storage = Storage::Temporary(std::env::temp_dir());
    let embedded = embed(&*source, &*embedder, &storage, &EmbedOptions::default(), &Run::quiet())?;
    let rate = format!("{:.0}", embedded.computed() as f64 / start.elapsed().as_secs_f64());
    let mut rows = Array2::zeros(embedded.shape());
    embedded.read_rows(0, rows.view_mut())?;
    let label = |row: usize| embedded.samples()[row].label.clone().unwrap_or_default();
    let names: BTreeSet<String> = (0..rows.nrows()).map(label).collect();
    let names: Vec<String> = names.into_iter().collect();
    let class = |row: usize| names.binary_search(&label(row)).map(|class| class as u32);
    let classes =
        (0..rows.nrows()).map(class).collect::<Result<Vec<u32>, _>>().map_err(|_| "a label without a class")?;
    Ok((rows, Labels::new(classes, names.len())?, rate))
}

/// The embeddings and labels of a folder of arrays.
fn of_arrays(folder: &Path) -> Outcome<(Array2<f32>, Labels, String)> {
    let choice = ReadOptions::default();
    let rows = EmbeddingFile::open(folder.join("embeddings.npy"), &choice)?.to_array()?;
    let truth = LabelFile::read(folder.join("true_labels.npy"), &choice)?.column(&Classes::Observed)?;
    Ok((rows, truth.labels, "-".into()))
}

/// The samples that are taken, evenly spread.
fn taken(rows: Array2<f32>, truth: &Labels) -> Outcome<(EmbeddingMatrix, Labels)> {
    let n = rows.nrows();
    let wanted = std::env::var("SAMPLES").ok().and_then(|text| text.parse().ok()).unwrap_or(n).min(n);
    let chosen: Vec<usize> = (0..wanted).map(|number| number * n / wanted).collect();
    let labels = chosen.iter().map(|row| truth.values()[*row]).collect();
    Ok((EmbeddingMatrix::new(rows.select(Axis(0), &chosen))?, Labels::new(labels, truth.class_count())?))
}

fn average_precision(method: &str, rows: &EmbeddingMatrix, truth: &Labels, seed: u64) -> Outcome<f64> {
    let given = Symmetric { rate: RATE, ..Symmetric::default() }.corrupt(truth, seed)?.given;
    let data = Dataset::new(&given).with_embeddings(rows)?;
    let report = from_toml(method, "")?.report(&data, &Run::quiet())?;
    let evaluation = Evaluation::new(&report.issues, &ErrorMask::between(&given, truth)?)?;
    Ok(evaluation.average_precision.value().unwrap_or(f64::NAN))
}
