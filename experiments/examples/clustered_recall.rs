//! Search in the nearest cells beside exact search: CPU seconds of both, and the share of the nearest that it finds.
//!
//! `cargo run --release -p mislabel-experiments --example clustered_recall -- embeddings.npy NEIGHBORS SEARCHED...`
//! SEARCHED is a number of cells, `default` or `exact`. Cells are searched with the rows held and with the rows read.

use std::time::Instant;

use mislabel_core::{EmbeddingSource, Error, MemoryBudget, Run};
use mislabel_io::{EmbeddingFile, ReadOptions};
use mislabel_neighbors::{ClusteredSearch, ExactSearch, NeighborSearch};

/// Samples on which recall is measured.
const SAMPLED: usize = 1000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("embeddings are missing")?;
    let neighbors: usize = arguments.next().ok_or("the number of neighbors is missing")?.parse()?;
    let embeddings = EmbeddingFile::open(path, &ReadOptions::default())?;
    println!("{:?}, {neighbors} neighbors", embeddings.shape());
    for argument in arguments {
        if argument == "exact" {
            row("exact", &ExactSearch::default(), &embeddings, neighbors, &Run::quiet())?;
            continue;
        }
        let held = ClusteredSearch { searched: argument.parse().ok(), ..ClusteredSearch::default() };
        row(&format!("{argument} cells, rows held"), &held, &embeddings, neighbors, &Run::quiet())?;
        let read = Run::quiet().with_memory(least(&held, &embeddings, neighbors));
        row(&format!("{argument} cells, rows read"), &held, &embeddings, neighbors, &read)?;
    }
    Ok(())
}

/// The budget that has no room for the rows.
fn least(search: &ClusteredSearch, embeddings: &EmbeddingFile, neighbors: usize) -> Option<MemoryBudget> {
    let run = Run::quiet().with_memory(MemoryBudget::new(1).ok());
    match search.neighbors(embeddings, neighbors, &run) {
        Err(Error::Memory { needed, .. }) => MemoryBudget::new(needed).ok(),
        _ => None,
    }
}

fn row(
    name: &str,
    search: &dyn NeighborSearch,
    embeddings: &EmbeddingFile,
    k: usize,
    run: &Run<'_>,
) -> mislabel_core::Result<()> {
    let (start, before) = (Instant::now(), cpu_seconds());
    let graph = search.neighbors(embeddings, k, run)?;
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - before);
    let recall = graph.recall(embeddings, SAMPLED, 0, &Run::quiet())?;
    println!("{name}: {cpu:.1} CPU s, {wall:.1} s; recall {recall}");
    Ok(())
}

/// CPU seconds of this process, where the system tells (Linux).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat.rsplit(')').next().unwrap_or("").split(' ').flat_map(str::parse).collect();
    // User and system time come after ten numbers (the state is a letter), in hundredths of a second.
    fields.get(10..12).map_or(f64::NAN, |ticks| ticks.iter().sum::<f64>() / 100.0)
}
