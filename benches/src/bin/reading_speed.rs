//! How fast a file of embeddings is read, beside arrow-csv alone and beside the bare bytes, and the memory that it takes.
//!
//! Makes clusters, writes them as CSV (numbers as Rust prints them, no header) or Parquet, reads the file, and prints CPU
//! seconds and megabytes of the file in a second. Peak memory counts pages of mapped files; Parquet is held in memory or, beyond
//! `--memory`, in a temporary file.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema};
use clap::{Parser, ValueEnum};
use mislabel_benches::{Shape, Stopwatch, peak_memory};
use mislabel_core::{EmbeddingSource, MemoryBudget, Run};
use mislabel_io::{EmbeddingFile, FloatFormat, ReadOptions, write_embeddings};
use ndarray::Array2;

/// Speed and memory of reading.
#[derive(Parser)]
struct Arguments {
    /// The format of the file.
    format: Kind,
    /// Samples n.
    #[arg(default_value_t = 20_000)]
    samples: usize,
    /// Features d.
    #[arg(default_value_t = 768)]
    features: usize,
    /// What may be held in memory of data that cannot be mapped; the rest goes into a temporary file.
    #[arg(long, default_value = "1GiB")]
    memory: MemoryBudget,
    /// Times that the file is read; the fastest counts.
    #[arg(long, default_value_t = 3)]
    times: usize,
    /// Folder for the file.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    folder: PathBuf,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Kind {
    Csv,
    Parquet,
}

/// Rows that are written at a time.
const BLOCK: usize = 1024;
/// Rows of a batch of arrow-csv alone; mislabel-io reads as many.
const BATCH: usize = 4096;

fn write_csv(path: &Path, source: &dyn EmbeddingSource) -> Result<(), Box<dyn Error>> {
    let (n, d) = source.shape();
    let mut file = BufWriter::new(File::create(path)?);
    for start in (0..n).step_by(BLOCK) {
        let mut rows = Array2::zeros((BLOCK.min(n - start), d));
        source.read_rows(start, rows.view_mut())?;
        for row in rows.outer_iter() {
            let cells: Vec<String> = row.iter().map(f32::to_string).collect();
            writeln!(file, "{}", cells.join(","))?;
        }
    }
    Ok(file.flush()?)
}

fn bare_bytes(path: &Path) -> Result<(), Box<dyn Error>> {
    let (mut file, mut block) = (File::open(path)?, vec![0; 1 << 20]);
    while file.read(&mut block)? > 0 {
        std::hint::black_box(&block);
    }
    Ok(())
}

fn arrow_alone(path: &Path, features: usize) -> Result<(), Box<dyn Error>> {
    let fields: Vec<Field> = (0..features).map(|name| Field::new(name.to_string(), DataType::Float32, true)).collect();
    let builder = arrow_csv::ReaderBuilder::new(Arc::new(Schema::new(fields))).with_batch_size(BATCH);
    for batch in builder.build(File::open(path)?)? {
        std::hint::black_box(batch?);
    }
    Ok(())
}

fn report(
    what: &str,
    times: usize,
    bytes: u64,
    mut read: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut seconds = f64::INFINITY;
    for _ in 0..times {
        let watch = Stopwatch::start();
        read()?;
        seconds = seconds.min(watch.seconds().processor);
    }
    println!("{what:<16} {seconds:7.3} CPU s {:7.0} MB/s", bytes as f64 / 1e6 / seconds);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let Arguments { format, samples, features, memory, times, folder } = Arguments::parse();
    let clusters = Shape { samples, features, classes: 10 }.dataset()?.clusters;
    let scratch = tempfile::tempdir_in(folder)?;
    let path = scratch.path().join(if format == Kind::Csv { "embeddings.csv" } else { "embeddings.parquet" });
    match format {
        Kind::Csv => write_csv(&path, &clusters)?,
        Kind::Parquet => write_embeddings(&path, &clusters, FloatFormat::Single, &Run::quiet())?,
    }
    let bytes = std::fs::metadata(&path)?.len();
    println!("{samples} x {features}, {:.0} MB", bytes as f64 / 1e6);
    report("bytes", times, bytes, || bare_bytes(&path))?;
    if format == Kind::Csv {
        report("arrow-csv alone", times, bytes, || arrow_alone(&path, features))?;
    }
    let before = peak_memory();
    let choice = ReadOptions { memory_limit: memory.bytes(), temp_file_limit: u64::MAX, ..ReadOptions::default() };
    report("mislabel-io", times, bytes, || {
        std::hint::black_box(EmbeddingFile::open(&path, &choice)?);
        Ok(())
    })?;
    if let (Some(before), Some(after)) = (before, peak_memory()) {
        println!("peak memory      {:7.2} GiB, {:.2} before reading", gib(after), gib(before));
    }
    Ok(())
}

fn gib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 30)
}
