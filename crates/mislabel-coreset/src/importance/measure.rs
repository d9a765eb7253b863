//! The trait of importances.

use mislabel_core::{Result, Run};
use ndarray::Array1;

use crate::samples::Samples;

/// A measure of how important samples are to the fit of a classifier: an upper bound, up to a constant, of the largest
/// share of the total loss that the sample can make up (its *sensitivity*, Langberg & Schulman 2010).
///
/// Implementers promise finite importances of at least 0, with a positive sum, the same on any number of threads.
pub trait Importance: Send + Sync {
    /// The importance of every sample, `(n,)`, in units of the method.
    ///
    /// # Errors
    /// [`Error::Parameter`](mislabel_core::Error::Parameter) for a parameter that makes no sense, what the samples lack
    /// for this method, what the source reports, and [`Error::Cancelled`](mislabel_core::Error::Cancelled).
    fn importance(&self, samples: &Samples<'_>, run: &Run<'_>) -> Result<Array1<f64>>;
}
