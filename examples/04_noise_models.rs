//! Label noise, put in on purpose.
//!
//! Methods are compared on simulated errors, and the kind of error matters more than its rate. Makes given labels of
//! true ones by five models of noise and prints for each: the noise rate, the most frequent confusion, and how well the
//! errors are found again.

use mislabel::noise::{InstanceDependent, RandomTransition, Transition};
use mislabel::prelude::*;
use mislabel::{NoisyLabels, Result};

fn main() -> Result<()> {
    let digits = mislabel::datasets::digits();
    let embeddings = Embeddings::new(digits.embeddings.view())?;

    let symmetric = Symmetric { rate: 0.2, ..Symmetric::default() };
    let pair_flip = Asymmetric { rate: 0.2, ..Asymmetric::default() };
    let confusions =
        Asymmetric { rate: 0.2, targets: Some(vec![0, 7, 2, 8, 9, 5, 6, 1, 3, 4]), ..Asymmetric::default() };
    let random = Transition::new(RandomTransition { zero_fraction: 0.7, ..RandomTransition::default() }.matrix(51)?);
    let boundary = InstanceDependent::new(&embeddings, 0.2);
    let models: [(&str, &dyn NoiseModel); 5] = [
        ("symmetric", &symmetric),
        ("pair flip", &pair_flip),
        ("chosen confusions", &confusions),
        ("random transition", &random),
        ("near the boundary", &boundary),
    ];

    let detector = Pipeline::new(SoftLinear::default(), Rer::default());
    for (name, model) in models {
        let noisy = model.corrupt(&digits.labels, 51)?;
        let issues = detector.detect(&embeddings, &noisy.given, &Run::quiet())?;
        let (truth, given, count) = most_frequent_confusion(&digits.labels, &noisy);
        let precision = Evaluation::new(&issues, &noisy.errors)?.average_precision;
        let rate = noisy.errors.rate();
        println!(
            "{name:<18} rate {rate:.3}, {truth} given as {given} {count:>2} times, average precision {precision:.3}"
        );
    }
    Ok(())
}

/// (true class, given class, how often).
fn most_frequent_confusion(truth: &Labels, noisy: &NoisyLabels) -> (usize, usize, usize) {
    let k = truth.class_count();
    let mut counts = vec![0; k * k];
    for row in (0..truth.len()).filter(|row| noisy.errors.as_slice()[*row]) {
        counts[truth.class(row) * k + noisy.given.class(row)] += 1;
    }
    let most = (0..k * k).max_by_key(|cell| counts[*cell]).unwrap_or(0);
    (most / k, most % k, counts[most])
}
