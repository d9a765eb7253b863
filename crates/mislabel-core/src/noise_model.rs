//! Models that corrupt labels.

use crate::error::Result;
use crate::evidence::issues::ErrorMask;
use crate::forwarding::forward;
use crate::inputs::labels::Labels;

/// Given labels made from true ones, and where they are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct NoisyLabels {
    /// The given labels, `(n,)`.
    pub given: Labels,
    /// Where they differ from the true labels, `(n,)`.
    pub errors: ErrorMask,
}

impl NoisyLabels {
    /// The `given` labels, `(n,)`, with the mask of where they differ from the true ones, `truth`, `(n,)`.
    ///
    /// # Errors
    /// As [`ErrorMask::between`].
    pub fn new(given: Labels, truth: &Labels) -> Result<Self> {
        let errors = ErrorMask::between(&given, truth)?;
        Ok(Self { given, errors })
    }
}

/// A model of label noise.
///
/// Implementers promise the same result for the same labels and seed, and that the mask is true exactly
/// where the given label differs from the true one.
pub trait NoiseModel: Send + Sync {
    /// Corrupts the true labels `truth`, `(n,)`.
    ///
    /// # Errors
    /// What the model needs and the labels or its parameters lack.
    fn corrupt(&self, truth: &Labels, seed: u64) -> Result<NoisyLabels>;
}

forward! {
    NoiseModel {
        fn corrupt(&self, truth: &Labels, seed: u64) -> Result<NoisyLabels>;
    }
}
