//! A noise rate with what is not known of it.

use std::fmt;

/// Standard errors on either side of a mean that hold 95% of a normal distribution.
const NORMAL_95: f64 = 1.96;

/// A noise rate η and its standard error; displays as `0.180 ± 0.029`, the half width of the 95% interval behind ±.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NoiseRateInterval {
    rate: f64,
    standard_error: f64,
}

impl NoiseRateInterval {
    pub(crate) fn new(rate: f64, standard_error: f64) -> Self {
        Self { rate, standard_error }
    }

    /// η, in [0, 1].
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Its standard error.
    pub fn standard_error(&self) -> f64 {
        self.standard_error
    }

    /// The ends of the 95% interval, within [0, 1].
    pub fn bounds(&self) -> (f64, f64) {
        let half = NORMAL_95 * self.standard_error;
        ((self.rate - half).max(0.0), (self.rate + half).min(1.0))
    }
}

impl fmt::Display for NoiseRateInterval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.3} ± {:.3}", self.rate, NORMAL_95 * self.standard_error)
    }
}
