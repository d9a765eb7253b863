//! Noise that depends on the sample.

use std::fmt;

use mislabel_core::checks::same_length;
use mislabel_core::{EmbeddingSource, Error, Labels, NoiseModel, NoisyLabels, Result};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::centroids::proximities;
use crate::rate::{checked_rate, whole};
use crate::sampling::{Sampling, generator, noisy, systematic_counts};

const STREAM: u64 = 7;

/// Distance ratios beyond e^±30 count as that.
const LOG_RATIO_LIMIT: f64 = 30.0;

/// Instance-dependent noise: the nearer a sample is to another class, the likelier is its label to become that class.
///
/// With d_own and d_other the Euclidean distances of a sample to the centroid of its true class and to the nearest
/// other centroid, its label becomes that other class with probability
///
/// p = σ(b + s·ln(d_own / d_other)),  σ(t) = 1 / (1 + e^−t),
///
/// s being the `steepness` and b such that the mean of p over the n samples is the noise rate η (found by
/// bisection; the mean grows with b). s = 0 corrupts all samples alike, a great s only those nearest to another
/// class. A flip rate that varies with the sample and is calibrated to η on average is the setting of Xia et al.
/// 2020 (part-dependent noise, where the rate comes from random projections of the sample) and of Cheng et al. 2021;
/// the equation here is simpler and puts the noise where annotators err, between classes.
///
/// A class of one sample lies on its own centroid and is the last to be corrupted.
///
/// ```
/// use mislabel_core::{Embeddings, Labels, NoiseModel};
/// use mislabel_noise::InstanceDependent;
/// use ndarray::array;
///
/// let rows = array![[0.0_f32], [0.1], [4.0], [9.0], [9.9], [10.0]];
/// let truth = Labels::new(vec![0, 0, 0, 1, 1, 1], 2)?;
/// let embeddings = Embeddings::new(rows.view())?;
/// let near_the_border = InstanceDependent { steepness: 100.0, ..InstanceDependent::new(&embeddings, 0.17) };
/// assert_eq!(near_the_border.corrupt(&truth, 51)?.given.values(), [0, 0, 1, 1, 1, 1]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct InstanceDependent<'a> {
    /// The samples, `(n, d)`.
    pub embeddings: &'a dyn EmbeddingSource,
    /// The noise rate η in [0, 1].
    pub rate: f64,
    /// The steepness s in [0, 1000]; 8 by default, by which being twice as near multiplies the odds by 256.
    pub steepness: f64,
    /// Whether η is met exactly (samples drawn with the inclusion probabilities p) or on average.
    pub sampling: Sampling,
}

impl fmt::Debug for InstanceDependent<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("InstanceDependent")
            .field("embeddings", &self.embeddings.shape())
            .field("rate", &self.rate)
            .field("steepness", &self.steepness)
            .field("sampling", &self.sampling)
            .finish()
    }
}

impl<'a> InstanceDependent<'a> {
    /// Noise at `rate` on the samples of `embeddings`, `(n, d)`, with steepness 8, met exactly.
    pub fn new(embeddings: &'a dyn EmbeddingSource, rate: f64) -> Self {
        Self { embeddings, rate, steepness: 8.0, sampling: Sampling::Exact }
    }
}

impl NoiseModel for InstanceDependent<'_> {
    /// O(n·d·k).
    ///
    /// # Errors
    /// [`Error::Parameter`] for the rate or the steepness, [`Error::LengthMismatch`] when there are not as many
    /// embeddings as labels, [`Error::TooFewClasses`] for a rate above 0 when fewer than two classes have samples,
    /// and what reading the embeddings says.
    fn corrupt(&self, truth: &Labels, seed: u64) -> Result<NoisyLabels> {
        checked_rate(self.rate)?;
        if !(0.0..=1_000.0).contains(&self.steepness) {
            let requirement = "in [0, 1000]";
            return Err(Error::parameter("steepness", self.steepness, requirement));
        }
        same_length("embeddings", truth.len(), self.embeddings.shape().0)?;
        let mut values = truth.values().to_vec();
        if self.rate > 0.0 {
            truth.need_classes(2)?;
            let near = proximities(self.embeddings, truth)?;
            let log_ratios: Vec<f64> = near.iter().map(|near| near.log_ratio).collect();
            for row in self.hit(&log_ratios, &mut generator(seed, STREAM)) {
                values[row] = near[row].other;
            }
        }
        noisy(truth, values)
    }
}

impl InstanceDependent<'_> {
    /// The samples to corrupt.
    fn hit(&self, log_ratios: &[f64], rng: &mut ChaCha8Rng) -> Vec<usize> {
        let n = log_ratios.len();
        let odds = log_ratios.iter().map(|ratio| self.steepness * ratio.clamp(-LOG_RATIO_LIMIT, LOG_RATIO_LIMIT));
        let log_odds: Vec<f64> = odds.collect();
        if self.sampling == Sampling::Independent {
            let probabilities = calibrated(&log_odds, self.rate);
            return (0..n).filter(|&row| rng.random_bool(probabilities[row])).collect();
        }
        let amount = whole(self.rate, n);
        if amount == 0 {
            return Vec::new();
        }
        let probabilities = calibrated(&log_odds, amount as f64 / n as f64);
        let mut order: Vec<usize> = (0..n).collect();
        order.shuffle(rng);
        let weights: Vec<f64> = order.iter().map(|&row| probabilities[row]).collect();
        let counts = systematic_counts(&weights, amount, rng.random());
        order.into_iter().zip(counts).filter(|(_, count)| *count > 0).map(|(row, _)| row).collect()
    }
}

/// σ(b + log odds), `(n,)`, with b such that the mean is `rate`.
fn calibrated(log_odds: &[f64], rate: f64) -> Vec<f64> {
    /// σ(±40) is 0 or 1 to within rounding.
    const SATURATED: f64 = 40.0;
    /// Halves an interval of at most 60,080 to less than its rounding error.
    const HALVINGS: usize = 70;
    let mean = |shift: f64| log_odds.iter().map(|odds| sigmoid(shift + odds)).sum::<f64>() / log_odds.len() as f64;
    let reach = log_odds.iter().fold(0.0_f64, |reach, odds| reach.max(odds.abs())) + SATURATED;
    let (mut low, mut high) = (-reach, reach);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if mean(middle) < rate { low = middle } else { high = middle }
    }
    log_odds.iter().map(|odds| sigmoid(high + odds)).collect()
}

fn sigmoid(t: f64) -> f64 {
    1.0 / (1.0 + (-t).exp())
}

#[cfg(test)]
mod tests {
    use super::calibrated;

    /// Rounding of a mean of 200 probabilities, whose shift is bisected to its last digit.
    const ROUNDING: f64 = 1e-12;

    /// Shifts of 30,000 have steps of 3.6e-12, and the logistic function rises by at most a quarter of one.
    const STEEP: f64 = 1e-9;

    #[test]
    fn calibrated_probabilities_have_the_rate_as_their_mean_and_keep_the_order() {
        let log_odds: Vec<f64> = (0..200).map(|i| f64::from((i * 37) % 200) / 20.0 - 5.0).collect();
        for rate in [1e-6, 0.01, 0.2, 0.5, 0.999, 1.0] {
            let probabilities = calibrated(&log_odds, rate);
            let mean = probabilities.iter().sum::<f64>() / 200.0;
            assert!((mean - rate).abs() < ROUNDING, "{mean} for {rate}");
            let ordered = |i: usize, j: usize| log_odds[i] > log_odds[j] || probabilities[i] <= probabilities[j];
            assert!((0..200).all(|i| (0..200).all(|j| ordered(i, j))));
        }
    }

    #[test]
    fn probabilities_at_the_greatest_steepness_still_meet_the_rate() {
        let log_odds = [-30_000.0, 30_000.0, 0.0, 30_000.0, -0.5];
        for rate in [0.1, 0.4, 0.5, 0.9] {
            let mean = calibrated(&log_odds, rate).iter().sum::<f64>() / 5.0;
            assert!((mean - rate).abs() < STEEP, "{mean} for {rate}");
        }
    }
}
