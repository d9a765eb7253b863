//! The labels that a second fit relies on.

use mislabel_core::{ErrorSummary, Labels};

use crate::posterior::Posterior;

/// χ above which a label is doubted, as in the trimming of [`SoftLinear`](mislabel_reconstruct::SoftLinear).
pub(super) const DOUBTFUL_RATIO: f64 = 1.06;

/// The labels that neither the posterior nor χ doubts, `(n,)`, but at least half of every class and two of it, those of
/// least χ. Both, because the posterior can take many errors of one direction for the nature of a class, and χ sees no
/// direction.
pub(super) fn trusted_labels(posterior: &Posterior, errors: &ErrorSummary, given: &Labels) -> Vec<bool> {
    let (own, other, right) = (errors.own(), errors.least_other(), posterior.quality().as_slice());
    let trusted = |row: usize| right[row] >= 0.5 && own[row] <= DOUBTFUL_RATIO * other[row];
    let mut keep: Vec<bool> = (0..given.len()).map(trusted).collect();
    let ratio = |row: u32| own[row as usize] / other[row as usize].max(f64::MIN_POSITIVE);
    let members = given.members();
    for class in 0..given.class_count() {
        let rows = members.rows(class);
        let least = rows.len().div_ceil(2).max(2).min(rows.len());
        if rows.iter().filter(|row| keep[**row as usize]).count() < least {
            let mut order = rows.to_vec();
            order.sort_by(|&a, &b| ratio(a).total_cmp(&ratio(b)));
            rows.iter().for_each(|row| keep[*row as usize] = false);
            order[..least].iter().for_each(|row| keep[*row as usize] = true);
        }
    }
    keep
}
