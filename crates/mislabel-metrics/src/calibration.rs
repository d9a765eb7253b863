//! Whether mistake probabilities mean what they say.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, ErrorMask, Result};

/// How probabilities are put into bins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Binning {
    /// B intervals of equal width, bin b being (b/B, (b+1)/B] and the first one closed (Guo et al. 2017).
    #[default]
    EqualWidth,
    /// As equal in samples as ties allow (Nixon et al. 2019): samples in order of probability, bin by place;
    /// tied samples go to the bin of the first of them.
    EqualMass,
}

/// Measures calibration over bins of probability.
///
/// ```
/// use mislabel_core::ErrorMask;
/// use mislabel_metrics::Calibration;
///
/// let probabilities = vec![0.1, 0.2, 0.9, 0.8];
/// let errors = ErrorMask::new(vec![false, false, true, false])?;
/// let halves = Calibration { bins: 2, ..Calibration::default() };
/// let error = halves.expected_error(&probabilities, &errors)?;
/// assert!((error - (0.5 * 0.15 + 0.5 * 0.35)).abs() < 1e-12);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Calibration {
    /// The number of bins B, at least 1.
    pub bins: usize,
    /// How the bins are laid.
    pub binning: Binning,
}

impl Default for Calibration {
    /// 15 bins of equal width, as in Guo et al. 2017.
    fn default() -> Self {
        Self { bins: 15, binning: Binning::EqualWidth }
    }
}

/// The samples of one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ReliabilityBin {
    /// How many samples fell into it, at least 1.
    pub samples: usize,
    /// The mean of their probabilities.
    pub mean_probability: f64,
    /// The share of them that are label errors.
    pub error_rate: f64,
}

impl Calibration {
    /// Expected calibration error: Σ_b (n_b / n) · |error rate in b − mean probability in b| (Naeini et al. 2015;
    /// Guo et al. 2017, equation 3) of `probabilities`, `(n,)` in [0, 1], that the labels are wrong. O(n log n).
    ///
    /// # Errors
    /// As [`reliability`](Self::reliability).
    pub fn expected_error(&self, probabilities: &[f64], errors: &ErrorMask) -> Result<f64> {
        let gap = |bin: &ReliabilityBin| bin.samples as f64 * (bin.error_rate - bin.mean_probability).abs();
        let bins = self.reliability(probabilities, errors)?;
        Ok(bins.iter().map(gap).sum::<f64>() / errors.len() as f64)
    }

    /// The reliability diagram: the bins that have samples, in order of probability.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `bins` is 0, [`Error::LengthMismatch`] when the two arguments differ in length,
    /// [`Error::OutOfRange`] at the first probability outside [0, 1] (NaN too).
    pub fn reliability(&self, probabilities: &[f64], errors: &ErrorMask) -> Result<Vec<ReliabilityBin>> {
        self.check(probabilities, errors)?;
        let mut samples: Vec<(f64, bool)> =
            probabilities.iter().copied().zip(errors.as_slice().iter().copied()).collect();
        samples.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut bins: Vec<(usize, ReliabilityBin)> = Vec::new();
        let mut place = 0;
        for tied in samples.chunk_by(|a, b| a.0 == b.0) {
            let number = self.bin(tied[0].0, place, samples.len());
            if bins.last().is_none_or(|(last, _)| *last != number) {
                bins.push((number, ReliabilityBin::default()));
            }
            if let Some((_, bin)) = bins.last_mut() {
                bin.add(tied);
            }
            place += tied.len();
        }
        Ok(bins.into_iter().map(|(_, sums)| sums.means()).collect())
    }

    fn bin(&self, probability: f64, place: usize, samples: usize) -> usize {
        match self.binning {
            Binning::EqualWidth => self.interval(probability),
            Binning::EqualMass => (place as u128 * self.bins as u128 / samples as u128) as usize,
        }
    }

    /// The b with b/B < probability ≤ (b+1)/B, put right where rounding has it one off.
    fn interval(&self, probability: f64) -> usize {
        let edge = |bin: usize| bin as f64 / self.bins as f64;
        let guess = ((probability * self.bins as f64).ceil() as usize).saturating_sub(1).min(self.bins - 1);
        if guess > 0 && probability <= edge(guess) {
            return guess - 1;
        }
        if probability > edge(guess + 1) { guess + 1 } else { guess }
    }

    fn check(&self, probabilities: &[f64], errors: &ErrorMask) -> Result<()> {
        const WHAT: &str = "mistake probability";
        if self.bins == 0 {
            return Err(Error::parameter("bins", 0.0, "at least 1"));
        }
        same_length("the error mask", probabilities.len(), errors.len())?;
        match probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
            None => Ok(()),
            Some(row) => {
                let value = probabilities[row];
                Err(Error::OutOfRange { what: WHAT, row, column: 0, value, low: 0.0, high: 1.0 })
            }
        }
    }
}

impl ReliabilityBin {
    /// Adds tied samples to the sums that the fields hold until [`means`](Self::means).
    fn add(&mut self, samples: &[(f64, bool)]) {
        self.samples += samples.len();
        self.mean_probability += samples.iter().map(|(probability, _)| probability).sum::<f64>();
        self.error_rate += samples.iter().filter(|(_, error)| *error).count() as f64;
    }

    fn means(self) -> Self {
        let samples = self.samples as f64;
        Self { mean_probability: self.mean_probability / samples, error_rate: self.error_rate / samples, ..self }
    }
}
