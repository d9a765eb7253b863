//! Which samples a noise rate hits.

use mislabel_core::{Labels, NoisyLabels, Result, split_seed};
use rand::rngs::ChaCha8Rng;
use rand::seq::index;
use rand::{RngExt, SeedableRng};

use crate::rate::whole;

/// Whether a noise rate η is met exactly or on average.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Sampling {
    /// Exactly int(η·n) of the n samples, drawn without replacement. The default: the rate asked for is the
    /// rate in the data, so that results on two seeds differ by which labels are wrong and not by how many.
    #[default]
    Exact,
    /// Every sample on its own with probability η, so that the number of errors is binomial: the model of the
    /// theory of label noise.
    Independent,
}

impl Sampling {
    /// The part of `rows` that the rate hits, in the order of `rows`.
    pub(crate) fn hit(self, rows: &[usize], rate: f64, rng: &mut ChaCha8Rng) -> Vec<usize> {
        match self {
            Self::Exact => subset(rows, whole(rate, rows.len()), rng),
            Self::Independent => rows.iter().copied().filter(|_| rng.random_bool(rate)).collect(),
        }
    }
}

/// `amount` of `rows`, uniformly without replacement, in the order of `rows`.
pub(crate) fn subset(rows: &[usize], amount: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut places = index::sample(rng, rows.len(), amount).into_vec();
    places.sort_unstable();
    places.into_iter().map(|place| rows[place]).collect()
}

/// Splits `total` units over `weights` in proportion, each count the floor or the ceiling of its expectation and
/// equal to it on average over `offset` uniform in [0, 1) (systematic sampling, Madow & Madow 1944).
///
/// Needs weights that are not negative and do not all vanish.
pub(crate) fn systematic_counts(weights: &[f64], total: usize, offset: f64) -> Vec<usize> {
    let sum: f64 = weights.iter().fold(0.0, |sum, weight| sum + weight);
    let mut running = 0.0;
    let mut taken = 0;
    let count = |weight: &f64| {
        running += weight;
        let upto = ((running / sum * total as f64 + offset) as usize).min(total);
        let count = upto - taken;
        taken = upto;
        count
    };
    weights.iter().map(count).collect()
}

/// The generator of one noise model under the user's seed; `model` names the stream.
pub(crate) fn generator(seed: u64, model: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(split_seed(seed, &[model]))
}

/// The given labels `values` beside their mask of errors.
pub(crate) fn noisy(truth: &Labels, values: Vec<u32>) -> Result<NoisyLabels> {
    NoisyLabels::new(truth.with_values(values)?, truth)
}

#[cfg(test)]
mod tests {
    use super::systematic_counts;

    #[test]
    fn systematic_counts_are_whole_neighbors_of_their_expectations() {
        let weights = [0.9, 0.0, 0.07, 0.03, 0.0];
        for step in 0..100 {
            let counts = systematic_counts(&weights, 30, f64::from(step) / 100.0);
            assert_eq!(counts.iter().sum::<usize>(), 30);
            for (count, weight) in counts.iter().zip(weights) {
                assert!((*count as f64 - weight * 30.0).abs() < 1.0, "{counts:?}");
            }
            assert_eq!((counts[1], counts[4]), (0, 0));
        }
    }

    #[test]
    fn systematic_counts_meet_their_expectations_on_average() {
        let weights = [0.95, 0.03, 0.02];
        let mut sums = [0; 3];
        for step in 0..1_000 {
            for (sum, count) in sums.iter_mut().zip(systematic_counts(&weights, 10, f64::from(step) / 1_000.0)) {
                *sum += count;
            }
        }
        assert_eq!(sums, [9_500, 300, 200]);
    }

    #[test]
    fn an_offset_that_rounds_up_to_one_adds_nothing() {
        assert_eq!(systematic_counts(&[0.5, 0.5], 1 << 20, 1.0_f64.next_down()).iter().sum::<usize>(), 1 << 20);
    }
}
