//! The approximate index beside exact search: seconds of both, and the share of the 10 nearest that it finds.
//!
//! `cargo run --release -p mislabel-experiments --features usearch --example approximate_recall -- [embeddings.npy]`
//! Without a file: 20,000 normal samples around 100 centers in 64 dimensions.

use std::time::Instant;

use mislabel_core::{Embeddings, Run};
use mislabel_io::{EmbeddingFile, ReadOptions};
use mislabel_neighbors::{ApproximateSearch, ExactSearch, NeighborGraph, NeighborSearch};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};

const NEIGHBORS: usize = 10;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = match std::env::args().nth(1) {
        Some(path) => EmbeddingFile::open(path, &ReadOptions::default())?.to_array()?,
        None => clusters(20_000, 100, 64),
    };
    let embeddings = Embeddings::new(rows.view())?;
    let search = |name: &str, search: &dyn NeighborSearch| {
        let start = Instant::now();
        let graph = search.neighbors(&embeddings, NEIGHBORS, &Run::quiet())?;
        println!("{name}: {:.2} s for {} x {}", start.elapsed().as_secs_f64(), rows.nrows(), rows.ncols());
        Ok::<NeighborGraph, mislabel_core::Error>(graph)
    };
    let exact = search("exact", &ExactSearch::default())?;
    let sharded = ApproximateSearch { shards: 4, ..ApproximateSearch::default() };
    for (name, approximate) in [("1 shard", ApproximateSearch::default()), ("4 shards", sharded)] {
        let graph = search(name, &approximate)?;
        println!("{name}: recall@{NEIGHBORS} {:.4}", recall(&exact, &graph));
    }
    Ok(())
}

fn recall(exact: &NeighborGraph, other: &NeighborGraph) -> f64 {
    let found = |row: usize| exact.neighbors(row).iter().filter(|near| other.neighbors(row).contains(near)).count();
    (0..exact.len()).map(found).sum::<usize>() as f64 / (exact.len() * exact.width()) as f64
}

/// Sums of twelve uniform numbers less 6 are close enough to normal ones.
fn clusters(n: usize, centers: usize, d: usize) -> Array2<f32> {
    let mut random = rand::rngs::ChaCha8Rng::seed_from_u64(0);
    let mut normal = || (0..12).map(|_| random.random::<f32>()).sum::<f32>() - 6.0;
    let centers = Array2::from_shape_simple_fn((centers, d), &mut normal);
    Array2::from_shape_fn((n, d), |(i, j)| centers[[i % centers.nrows(), j]] + 0.5 * normal())
}
