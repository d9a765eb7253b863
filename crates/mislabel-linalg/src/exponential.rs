//! The exponential function, many values at a time.

use pulp::Arch;

/// Replaces every value z by e^{z − greatest}, 0 where z − greatest is below `least`, which must be −700 or more;
/// `greatest` is the greatest value.
///
/// ```
/// use mislabel_linalg::exponentiate;
///
/// let mut values = [3.0, 2.0, -70.0];
/// exponentiate(&mut values, 3.0, -60.0);
/// assert!(values[0] == 1.0 && (values[1] * std::f64::consts::E - 1.0).abs() < 1e-15 && values[2] == 0.0);
/// ```
pub fn exponentiate(values: &mut [f64], greatest: f64, least: f64) {
    Arch::new().dispatch(
        #[inline(always)]
        || values.iter_mut().for_each(|value| *value = exponential(*value - greatest, least)),
    );
}

/// The same for one row of a matrix whose every column has its own `greatest` value.
pub fn exponentiate_row(row: &mut [f64], greatest: &[f64], least: f64) {
    Arch::new().dispatch(
        #[inline(always)]
        || row.iter_mut().zip(greatest).for_each(|(value, greatest)| *value = exponential(*value - greatest, least)),
    );
}

/// eˣ for x ≤ 0 within a few units in the last place, 0 for x below `least`, which must be −700 or more: x = n ln 2 + r
/// with |r| ≤ ½ ln 2, then the Taylor polynomial of degree 13 (remainder under 1e-17) times 2ⁿ. Without branches or
/// calls, so that loops over it vectorize.
#[inline(always)]
fn exponential(x: f64, least: f64) -> f64 {
    /// 1.5 · 2⁵²: adding it rounds to an integer, which then lies in the lowest bits.
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    /// ln 2 in two parts, the first short enough for exact products with n.
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// 1/2! to 1/13!, from the last to the first.
    const COEFFICIENTS: [f64; 12] = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
    ];
    let clipped = if x < least { least } else { x };
    let shifted = clipped * std::f64::consts::LOG2_E + ROUNDER;
    let n = shifted - ROUNDER;
    let r = (clipped - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut polynomial = 0.0;
    for coefficient in COEFFICIENTS {
        polynomial = polynomial * r + coefficient;
    }
    let power = shifted.to_bits().wrapping_sub(ROUNDER.to_bits()).wrapping_add(1023) << 52;
    let value = (1.0 + r * (1.0 + r * polynomial)) * f64::from_bits(power);
    if x < least { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few units in the last place, of at most 2.2e-16 each.
    const FEW_UNITS: f64 = 1e-15;

    #[test]
    fn exponentials_are_those_of_the_standard_library_to_rounding() {
        for least in [-60.0, -200.0] {
            for i in 0..=(-least as i32) * 1000 {
                let x = -f64::from(i) / 1000.0;
                assert!((exponential(x, least) / x.exp() - 1.0).abs() < FEW_UNITS, "at {x}");
            }
            let ends = [0.0, least - 0.001, f64::MIN].map(|x| exponential(x, least));
            assert_eq!(ends, [1.0, 0.0, 0.0]);
        }
    }

    #[test]
    fn a_row_is_exponentiated_as_its_values_are_one_by_one() {
        let row: Vec<f64> = (0..37).map(|i| f64::from(i) * -2.3).collect();
        let greatest: Vec<f64> = (0..37).map(|i| f64::from(i % 3)).collect();
        let mut whole = row.clone();
        exponentiate_row(&mut whole, &greatest, -60.0);
        for ((value, greatest), exponentiated) in row.iter().zip(&greatest).zip(whole) {
            let mut single = [*value];
            exponentiate(&mut single, *greatest, -60.0);
            assert_eq!(single, [exponentiated]);
        }
    }
}
