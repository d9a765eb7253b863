//! Noise that depends on nothing.

use mislabel_core::{Labels, NoiseModel, NoisyLabels, Result};
use rand::RngExt;

use crate::rate::{checked_rate, need_second_class};
use crate::sampling::{Sampling, generator, noisy};

const STREAM: u64 = 1;

/// Symmetric (uniform) noise: a corrupted label becomes each of the k − 1 other classes with equal probability,
/// `T[i][j]` = η / (k − 1) for j ≠ i (Angluin & Laird 1988 for k = 2).
///
/// Absent classes are classes too: labels may become them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Symmetric {
    /// The noise rate η in [0, 1]: the share of labels that become wrong.
    pub rate: f64,
    /// Whether η is met exactly or on average.
    pub sampling: Sampling,
}

impl Default for Symmetric {
    /// A tenth of the labels, exactly.
    fn default() -> Self {
        Self { rate: 0.1, sampling: Sampling::Exact }
    }
}

impl NoiseModel for Symmetric {
    /// O(n).
    ///
    /// # Errors
    /// [`Error::Parameter`](mislabel_core::Error::Parameter) for the rate,
    /// [`Error::TooFewClasses`](mislabel_core::Error::TooFewClasses) for a rate above 0 with k = 1.
    fn corrupt(&self, truth: &Labels, seed: u64) -> Result<NoisyLabels> {
        checked_rate(self.rate)?;
        let mut values = truth.values().to_vec();
        if self.rate > 0.0 {
            need_second_class(truth)?;
            // Labels are u32: classes beyond that cannot be given.
            let others = u32::try_from(truth.class_count() - 1).unwrap_or(u32::MAX);
            let mut rng = generator(seed, STREAM);
            let rows: Vec<usize> = (0..truth.len()).collect();
            for row in self.sampling.hit(&rows, self.rate, &mut rng) {
                let other = rng.random_range(0..others);
                values[row] = other + u32::from(other >= values[row]);
            }
        }
        noisy(truth, values)
    }
}
