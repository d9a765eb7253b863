//! Every method stops soon after it is told to.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use mislabel_core::{EmbeddingSource as _, Embeddings, Run, progress_fn};
use mislabel_datasets::Clusters;
use mislabel_methods::{Dataset, Error, METHODS};
use ndarray::Array2;

/// How long a method works before it is told to stop.
const HEAD_START: Duration = Duration::from_millis(400);

/// How long it may go on afterwards: the promise of [`mislabel_core::Judge`] and its kin.
const PATIENCE: Duration = Duration::from_secs(2);

#[test]
fn every_method_stops_within_two_seconds_on_20000_samples() {
    let clusters = Clusters { samples: 20_000, features: 24, classes: 40, ..Clusters::default() }.sampled().unwrap();
    let (n, d) = clusters.shape();
    let mut rows = Array2::zeros((n, d));
    clusters.read_rows(0, rows.view_mut()).unwrap();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let texts = Array2::from_shape_fn((40, d), |(class, feature)| ((class * 7 + feature * 3) as f32).sin());
    let data = Dataset::new(clusters.truth()).with_embeddings(&embeddings).unwrap();
    let data = data.with_class_texts(texts.view()).unwrap();
    for entry in &METHODS {
        let start = Instant::now();
        let progress =
            progress_fn(
                |_, _, _| {
                    if start.elapsed() < HEAD_START { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                },
            );
        let outcome = entry.seeded(0).report(&data, &Run::quiet().with_progress(&progress));
        let beyond = start.elapsed().saturating_sub(HEAD_START);
        // A method that ends within the head start has nothing left to stop.
        let stopped = matches!(outcome, Err(Error::Core(mislabel_core::Error::Cancelled { .. })));
        assert!(stopped || beyond < PATIENCE, "{} ended as if it had not been told to stop", entry.name);
        assert!(beyond < PATIENCE, "{} went on for {beyond:?}", entry.name);
    }
}

#[test]
fn every_method_reports_and_obeys_the_first_report() {
    let clusters = Clusters { samples: 300, features: 8, classes: 4, ..Clusters::default() }.sampled().unwrap();
    let texts = Array2::from_shape_fn((4, 8), |(class, feature)| if class == feature { 1.0 } else { 0.0 });
    let data = Dataset::new(clusters.truth()).with_embeddings(&clusters).unwrap();
    let data = data.with_class_texts(texts.view()).unwrap();
    let progress = progress_fn(|_, _, _| ControlFlow::Break(()));
    for entry in &METHODS {
        let outcome = entry.seeded(0).report(&data, &Run::quiet().with_progress(&progress));
        let stopped = matches!(outcome, Err(Error::Core(mislabel_core::Error::Cancelled { .. })));
        assert!(stopped, "{}", entry.name);
    }
}
