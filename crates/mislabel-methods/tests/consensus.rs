//! The consensus of methods after a review.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use mislabel_core::{Embeddings, NoiseModel, Run, VerifiedLabels};
use mislabel_methods::{Dataset, method};
use mislabel_noise::Symmetric;

#[test]
fn labels_that_were_verified_because_they_were_suspect_do_not_add_flags() {
    let digits = mislabel_datasets::digits();
    let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51).unwrap();
    let embeddings = Embeddings::new(digits.embeddings.view()).unwrap();
    let data = Dataset::new(&noisy.given).with_embeddings(&embeddings).unwrap();
    let consensus = method("consensus").unwrap();
    let before = consensus.report(&data, &Run::quiet()).unwrap();
    let flagged: Vec<usize> = (0..noisy.given.len()).filter(|row| before.issues.is_issue()[*row]).collect();

    let truth = flagged.iter().map(|row| digits.labels.values()[*row]).collect();
    let verified = VerifiedLabels::new(flagged.clone(), truth, &noisy.given).unwrap();
    let after = consensus.report(&data.with_verified(&verified).unwrap(), &Run::quiet()).unwrap();
    assert!(after.issues.flagged().abs_diff(noisy.errors.error_count()) < 10, "{}", after.issues.flagged());
    for (row, is_wrong) in verified.label_errors(&noisy.given) {
        assert_eq!(after.issues.quality().as_slice()[row], if is_wrong { 0.0 } else { 1.0 });
        assert_eq!(
            (after.issues.is_issue()[row], after.issues.suggested().class(row)),
            (is_wrong, digits.labels.class(row))
        );
    }
    let found = verified.label_errors(&noisy.given).filter(|(_, is_wrong)| *is_wrong).count();
    let (low, high) = after.noise_interval.unwrap().bounds();
    assert!(low * noisy.given.len() as f64 >= found as f64 - 0.5 && low <= high, "{low} {high}");
}
