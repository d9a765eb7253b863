//! What a sample's own label may and may not do to its own probabilities.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{ClassEvidence, Embeddings, Labels, Result, Run, split_seed};
use mislabel_probe::{FeatureScaling, Folds, Probe, Sampling, SoftmaxRegression};
use ndarray::Array2;
use proptest::prelude::*;

/// Overlapping clusters: probabilities away from 0 and 1, where every influence shows.
fn clusters(n: usize, classes: usize, seed: u64) -> (Array2<f32>, Labels) {
    let uniform = |i: usize, j: usize| split_seed(seed, &[i as u64, j as u64]) as f64 / u64::MAX as f64;
    let rows = Array2::from_shape_fn((n, 4), |(i, j)| {
        (2.0 * uniform(i, j) - 1.0 + if i % classes == j { 0.5 } else { 0.0 }) as f32
    });
    let labels = (0..n).map(|i| (i % classes) as u32).collect();
    (rows, Labels::new(labels, classes).unwrap())
}

fn relabeled(given: &Labels, row: usize) -> Labels {
    let mut values = given.values().to_vec();
    values[row] = (values[row] + 1) % given.class_count() as u32;
    given.with_values(values).unwrap()
}

/// The probabilities of sample `row` under its label, and under another one.
fn before_and_after(
    probe: &Probe,
    case: &(Array2<f32>, Labels),
    folds: Option<&Folds>,
    row: usize,
) -> Result<[Vec<f64>; 2]> {
    let embeddings = Embeddings::new(case.0.view())?;
    let probabilities = |given: &Labels| -> Result<Vec<f64>> {
        let all = match folds {
            Some(folds) => probe.evidence_in_folds(&embeddings, given, folds, &Run::quiet())?,
            None => probe.evidence(&embeddings, given, &Run::quiet())?,
        };
        Ok(all.view().row(row).to_vec())
    };
    Ok([probabilities(&case.1)?, probabilities(&relabeled(&case.1, row))?])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// To the last bit, the choice of the L2 strength included.
    #[test]
    fn in_the_same_folds_a_label_does_not_change_its_samples_own_probabilities(
        n in 20..80_usize, classes in 2..4_usize, folds in 2..6_usize, seed: u64,
        scaling in prop::sample::select(vec![FeatureScaling::UnitNorm, FeatureScaling::Standardized]),
    ) {
        let case = clusters(n, classes, seed);
        let folds = Folds::stratified(&case.1, folds, seed).unwrap();
        let probe = Probe { scaling, ..Probe::default() };
        let [before, after] = before_and_after(&probe, &case, Some(&folds), seed as usize % n).unwrap();
        prop_assert_eq!(before, after);
    }

    /// The test above could fail: in-sample, the same change shows.
    #[test]
    fn in_sample_a_label_changes_its_samples_own_probabilities(n in 20..80_usize, seed: u64) {
        let case = clusters(n, 3, seed);
        let classifier = SoftmaxRegression { l2: Some(1.0), ..SoftmaxRegression::default() };
        let probe = Probe { sampling: Sampling::InSample, ..Probe::of(classifier) };
        let row = seed as usize % n;
        let [before, after] = before_and_after(&probe, &case, None, row).unwrap();
        let (old, new) = (case.1.class(row), relabeled(&case.1, row).class(row));
        prop_assert!(after[new] > before[new] + 1e-4 && after[old] < before[old] - 1e-4);
    }
}
