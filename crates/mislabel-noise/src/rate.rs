//! Noise rates, and the numbers of samples they stand for.

use mislabel_core::{Error, Labels, Result};

/// What a product of a decimal rate and a number of samples may lack of a whole number by rounding:
/// 0.29 · 100 is 28.999999999999996.
const ROUNDING: f64 = 1e-9;

/// Checks that `rate` lies in [0, 1].
pub(crate) fn checked_rate(rate: f64) -> Result<()> {
    if (0.0..=1.0).contains(&rate) {
        return Ok(());
    }
    Err(Error::Parameter { name: "rate", value: rate, requirement: "in [0, 1]" })
}

/// int(rate · samples), with 0.29 · 100 = 29.
pub(crate) fn whole(rate: f64, samples: usize) -> usize {
    let product = rate * samples as f64;
    ((product * (1.0 + f64::EPSILON) + ROUNDING) as usize).min(samples)
}

/// Checks that a second class exists to be confused with; it may be absent from the labels.
pub(crate) fn need_second_class(truth: &Labels) -> Result<()> {
    match truth.classes() {
        1 => Err(Error::TooFewClasses { found: 1, classes: 1, needed: 2 }),
        _ => Ok(()),
    }
}
