//! The average precision of class-wise reconstructors on real embeddings.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use mislabel_core::{Detector, ErrorMask, Pipeline, Run};
use mislabel_io::Classes;
use mislabel_metrics::{Ranking, average_precision};
use mislabel_reconstruct::{Autoencoder, Centroid, SoftLinear};
use mislabel_rer::Rer;
use mislabel_tests::Dataset;

/// Folder, given labels, and the average precision that the soft linear reconstructor with one trim must reach: that of
/// a separate NumPy program less [`SLACK`].
const DATASETS: [(&str, &str, f64); 8] = [
    ("digits", "symmetric_0.1_seed51", 0.993),
    ("digits", "asymmetric_0.2_seed51", 0.998),
    ("fashion_pixels_5k", "symmetric_0.1_seed51", 0.934),
    ("fashion_pixels_5k", "asymmetric_0.2_seed51", 0.975),
    ("banking77_minilm", "symmetric_0.1_seed51", 0.990),
    ("banking77_minilm", "asymmetric_0.2_seed51", 0.979),
    ("cifar10_efflite0_10k", "human_worse", 0.950),
    ("cifar10_efflite0_10k", "human_aggregate", 0.741),
];

/// The expected figures are rounded to the third digit, and other approximations of the eigenvectors move them.
const SLACK: f64 = 0.003;

fn precision(detector: &dyn Detector, dataset: &str, given: &str) -> f64 {
    let data = Dataset::open(dataset);
    let files = [format!("given_{given}.npy"), "true_labels.npy".to_owned()];
    let [given, truth] = data.labels(files.each_ref().map(String::as_str), &Classes::Observed);
    let issues = detector.detect(&data.embeddings(), &given, &Run::quiet()).unwrap();
    let errors = ErrorMask::between(&given, &truth).unwrap();
    average_precision(&Ranking::by_quality(issues.quality(), &errors).unwrap()).unwrap()
}

fn reaches_the_expected(dataset: &str) {
    let detector = Pipeline::new(SoftLinear::default(), Rer::default());
    for (_, given, expected) in DATASETS.into_iter().filter(|(folder, ..)| *folder == dataset) {
        let found = precision(&detector, dataset, given);
        assert!(found >= expected - SLACK, "{dataset}, {given}: average precision {found:.4}, expected {expected}");
    }
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn digits_reach_the_expected() {
    reaches_the_expected("digits");
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn fashion_pixels_reach_the_expected() {
    reaches_the_expected("fashion_pixels_5k");
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn banking77_reaches_the_expected() {
    reaches_the_expected("banking77_minilm");
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn cifar10_with_human_errors_reaches_the_expected() {
    reaches_the_expected("cifar10_efflite0_10k");
}

/// What the autoencoders must reach, whatever the seed.
const AUTOENCODERS: [(&str, &str, f64); 4] = [
    ("digits", "symmetric_0.1_seed51", 0.990),
    ("digits", "asymmetric_0.2_seed51", 0.990),
    ("fashion_pixels_5k", "symmetric_0.1_seed51", 0.900),
    ("banking77_minilm", "symmetric_0.1_seed51", 0.966),
];

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn autoencoders_reach_what_they_must() {
    let detector = Pipeline::new(Autoencoder { seed: 7, ..Autoencoder::default() }, Rer::default());
    for (dataset, given, least) in AUTOENCODERS {
        let found = precision(&detector, dataset, given);
        assert!(found >= least, "{dataset}, {given}: average precision {found:.4}, expected {least}");
    }
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn where_errors_have_a_direction_one_trim_beats_none_and_the_centroid() {
    let untrimmed = Pipeline::new(SoftLinear { trim: Vec::new(), ..SoftLinear::default() }, Rer::default());
    let trimmed = Pipeline::new(SoftLinear::default(), Rer::default());
    let centroid = Pipeline::new(Centroid::default(), Rer::default());
    let found = |detector| precision(detector, "banking77_minilm", "asymmetric_0.2_seed51");
    let [trimmed, untrimmed, centroid] = [&trimmed as &dyn Detector, &untrimmed, &centroid].map(found);
    assert!(trimmed > untrimmed && trimmed > centroid, "{trimmed} {untrimmed} {centroid}");
}
