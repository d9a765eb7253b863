//! How long HOC takes, and how near it comes, with 10, 77 and 1,000 classes of 130 samples and 20% of labels flipped.
//!
//! `cargo run --release -p mislabel-experiments --example hoc_classes` prints one line per number of classes.

use std::time::Instant;

use mislabel_core::{Labels, Run};
use mislabel_neighbors::{Distance, Hoc, NeighborGraph};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};

const SIZE: usize = 130;
const RATE: f64 = 0.2;

fn main() -> mislabel_core::Result<()> {
    for classes in [10, 77, 1000] {
        let mut random = rand::rngs::ChaCha8Rng::seed_from_u64(classes as u64);
        let mut label = |row: usize| {
            let flipped = random.random::<f64>() < RATE;
            let place = if flipped { random.random_range(0..classes) } else { row / SIZE };
            place as u32
        };
        let n = classes * SIZE;
        let given = Labels::new((0..n).map(&mut label).collect(), classes)?;
        // The two neighbors are the next samples of the same true class, around.
        let next = |row: usize, step: usize| (row / SIZE * SIZE + (row + step) % SIZE) as u32;
        let indices = Array2::from_shape_fn((n, 2), |(row, place)| next(row, place + 1));
        let graph = NeighborGraph::new(indices, Array2::ones((n, 2)), Distance::Cosine)?;
        let start = Instant::now();
        let fit = Hoc::default().fit(&graph, &given, &Run::quiet())?;
        let (seconds, rate) = (start.elapsed().as_secs_f64(), fit.noise_rate());
        let expected = RATE * (1.0 - 1.0 / classes as f64);
        println!("{classes} classes: {seconds:.2} s, {} steps, noise rate {rate:.3} (true {expected:.3})", fit.steps);
    }
    Ok(())
}
