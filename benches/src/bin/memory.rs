//! The most memory that a soft linear run takes, on embeddings mapped from a file or in memory.
//!
//! Makes clusters (a `.npy` file of f16, written block by block, or an array), runs the soft linear reconstructor and
//! the reconstruction error ratio, and prints the peak resident memory. That counts pages of the mapped file, too.

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use mislabel_benches::{Shape, Stopwatch, peak_memory};
use mislabel_core::{Detector, EmbeddingSource, Embeddings, Labels, Pipeline, Result, Run};
use mislabel_io::{EmbeddingFile, FloatFormat, ReadOptions, write_embeddings};
use mislabel_reconstruct::SoftLinear;
use mislabel_rer::Rer;

/// Peak memory of a soft linear run.
#[derive(Parser)]
struct Arguments {
    /// Where the embeddings lie.
    place: Place,
    /// Samples n.
    #[arg(default_value_t = 1_000_000)]
    samples: usize,
    /// Features d.
    #[arg(default_value_t = 256)]
    features: usize,
    /// Classes k.
    #[arg(default_value_t = 100)]
    classes: usize,
    /// Threads; all cores when left out.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Folder for the file.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Place {
    /// In a mapped file of f16.
    Mapped,
    /// In an array of f32.
    Memory,
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let Arguments { place, samples, features, classes, threads, folder } = Arguments::parse();
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let dataset = Shape { samples, features, classes }.dataset()?;
    match place {
        Place::Mapped => {
            let path = folder.join(format!("mislabel-{samples}x{features}x{classes}.npy"));
            write_embeddings(&path, &dataset.clusters, FloatFormat::Half, &Run::quiet())?;
            report(&EmbeddingFile::open(&path, &ReadOptions::default())?, &dataset.given)?;
            std::fs::remove_file(path)?;
        }
        Place::Memory => {
            let rows = dataset.rows()?;
            report(&Embeddings::new(rows.view())?, &dataset.given)?;
        }
    }
    Ok(())
}

fn report(embeddings: &dyn EmbeddingSource, given: &Labels) -> Result<()> {
    let watch = Stopwatch::start();
    let issues = Pipeline::new(SoftLinear::default(), Rer::default()).detect(embeddings, given, &Run::quiet())?;
    let seconds = watch.seconds();
    let (n, d) = embeddings.shape();
    let peak = peak_memory().map_or(f64::NAN, |bytes| bytes as f64);
    println!(
        "peak {:.3} GB, {:.2} times the embeddings as f32; {} flagged; {:.1} CPU seconds, {:.1} wall seconds",
        peak / 1e9,
        peak / (4 * n * d) as f64,
        issues.flagged(),
        seconds.processor,
        seconds.wall
    );
    Ok(())
}
