//! Softmax, cross-entropy and its residuals over a block of rows, vectorized over the rows.

use pulp::Arch;

/// What a block of rows adds to the sums over all rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct BlockLoss {
    /// Σ w (log Σ_c e^{z_c} − z_y).
    pub(crate) loss: f64,
    /// Σ w (1 − Σ_c p_c²), by which the curvature of the loss is known.
    pub(crate) uncertainty: f64,
}

/// Turns `logits`, `(rows, k)` column-major, into residuals w (p − [c = y]) and sums up the loss.
///
/// Exponentials and products are f32, sums are f64.
pub(crate) fn residuals(logits: &mut [f32], targets: &[u32], weights: &[f64]) -> BlockLoss {
    Arch::new().dispatch(
        #[inline(always)]
        || residuals_inlined(logits, targets, weights),
    )
}

#[inline(always)]
fn residuals_inlined(logits: &mut [f32], targets: &[u32], weights: &[f64]) -> BlockLoss {
    let rows = targets.len();
    let largest = largest(logits, rows);
    let own: Vec<f32> = targets.iter().enumerate().map(|(row, &class)| logits[class as usize * rows + row]).collect();
    let (sums, squares) = exponentiate(logits, &largest);
    let mut total = BlockLoss::default();
    let mut factors = vec![0.0_f32; rows];
    for row in 0..rows {
        let (sum, weight) = (sums[row], weights[row]);
        total.loss += weight * (sum.ln() + f64::from(largest[row]) - f64::from(own[row]));
        total.uncertainty += weight * (1.0 - squares[row] / (sum * sum));
        factors[row] = (weight / sum) as f32;
    }
    for column in logits.chunks_exact_mut(rows) {
        column.iter_mut().zip(&factors).for_each(|(value, factor)| *value *= factor);
    }
    for (row, (&class, &weight)) in targets.iter().zip(weights).enumerate() {
        logits[class as usize * rows + row] -= weight as f32;
    }
    total
}

#[inline(always)]
fn largest(logits: &[f32], rows: usize) -> Vec<f32> {
    let mut largest = vec![f32::NEG_INFINITY; rows];
    for column in logits.chunks_exact(rows) {
        largest.iter_mut().zip(column).for_each(|(largest, &z)| *largest = if z > *largest { z } else { *largest });
    }
    largest
}

/// Replaces every z by e^{z − largest}; returns the sums and the sums of squares per row.
#[inline(always)]
fn exponentiate(logits: &mut [f32], largest: &[f32]) -> (Vec<f64>, Vec<f64>) {
    let (mut sums, mut squares) = (vec![0.0_f64; largest.len()], vec![0.0_f64; largest.len()]);
    for column in logits.chunks_exact_mut(largest.len()) {
        let rows = column.iter_mut().zip(largest).zip(sums.iter_mut().zip(&mut squares));
        for ((z, largest), (sum, square)) in rows {
            *z = exponential(*z - largest);
            *sum += f64::from(*z);
            *square += f64::from(*z * *z);
        }
    }
    (sums, squares)
}

/// eˣ for x ≤ 0 within 2 units in the last place, and e^{−87} ≈ 0 below −87: x = n ln 2 + r with |r| ≤ ½ ln 2, then
/// the Taylor polynomial of degree 7 (remainder under 1e-8) times 2ⁿ. Without branches or calls, so that loops over it
/// vectorize.
#[inline(always)]
fn exponential(x: f32) -> f32 {
    /// 1.5 · 2²³: adding it rounds to an integer, which then lies in the lowest bits.
    const ROUNDER: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUNDER;
    let n = shifted - ROUNDER;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let tail = 1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0 + r * (1.0 / 5040.0)));
    let polynomial = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * tail)));
    let exponent = shifted.to_bits().wrapping_sub(ROUNDER.to_bits()).wrapping_add(127) << 23;
    polynomial * f32::from_bits(exponent)
}

/// Softmax of one row of logits in f64, in place.
pub(crate) fn normalize(logits: &mut [f64]) {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logits.iter_mut().for_each(|z| *z = (*z - largest).exp());
    let sum: f64 = logits.iter().sum();
    logits.iter_mut().for_each(|p| *p /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two units in the last place of f32, of at most 2⁻²³ = 1.2e-7 each.
    const TWO_UNITS: f64 = 3e-7;

    /// Two units in the last place of f32 at weights up to 5.2, and their rounding to f32.
    const RESIDUAL: f64 = 2e-6;

    /// Two units in the last place of f32, 2.4e-7, at weights that sum to 95: 2.3e-5 if all rows erred alike.
    const SUMS: f64 = 1e-5;

    #[test]
    fn the_exponential_is_accurate_over_its_range() {
        for i in 0..=87_000 {
            let x = -(i as f32) / 1000.0;
            let (ours, exact) = (f64::from(exponential(x)), f64::from(x).exp());
            assert!((ours / exact - 1.0).abs() < TWO_UNITS, "at {x}: {ours} for {exact}");
        }
        assert!(exponential(-1e30) < 2e-38);
    }

    #[test]
    fn residuals_equal_their_textbook_formula() {
        let (rows, classes) = (37, 5);
        let logits: Vec<f32> = (0..rows * classes).map(|i| ((i * 7919) % 101) as f32 / 9.0 - 5.0).collect();
        let targets: Vec<u32> = (0..rows as u32).map(|row| row % 5).collect();
        let weights: Vec<f64> = (0..rows).map(|row| row as f64 / 7.0).collect();
        let mut found = logits.clone();
        let sums = residuals(&mut found, &targets, &weights);
        let (mut loss, mut uncertainty) = (0.0, 0.0);
        for row in 0..rows {
            let mut p: Vec<f64> = (0..classes).map(|class| f64::from(logits[class * rows + row])).collect();
            normalize(&mut p);
            loss -= weights[row] * p[targets[row] as usize].ln();
            uncertainty += weights[row] * (1.0 - p.iter().map(|p| p * p).sum::<f64>());
            for class in 0..classes {
                let expected = weights[row] * (p[class] - f64::from(u8::from(targets[row] == class as u32)));
                assert!((f64::from(found[class * rows + row]) - expected).abs() < RESIDUAL);
            }
        }
        assert!((sums.loss - loss).abs() < SUMS && (sums.uncertainty - uncertainty).abs() < SUMS);
    }
}
