//! Trim and refit: leaving the most suspect samples out of the next fit.

use mislabel_core::{ClassMembers, ErrorSummary, Labels};

/// A class is never trimmed below this many samples: with one left there is nothing to leave out.
const LEAST_LEFT: usize = 2;

/// Which samples stay in the next fit: those with χ = Δ_own / Δ_least_other ≤ `threshold`, but at least half of every
/// class, its least suspect ones.
pub(crate) fn kept(errors: &ErrorSummary, given: &Labels, threshold: f64) -> Vec<bool> {
    let (own, other) = (errors.own(), errors.least_other());
    // A product, not a ratio: both errors may be zero.
    let mut keep: Vec<bool> = own.iter().zip(other).map(|(own, other)| *own <= threshold * other).collect();
    let members = given.members();
    for class in 0..given.class_count() {
        let rows = members.rows(class);
        let least = least_left(rows.len());
        if rows.iter().filter(|row| keep[**row as usize]).count() < least {
            let suspicion = |row: u32| own[row as usize] / other[row as usize].max(f64::MIN_POSITIVE);
            let mut order = rows.to_vec();
            order.sort_by(|&a, &b| suspicion(a).total_cmp(&suspicion(b)));
            rows.iter().for_each(|row| keep[*row as usize] = false);
            order[..least].iter().for_each(|row| keep[*row as usize] = true);
        }
    }
    keep
}

/// Whether every class keeps as many samples as trimming must leave it.
pub(crate) fn leaves_enough(keep: &[bool], given: &Labels) -> bool {
    let left = ClassMembers::of(given, |row| keep[row]);
    given.counts().into_iter().enumerate().all(|(class, count)| left.rows(class).len() >= least_left(count))
}

/// How many of a class's samples must stay.
fn least_left(count: usize) -> usize {
    count.div_ceil(2).max(LEAST_LEFT).min(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn summary(errors: &Array2<f64>, labels: &[u32]) -> (ErrorSummary, Labels) {
        let given = Labels::new(labels.to_vec(), 2).unwrap();
        (ErrorSummary::from_dense(errors.view(), &given).unwrap(), given)
    }

    #[test]
    fn samples_above_the_threshold_are_left_out() {
        let errors = array![[1.0, 2.0], [3.0, 2.0], [1.0, 2.0], [9.0, 1.0], [9.0, 1.0]];
        let (errors, given) = summary(&errors, &[0, 0, 0, 1, 1]);
        assert_eq!(kept(&errors, &given, 1.06), [true, false, true, true, true]);
    }

    #[test]
    fn the_least_suspect_half_of_a_class_always_stays() {
        let errors = array![[5.0, 1.0], [2.0, 1.0], [4.0, 1.0], [3.0, 1.0], [9.0, 1.0]];
        let (errors, given) = summary(&errors, &[0, 0, 0, 0, 1]);
        assert_eq!(kept(&errors, &given, 1.06), [false, true, false, true, true]);
    }

    #[test]
    fn samples_whose_errors_are_all_zero_stay() {
        let errors = array![[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]];
        let (errors, given) = summary(&errors, &[0, 0, 0, 1]);
        assert_eq!(kept(&errors, &given, 1.06), [true; 4]);
    }
}
