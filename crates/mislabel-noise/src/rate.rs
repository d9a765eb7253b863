//! Noise rates, and the numbers of samples they stand for.

use mislabel_core::{Error, Labels, Result};

/// What rounding may take, relatively, from the product of a decimal rate and a number of samples:
/// 0.29 · 100 is 28.999999999999996.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Checks that `rate` lies in [0, 1].
pub(crate) fn checked_rate(rate: f64) -> Result<()> {
    if (0.0..=1.0).contains(&rate) {
        return Ok(());
    }
    Err(Error::parameter("rate", rate, "in [0, 1]"))
}

/// int(rate · samples), with 0.29 · 100 = 29.
pub(crate) fn whole(rate: f64, samples: usize) -> usize {
    ((rate * samples as f64 * (1.0 + ROUNDING)) as usize).min(samples)
}

/// Checks that a second class exists to be confused with; it may be absent from the labels.
pub(crate) fn need_second_class(truth: &Labels) -> Result<()> {
    match truth.class_count() {
        1 => Err(Error::TooFewClasses { found: 1, classes: 1, needed: 2 }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_rate_made_from_whole_numbers_gives_them_back() {
        assert_eq!((whole(0.29, 100), whole(0.1, 30), whole(0.999, 10), whole(1.0, 7)), (29, 3, 9, 7));
        for samples in 1..400 {
            for part in 0..=samples {
                assert_eq!(whole(part as f64 / samples as f64, samples), part, "{part} of {samples}");
            }
        }
    }
}
