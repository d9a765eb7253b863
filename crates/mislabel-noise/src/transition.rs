//! Noise by any transition matrix.

use mislabel_core::checks::same_length;
use mislabel_core::{Labels, NoiseModel, NoiseTransition, NoisyLabels, Result};
use ndarray::ArrayView1;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::sampling::{Sampling, generator, noisy, systematic_counts};

const STREAM: u64 = 3;

/// Class-conditional noise: a sample of true class i is given label j with probability `T[i][j]`
/// (Natarajan et al. 2013; Patrini et al. 2017).
///
/// ```
/// use mislabel_core::{Labels, NoiseModel, NoiseTransition};
/// use mislabel_noise::Transition;
/// use ndarray::array;
///
/// let truth = Labels::new([[0; 20], [1; 20]].concat(), 2)?;
/// let transition = NoiseTransition::from_true_rows(array![[0.9, 0.1], [0.0, 1.0]])?;
/// let noisy = Transition::new(transition).corrupt(&truth, 51)?;
/// assert_eq!(noisy.given.counts(), [18, 22]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Transition {
    /// The matrix T, `(k, k)`.
    pub matrix: NoiseTransition,
    /// [`Sampling::Exact`]: of the n_i samples of class i, the number given label j is n_i·`T[i][j]`, rounded down or
    /// up at random such that it is right on average. [`Sampling::Independent`]: every sample on its own.
    #[cfg_attr(feature = "serde", serde(default))]
    pub sampling: Sampling,
}

impl Transition {
    /// Noise by `matrix`, met exactly.
    pub fn new(matrix: NoiseTransition) -> Self {
        Self { matrix, sampling: Sampling::Exact }
    }
}

impl NoiseModel for Transition {
    /// O(n log k + k²).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when the labels have not k classes.
    fn corrupt(&self, truth: &Labels, seed: u64) -> Result<NoisyLabels> {
        same_length("the noise transition matrix", truth.class_count(), self.matrix.class_count())?;
        let mut values = truth.values().to_vec();
        let mut rng = generator(seed, STREAM);
        let members = truth.members();
        for (class, row) in self.matrix.view().outer_iter().enumerate() {
            let samples = members.rows(class);
            let given = match self.sampling {
                Sampling::Exact => apportioned(row, samples.len(), &mut rng),
                Sampling::Independent => drawn(row, samples.len(), &mut rng),
            };
            samples.iter().zip(given).for_each(|(&sample, label)| values[sample as usize] = label);
        }
        noisy(truth, values)
    }
}

/// `n` labels in random order, as many of each as its probability asks.
fn apportioned(probabilities: ArrayView1<'_, f64>, n: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let counts = systematic_counts(&probabilities.to_vec(), n, rng.random());
    let copies = |(label, count): (u32, usize)| std::iter::repeat_n(label, count);
    let mut labels: Vec<u32> = (0..).zip(counts).flat_map(copies).collect();
    labels.shuffle(rng);
    labels
}

/// `n` labels, each on its own.
fn drawn(probabilities: ArrayView1<'_, f64>, n: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let add = |sum: &mut f64, probability: &f64| {
        *sum += probability;
        Some(*sum)
    };
    let cumulative: Vec<f64> = probabilities.iter().scan(0.0, add).collect();
    let total = cumulative[cumulative.len() - 1];
    // Rounding may lift a point to the total, which belongs to the last class of positive probability.
    let last = cumulative.partition_point(|&sum| sum < total);
    let label = |point: f64| cumulative.partition_point(|&sum| sum <= point).min(last) as u32;
    (0..n).map(|_| label(rng.random::<f64>() * total)).collect()
}
