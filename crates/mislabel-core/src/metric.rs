//! Measures of how well label issues match known label errors.

use crate::{ErrorMask, LabelIssues, Result};

/// A measure of agreement between a detector's issues and the known errors.
///
/// Implementers promise a finite value, or an error where the measure is undefined; never NaN.
pub trait Metric: Sync {
    /// The value on n samples.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](crate::Error::LengthMismatch) when the two differ in length,
    /// [`Error::Undefined`](crate::Error::Undefined) where the measure has no value.
    fn value(&self, issues: &LabelIssues, errors: &ErrorMask) -> Result<f64>;
}
