//! A noise rate with what is not known of it.

use std::fmt;

/// Standard errors on either side of a mean that hold 95% of a normal distribution.
const NORMAL_95: f64 = 1.96;

/// A noise rate η and its standard error; displays as `0.180 ± 0.029`, the half width of the
/// 95% interval behind ±.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NoiseRateInterval {
    rate: f64,
    standard_error: f64,
    /// Shares of the labels that are known to be wrong, and not known to be right.
    #[cfg_attr(feature = "serde", serde(skip))]
    certain: (f64, f64),
}

impl NoiseRateInterval {
    pub(crate) fn new(rate: f64, standard_error: f64) -> Self {
        Self { rate, standard_error, certain: (0.0, 1.0) }
    }

    /// Within the shares `least` and `most`, which are certain.
    pub(crate) fn within(self, least: f64, most: f64) -> Self {
        Self { certain: (least, most), ..self }
    }

    /// η, in [0, 1].
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Its standard error.
    pub fn standard_error(&self) -> f64 {
        self.standard_error
    }

    /// The ends of the 95% interval, within [0, 1], and within what verified labels leave open: as many as are known to be wrong
    /// are wrong.
    pub fn bounds(&self) -> (f64, f64) {
        let half = NORMAL_95 * self.standard_error;
        let (least, most) = self.certain;
        ((self.rate - half).max(least), (self.rate + half).min(most))
    }
}

impl fmt::Display for NoiseRateInterval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.3} ± {:.3}", self.rate, NORMAL_95 * self.standard_error)
    }
}
