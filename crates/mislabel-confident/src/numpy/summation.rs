//! Pairwise summation, in the order that NumPy sums.

/// The longest run that is summed without being halved.
const BLOCK: usize = 128;

/// The sum of `values`, each rounding error growing with log n only, bit for bit as `numpy.sum` of one axis.
///
/// Thresholds and calibrated counts are compared and rounded, so that the last bit of a sum can decide a flag:
/// summing in NumPy's order makes these decisions the ones of cleanlab.
pub(crate) fn pairwise_sum(values: &[f64]) -> f64 {
    pairwise_sum_of(&mut values.iter().copied(), values.len())
}

/// The sum of the next `n` of `values`, as [`pairwise_sum`].
pub(crate) fn pairwise_sum_of(values: &mut impl Iterator<Item = f64>, n: usize) -> f64 {
    if n > BLOCK {
        let half = n / 2;
        let left = half - half % 8;
        return pairwise_sum_of(values, left) + pairwise_sum_of(values, n - left);
    }
    let mut block = [0.0; BLOCK];
    for (slot, value) in block[..n].iter_mut().zip(values) {
        *slot = value;
    }
    if n < 8 { block[..n].iter().sum() } else { eight_lanes(&block[..n]) }
}

fn eight_lanes(values: &[f64]) -> f64 {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut lanes = [0.0; 8];
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    rest.iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, value| sum + value)
}

#[cfg(test)]
mod tests {
    use super::pairwise_sum;

    /// `numpy.sum(1 / (numpy.arange(n) + 1.0))` of NumPy 2.4.6.
    const HARMONIC: [(usize, f64); 5] = [
        (7, 2.592_857_142_857_142_5),
        (10, 2.928_968_253_968_253_8),
        (128, 5.433_147_092_589_173),
        (1000, 7.485_470_860_550_345),
        (4321, 8.948_573_510_325_33),
    ];

    #[test]
    fn sums_are_bitwise_those_of_numpy() {
        for (n, sum) in HARMONIC {
            let values: Vec<f64> = (0..n).map(|i| 1.0 / (i as f64 + 1.0)).collect();
            assert_eq!(pairwise_sum(&values), sum, "n = {n}");
        }
    }

    #[test]
    fn nothing_sums_to_zero() {
        assert_eq!(pairwise_sum(&[]), 0.0);
    }
}
