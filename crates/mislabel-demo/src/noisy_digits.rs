//! Digits with wrong labels.

use mislabel_core::{Embeddings, NoiseModel as _, NoisyLabels, Result, Run};
use mislabel_datasets::{Dataset as Digits, digits};
use mislabel_noise::Symmetric;
use mislabel_posterior::{Posterior, SoftLinearPosterior};

/// Most ink of a pixel of the digits.
pub const MOST_INK: f32 = 16.0;

/// How labels become wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demo {
    /// Share of the labels to make wrong, in [0, 1]. Default 0.1.
    pub rate: f64,
    /// Seed of the wrong labels. Default 0.
    pub seed: u64,
}

impl Default for Demo {
    fn default() -> Self {
        Self { rate: 0.1, seed: 0 }
    }
}

impl Demo {
    /// The digits, and their labels with errors.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](mislabel_core::Error::OutOfRange) or
    /// [`Error::Parameter`](mislabel_core::Error::Parameter) for the rate.
    pub fn data(&self) -> Result<NoisyDigits> {
        let digits = digits();
        let noisy = Symmetric { rate: self.rate, ..Symmetric::default() }.corrupt(&digits.labels, self.seed)?;
        Ok(NoisyDigits { digits, noisy })
    }
}

/// Digits with wrong labels among the given ones.
#[derive(Debug)]
#[non_exhaustive]
pub struct NoisyDigits {
    /// The digits: 1,797 images of 8 × 8 pixels with their true labels.
    pub digits: Digits,
    /// The given labels, `(1797,)`, and which of them are wrong.
    pub noisy: NoisyLabels,
}

impl NoisyDigits {
    /// What the default method of `mislabel detect` says of the given labels.
    ///
    /// # Errors
    /// As [`SoftLinearPosterior::fitted`].
    pub fn posterior(&self, run: &Run<'_>) -> Result<Posterior> {
        let embeddings = Embeddings::new(self.digits.embeddings.view())?;
        Ok(SoftLinearPosterior::default().fitted(&embeddings, &self.noisy.given, run)?.posterior)
    }
}
