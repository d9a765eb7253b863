//! From which ratio on a sample is flagged.

use mislabel_core::{Error, Result, Run};

use crate::noise_rate::NoiseRate;
use crate::ratios::Ratios;
use crate::threshold::mixture::LogRatioMixture;

/// A rule for the threshold χ*: samples with χ > χ* are label issues.
///
/// No rule is good everywhere: the published constants were tuned on synthetic noise and flag too few of the errors
/// that people make, the mixture flags many samples of clean data, and χ > 1 flags every ambiguous sample.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Threshold {
    /// χ* = 1.01 · χ₀^(−1.5 / (1 + 13.8 η̂)); if max χ < 1.12 instead max(1.01, 1 + (1/χ_rand − 1) / (1 + 10 η̂)).
    ///
    /// Constants of the code released with arXiv:2412.02596. Where η̂ is undefined it counts as 0.
    #[default]
    Published,
    /// A fixed χ*, finite and positive; 1 flags whatever another class reconstructs better.
    Fixed(f64),
    /// Where the upper part of a [`LogRatioMixture`] becomes the likelier one. Needs ratios that differ.
    Mixture,
}

impl Threshold {
    /// χ* for the ratios of a dataset and its noise rate. O(n), O(n log n) for the mixture.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a fixed threshold that is not finite and positive; [`Error::Undefined`] when a
    /// mixture has fewer than four ratios or all are equal, or a formula gives no number.
    pub fn value(&self, ratios: &Ratios, noise: &NoiseRate) -> Result<f64> {
        self.value_within(ratios, noise, &Run::quiet())
    }

    /// [`value`](Self::value), which `run` may stop.
    pub(crate) fn value_within(&self, ratios: &Ratios, noise: &NoiseRate, run: &Run<'_>) -> Result<f64> {
        let largest = ratios.as_slice().iter().copied().fold(0.0, f64::max);
        match *self {
            Self::Published => published_threshold(largest, noise),
            Self::Fixed(value) if value.is_finite() && value > 0.0 => Ok(value),
            Self::Fixed(value) => Err(Error::parameter("threshold", value, "finite and positive")),
            Self::Mixture => Ok(LogRatioMixture::fit_within(ratios.as_slice(), run)?.threshold(largest)),
        }
    }
}

impl Threshold {
    /// χ* by the published rule, from the `largest` ratio of a dataset and its noise rate.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the formula gives no number.
    pub fn published(largest: f64, noise: &NoiseRate) -> Result<f64> {
        published_threshold(largest, noise)
    }
}

/// Where no ratio reaches this, nothing would exceed the exponent formula's threshold.
const SMALL_LARGEST_RATIO: f64 = 1.12;

/// [`Threshold::Published`].
fn published_threshold(largest_ratio: f64, noise: &NoiseRate) -> Result<f64> {
    let rate = noise.rate().unwrap_or(0.0);
    let (value, least) = if largest_ratio < SMALL_LARGEST_RATIO {
        (1.0 + (1.0 / noise.chi_rand - 1.0) / (1.0 + 10.0 * rate), 1.01)
    } else {
        (1.01 * noise.chi_0.powf(-1.5 / (1.0 + 13.8 * rate)), 0.0)
    };
    if value.is_finite() {
        return Ok(value.max(least));
    }
    Err(Error::Undefined {
        quantity: "the published threshold", reason: "χ₀ and χ_rand must be finite and positive"
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::{ErrorSummary, Labels};
    use ndarray::array;

    /// Worked by hand to six decimals: half of the last is 5e-7.
    const BY_HAND: f64 = 1e-5;

    /// Rounding of two quotients of doubles.
    const ROUNDING: f64 = 1e-12;

    const NOISE: NoiseRate = NoiseRate { chi_0: 0.8, chi_rand: 0.75, raw: Some(0.2), sampling: None };

    #[test]
    fn the_published_formula_gives_values_worked_by_hand() {
        // 0.8^(−1.5 / 3.76) = e^(0.223144·0.398936) = 1.093102
        assert!((published_threshold(2.0, &NOISE).unwrap() - 1.104034).abs() < BY_HAND);
        // 1 + (4/3 − 1) / 3 = 1.111…
        assert!((published_threshold(1.1, &NOISE).unwrap() - (1.0 + 1.0 / 9.0)).abs() < ROUNDING);
    }

    #[test]
    fn where_no_ratio_is_large_the_published_threshold_is_at_least_1_01() {
        let noise = NoiseRate { chi_0: 1.0, chi_rand: 0.999, raw: Some(1.0), sampling: None };
        assert_eq!(published_threshold(1.1, &noise).unwrap(), 1.01);
    }

    #[test]
    fn an_undefined_noise_rate_counts_as_none() {
        let noise = NoiseRate { raw: None, ..NOISE };
        let clean = NoiseRate { raw: Some(0.0), ..NOISE };
        assert_eq!(published_threshold(2.0, &noise).unwrap(), published_threshold(2.0, &clean).unwrap());
    }

    #[test]
    fn a_noise_rate_made_by_hand_that_gives_no_threshold_is_an_error() {
        for (chi_0, chi_rand) in [(f64::NAN, f64::NAN), (0.0, 0.0), (-1.0, 0.0)] {
            let noise = NoiseRate { chi_0, chi_rand, raw: Some(0.1), sampling: None };
            for largest in [1.0, 2.0] {
                assert!(matches!(published_threshold(largest, &noise), Err(Error::Undefined { .. })));
            }
        }
    }

    #[test]
    fn fixed_thresholds_must_be_finite_and_positive() {
        let given = Labels::new(vec![0], 2).unwrap();
        let errors = ErrorSummary::from_dense(array![[1.0, 2.0]].view(), &given).unwrap();
        let ratios = Ratios::new(&errors, &given).unwrap();
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = Threshold::Fixed(bad).value(&ratios, &NOISE).unwrap_err();
            assert!(matches!(error, Error::Parameter { name: "threshold", .. }));
        }
        assert_eq!(Threshold::Fixed(1.2).value(&ratios, &NOISE).unwrap(), 1.2);
    }
}
