//! Rounding counts so that totals stay what they were.

use crate::numpy::summation::pairwise_sum;

/// Up to this length NumPy sorts by a fixed network; beyond it ties are put in order of index.
const NETWORK: usize = 256;

/// `values` rounded to whole numbers (halves to even) whose sum is the rounded sum of `values`.
///
/// Where plain rounding misses the total, the entries that were rounded most against it change by one.
/// Which of several entries with equal fractions changes is decided as NumPy's sort decides it on x86-64.
pub(crate) fn rounded_to_total(values: &[f64]) -> Vec<f64> {
    let mut rounded: Vec<f64> = values.iter().map(|value| value.round_ties_even()).collect();
    let total = pairwise_sum(values).round_ties_even();
    let mut before = f64::INFINITY;
    loop {
        let missing = total - rounded.iter().sum::<f64>();
        // Each round must get nearer: among numbers so great that 1 is nothing, or infinite ones, none does.
        if !(0.5..before).contains(&missing.abs()) {
            return rounded;
        }
        before = missing.abs();
        let error: Vec<f64> = values.iter().zip(&rounded).map(|(value, rounded)| value - rounded).collect();
        let changes = (missing.abs() as usize).min(values.len());
        let mut order = ascending(&error);
        if missing > 0.0 {
            order.reverse();
        }
        for &i in &order[..changes] {
            rounded[i] += missing.signum();
        }
    }
}

/// The indices of `keys`, finite, from the least to the greatest; ties as in NumPy (AVX2) up to 256 keys.
///
/// NumPy sorts so few indices with a bitonic network (Batcher 1968) in which equal keys never change places:
/// blocks of doubling size are merged by comparing mirror images first and then ever closer neighbors.
fn ascending(keys: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    if keys.len() > NETWORK {
        order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
        return order;
    }
    let mut compare = |low: usize, high: usize| {
        if high < order.len() && keys[order[low]] > keys[order[high]] {
            order.swap(low, high);
        }
    };
    let padded = keys.len().next_power_of_two();
    let mut size = 2;
    while size <= padded {
        for i in (0..padded).filter(|i| i % size < size / 2) {
            compare(i, i - i % size + size - 1 - i % size);
        }
        let mut stride = size / 4;
        while stride > 0 {
            for i in (0..padded).filter(|i| i % (2 * stride) < stride) {
                compare(i, i + stride);
            }
            stride /= 2;
        }
        size *= 2;
    }
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ascending, rounded_to_total};

    #[test]
    fn ties_are_ordered_as_numpy_orders_them() {
        // np.argsort([0, 0, 0, 0, 0, -1, -1, -1, -1, -1]) of NumPy 2.4.6 on a machine with AVX2.
        let keys = [0.0, 0.0, 0.0, 0.0, 0.0, -1.0, -1.0, -1.0, -1.0, -1.0];
        assert_eq!(ascending(&keys), [6, 7, 5, 8, 9, 2, 3, 0, 4, 1]);
        assert_eq!(ascending(&[1.5, 0.9, 1.5, 1.5, 0.9, 1.5, 0.3]), [6, 1, 4, 0, 3, 2, 5]);
        let halves: Vec<f64> = (0..17).map(|i| if i < 8 { 0.0 } else { -1.0 }).collect();
        assert_eq!(ascending(&halves), [15, 14, 13, 12, 11, 10, 9, 8, 16, 7, 5, 6, 3, 2, 1, 4, 0]);
    }

    #[test]
    fn one_of_two_halves_is_rounded_up() {
        assert_eq!(rounded_to_total(&[2.5, 0.5]), [2.0, 1.0]);
        assert_eq!(rounded_to_total(&[]), Vec::<f64>::new());
    }

    #[test]
    fn numbers_too_great_to_round_come_back() {
        for value in [1e300, f64::INFINITY, f64::NAN] {
            assert_eq!(rounded_to_total(&[value, 0.3, 0.3]).len(), 3);
        }
    }

    proptest! {
        #[test]
        fn totals_survive_and_no_entry_moves_by_more_than_one(values in prop::collection::vec(0.0_f64..50.0, 1..300)) {
            let rounded = rounded_to_total(&values);
            prop_assert_eq!(rounded.iter().sum::<f64>(), super::pairwise_sum(&values).round_ties_even());
            prop_assert!(rounded.iter().zip(&values).all(|(r, v)| r.fract() == 0.0 && (r - v).abs() <= 1.0));
        }

        #[test]
        fn the_network_sorts(keys in prop::collection::vec(-4_i8..4, 0..300)) {
            let keys: Vec<f64> = keys.into_iter().map(f64::from).collect();
            let order = ascending(&keys);
            prop_assert!(order.windows(2).all(|pair| keys[pair[0]] <= keys[pair[1]]));
            let mut all = order.clone();
            all.sort_unstable();
            prop_assert!(all.into_iter().eq(0..keys.len()));
        }
    }
}
