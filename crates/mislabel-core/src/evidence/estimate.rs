//! A number with its uncertainty.

use std::fmt;

use crate::error::{Error, Result};

/// The half width of a 95% interval in standard errors, under a normal distribution.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// An estimated quantity and how far it may be off.
///
/// ```
/// use mislabel_core::Estimate;
///
/// let rate = Estimate::new(0.16, 0.01)?;
/// assert_eq!(rate.to_string(), "0.160 ± 0.0100");
/// assert!(rate.interval().0 < 0.15 && rate.interval().1 > 0.17);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "crate::serialized::EstimateFields")
)]
pub struct Estimate {
    value: f64,
    standard_error: f64,
}

impl Estimate {
    /// The estimate `value` with its standard error, 0 where it is exact.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a value or standard error that is not, [`Error::OutOfRange`] for a negative standard error.
    pub fn new(value: f64, standard_error: f64) -> Result<Self> {
        for (column, value) in [value, standard_error].into_iter().enumerate() {
            if !value.is_finite() {
                return Err(Error::NotFinite { what: "an estimate and its standard error", row: 0, column, value });
            }
        }
        if standard_error < 0.0 {
            let (what, high) = ("standard error", f64::INFINITY);
            return Err(Error::OutOfRange { what, row: 0, column: 0, value: standard_error, low: 0.0, high });
        }
        Ok(Self { value, standard_error })
    }

    /// An estimate that is finite by construction.
    pub(crate) fn finite(value: f64, standard_error: f64) -> Self {
        Self { value, standard_error }
    }

    /// The estimate.
    pub fn value(self) -> f64 {
        self.value
    }

    /// Its standard error, in the unit of the value; 0 where it is exact.
    pub fn standard_error(self) -> f64 {
        self.standard_error
    }

    /// The 95% interval (low, high) of a normal distribution around the estimate.
    pub fn interval(self) -> (f64, f64) {
        let half = NORMAL_95 * self.standard_error;
        (self.value - half, self.value + half)
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ± {:.4}", self.value, self.standard_error)
    }
}
