//! Values rounded to eight bits, and what rounding may change.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};

use crate::rows::slices::square_norm;

/// The largest byte; the least is its opposite.
const LARGEST: f32 = 127.0;

/// 1.5·2²³: f32 of this size are integers.
const ONES: f32 = 12_582_912.0;

/// Allowance for the rounding of the bounds themselves.
pub(crate) const SLACK: f64 = 1.0001;

/// The nearest multiples of the returned step, the least that reaches all of `values`.
#[inline(always)]
pub(crate) fn round(values: &[f32], rounded: &mut [i8]) -> f32 {
    let mut largest = 0.0_f32;
    for value in values {
        largest = largest.max(value.abs());
    }
    let step = largest / LARGEST;
    // Below this the inverse is infinite; such values round to nothing.
    let inverse = if step > f32::MIN_POSITIVE { step.recip() } else { 0.0 };
    for (byte, value) in rounded.iter_mut().zip(values) {
        // The sum's last bit counts ones, so that it is rounded to an integer, ties to even, and ends in that integer's
        // byte.
        *byte = (value * inverse + ONES).to_bits() as i8;
    }
    step
}

#[inline(always)]
pub(crate) fn byte_sum(values: &[i8]) -> i32 {
    let mut sum = 0;
    for value in values {
        sum += i32::from(*value);
    }
    sum
}

/// ‖x − x̂‖².
#[inline(always)]
pub(crate) fn residual_square(row: &[f32], rounded: &[i8], step: f32) -> f64 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    let (rows, bytes) = (row.chunks(LANES), rounded.chunks(LANES));
    for (row, bytes) in rows.zip(bytes) {
        for ((sum, value), byte) in sums.iter_mut().zip(row).zip(bytes) {
            let difference = value - f32::from(*byte) * step;
            *sum += difference * difference;
        }
    }
    sums.iter().copied().map(f64::from).sum()
}

/// No less than the spectral norm of the `rows`: with G = RRᵀ, ‖R‖⁸ = ‖G⁴‖ is at most the largest row sum of |G⁴|.
pub(crate) fn spectral_bound(rows: &[f32], features: usize) -> f32 {
    let count = rows.len() / features;
    let total = square_norm(rows);
    if total == 0.0 {
        return 0.0;
    }
    // In f64 and in units of the trace, so that the fourth power neither vanishes nor drowns in rounding.
    let wide = Mat::from_fn(count, features, |i, j| f64::from(rows[i * features + j]));
    let mut power = product(wide.as_ref(), wide.as_ref().transpose(), total.recip());
    for _ in 0..2 {
        power = product(power.as_ref(), power.as_ref(), 1.0);
    }
    let largest = power.row_iter().map(|row| row.iter().map(|value| value.abs()).sum::<f64>()).fold(0.0, f64::max);
    ((largest.powf(0.25) * total).sqrt() * SLACK) as f32
}

fn product(left: MatRef<'_, f64>, right: MatRef<'_, f64>, factor: f64) -> Mat<f64> {
    let mut out = Mat::zeros(left.nrows(), right.ncols());
    matmul(out.as_mut(), Accum::Replace, left, right, factor, Par::Seq);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `count` rows of `features` values of any size, zeros among them.
    fn rows(count: usize, features: usize) -> impl Strategy<Value = Vec<f32>> {
        let value = prop_oneof![4 => -1.0_f32..1.0, 1 => Just(0.0), 1 => -1e-6_f32..1e-6, 1 => -30.0_f32..30.0];
        proptest::collection::vec(value, count * features)
    }

    /// The largest ‖Ru‖ of a few unit vectors u, each improved by power iterations.
    fn spectral_norm(rows: &[f32], features: usize) -> f64 {
        let mut vector: Vec<f64> = (0..features).map(|i| 1.0 + (i as f64).sin()).collect();
        let mut norm = 0.0;
        for _ in 0..200 {
            let products: Vec<f64> = rows
                .chunks_exact(features)
                .map(|row| row.iter().zip(&vector).map(|(a, b)| f64::from(*a) * b).sum())
                .collect();
            let length = square_norm(&vector).sqrt();
            norm = square_norm(&products).sqrt() / length.max(f64::MIN_POSITIVE);
            vector = vec![0.0; features];
            for (row, product) in rows.chunks_exact(features).zip(&products) {
                vector.iter_mut().zip(row).for_each(|(out, value)| *out += product * f64::from(*value));
            }
            let length = square_norm(&vector).sqrt().max(f64::MIN_POSITIVE);
            vector.iter_mut().for_each(|value| *value /= length);
        }
        norm
    }

    proptest! {
        #[test]
        fn the_bound_is_at_least_the_spectral_norm_and_little_above_it(
            values in (1_usize..20).prop_flat_map(|count| rows(count, 23)),
        ) {
            let (bound, norm) = (f64::from(spectral_bound(&values, 23)), spectral_norm(&values, 23));
            prop_assert!(bound >= norm * (1.0 - 1e-9), "{} below {}", bound, norm);
            prop_assert!(bound <= 1.5 * norm + 1e-30, "{} far above {}", bound, norm);
        }
    }

    #[test]
    fn rounding_reaches_the_largest_value_and_keeps_signs() {
        let mut rounded = [0; 4];
        assert_eq!(round(&[-127.0, 62.5, 0.0, 0.4], &mut rounded), 1.0);
        assert_eq!(rounded, [-127, 62, 0, 0], "ties go to the even multiple");
        assert_eq!(round(&[0.0; 4], &mut rounded), 0.0);
        assert_eq!(rounded, [0; 4]);
    }
}
