//! Noise that people made.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Error, Labels, NoiseModel, NoisyLabels, Result};

use crate::rate::{checked_rate, whole};
use crate::sampling::{generator, noisy, subset};

const STREAM: u64 = 5;

/// Recorded noise: the labels that annotators really gave, all of them or only enough of their errors to make a
/// given noise rate (as for CIFAR-10N, Wei et al. 2022).
///
/// ```
/// use mislabel_core::{Labels, NoiseModel};
/// use mislabel_noise::Recorded;
///
/// let truth = Labels::new(vec![0, 0, 1, 1], 2)?;
/// let human = Labels::new(vec![0, 1, 0, 1], 2)?;
/// assert_eq!(Recorded::all(human.clone()).corrupt(&truth, 51)?.given, human);
/// assert_eq!(Recorded::at_rate(human.clone(), 0.25).corrupt(&truth, 51)?.errors.error_count(), 1);
/// assert_eq!(
///     Recorded::at_rate(human, 0.75).corrupt(&truth, 51).unwrap_err().to_string(),
///     "parameter rate is 0.75: it must be at most the share of recorded labels that differ from the true ones"
/// );
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Recorded {
    /// The recorded labels, `(n,)`.
    pub labels: Labels,
    /// The noise rate η in [0, 1], met exactly by int(η·n) of the recorded errors at random; `None` takes them all.
    #[cfg_attr(feature = "serde", serde(default))]
    pub rate: Option<f64>,
}

impl Recorded {
    /// All of the recorded `labels`, `(n,)`.
    pub fn all(labels: Labels) -> Self {
        Self { labels, rate: None }
    }

    /// So many of the errors in the recorded `labels`, `(n,)`, that their share of all n labels is `rate`.
    pub fn at_rate(labels: Labels, rate: f64) -> Self {
        Self { labels, rate: Some(rate) }
    }
}

impl NoiseModel for Recorded {
    /// O(n).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when recorded and true labels differ in length or in the number of classes,
    /// [`Error::Parameter`] for a rate outside [0, 1] or above the rate of the recorded errors.
    fn corrupt(&self, truth: &Labels, seed: u64) -> Result<NoisyLabels> {
        same_length("recorded labels", truth.len(), self.labels.len())?;
        same_class_count("the recorded labels", truth.class_count(), self.labels.class_count())?;
        let Some(rate) = self.rate else {
            return noisy(truth, self.labels.values().to_vec());
        };
        checked_rate(rate)?;
        let recorded = self.labels.values();
        let mut values = truth.values().to_vec();
        let wrong: Vec<usize> = (0..truth.len()).filter(|&row| recorded[row] != values[row]).collect();
        let amount = whole(rate, truth.len());
        if amount > wrong.len() {
            let requirement = "at most the share of recorded labels that differ from the true ones";
            return Err(Error::parameter("rate", rate, requirement));
        }
        for row in subset(&wrong, amount, &mut generator(seed, STREAM)) {
            values[row] = recorded[row];
        }
        noisy(truth, values)
    }
}
