//! Probabilities that were rounded to a few digits when they were written.

use mislabel_core::SIMPLEX_TOLERANCE;
use ndarray::ArrayViewMut1;

/// Digits behind the point beyond which rounding does not matter.
const MOST_DIGITS: i32 = 6;
/// Relative error of a double that stands for a number of few digits.
const EXACT: f64 = 1e-9;

/// Divides `row` by its sum where this is off 1 by no more than half a unit of the last digit for every entry; entries below
/// 0 by rounding become 0.
pub(crate) fn unrounded(mut row: ArrayViewMut1<'_, f64>) {
    row.iter_mut().filter(|value| **value < 0.0 && **value >= -SIMPLEX_TOLERANCE).for_each(|value| *value = 0.0);
    let sum = row.sum();
    let off = (sum - 1.0).abs();
    if off <= SIMPLEX_TOLERANCE || !sum.is_finite() {
        return;
    }
    let Some(digits) = digits(row.iter().copied()) else { return };
    if off <= row.len() as f64 * 0.5 * 10_f64.powi(-digits) + EXACT {
        row.iter_mut().for_each(|value| *value /= sum);
    }
}

/// Digits behind the point that all `values` have at most, two at least; `None` where one has more.
fn digits(values: impl Iterator<Item = f64>) -> Option<i32> {
    let own = |value: f64| {
        (0..=MOST_DIGITS).find(|digits| {
            let scaled = value * 10_f64.powi(*digits);
            (scaled - scaled.round()).abs() <= EXACT * scaled.abs().max(1.0)
        })
    };
    let mut most = 2;
    for value in values {
        most = most.max(own(value)?);
    }
    Some(most)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;

    fn read(mut row: Array1<f64>) -> Array1<f64> {
        unrounded(row.view_mut());
        row
    }

    #[test]
    fn rows_off_by_rounding_are_divided_by_their_sum() {
        assert!((read(array![0.33, 0.33, 0.33]).sum() - 1.0).abs() < 1e-12);
        assert!((read(Array1::from_elem(6, 0.167)).sum() - 1.0).abs() < 1e-12);
        assert_eq!(read(array![0.25, 0.75]), array![0.25, 0.75]);
        assert_eq!(read(array![1.0, -2.8e-17]), array![1.0, 0.0]);
        for wrong in [array![0.9, 0.2], array![0.3, 0.33, 0.33], array![0.123_456_7, 0.9]] {
            assert_eq!(read(wrong.clone()), wrong);
        }
    }
}
