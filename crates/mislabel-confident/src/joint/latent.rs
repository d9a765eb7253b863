//! Latent quantities: the prior of true classes, the noise matrix and its inverse.

use mislabel_core::{Labels, NoiseTransition, Result};
use ndarray::{Array1, Array2, Axis};

use crate::joint::confident_joint::{ConfidentJoint, TINY};
use crate::numpy::linear_system::solve;

/// Greatest noise rate off the diagonal.
const GREATEST_RATE: f64 = 0.9999;
/// Least prior of a class.
const LEAST_PRIOR: f64 = 1e-6;
/// Least prior of a class after estimates were made consistent.
const LEAST_CONSISTENT_PRIOR: f64 = 1e-5;
/// Rounds in which noise matrix and inverse are made consistent, and rounds for inverse and prior in each.
const ROUNDS: (usize, usize) = (3, 5);

/// How to estimate the prior of true classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum PriorMethod {
    /// From the diagonals of the noise matrix and its inverse; robust (cleanlab's `cnt`).
    #[default]
    Diagonals,
    /// Solving noise matrix · prior = label frequencies (`eqn`).
    Equation,
    /// The share of each true class in the confident joint (`marginal`).
    Marginal,
    /// Inverse noise matrix · label frequencies (`marginal_ps`).
    GivenMarginal,
}

/// How to estimate the latent quantities from a confident joint.
///
/// The defaults are those of cleanlab's `estimate_py_and_noise_matrices_from_probabilities`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct LatentEstimation {
    /// How the prior is estimated.
    pub prior: PriorMethod,
    /// Whether prior, noise matrix and inverse are made to agree with each other (Bayes' rule) by a few rounds.
    pub consistent: bool,
}

impl Default for LatentEstimation {
    fn default() -> Self {
        Self { prior: PriorMethod::Diagonals, consistent: true }
    }
}

/// The prior of true classes, the noise matrix and its inverse.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LatentEstimates {
    /// P(true = j), `(k,)`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::list"))]
    pub prior: Array1<f64>,
    /// P(given = i | true = j), `(k, k)`, row = given, column = true; columns sum to 1.
    ///
    /// The column of a class that no sample is truly of is 0.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::rows"))]
    pub noise_matrix: Array2<f64>,
    /// P(true = j | given = i), `(k, k)`, row = true, column = given; columns sum to 1.
    ///
    /// The column of a class that no sample is given is 0.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::rows"))]
    pub inverse_noise_matrix: Array2<f64>,
}

impl LatentEstimation {
    /// Estimates from `joint`, `(k, k)`, and the labels `given`, `(n,)`, it was counted on.
    ///
    /// # Errors
    /// [`LengthMismatch`](mislabel_core::Error::LengthMismatch) when the labels have more than k classes,
    /// [`Undefined`](mislabel_core::Error::Undefined) for [`PriorMethod::Equation`] with a singular noise matrix.
    pub fn estimates(&self, joint: &ConfidentJoint, given: &Labels) -> Result<LatentEstimates> {
        let shares = joint.label_shares(given)?;
        let (by_given, by_truth) = (joint.view().sum_axis(Axis(1)), joint.view().sum_axis(Axis(0)));
        let noise = &joint.view() / &by_truth.mapv(|sum| sum.max(TINY));
        let inverse = &joint.view().t() / &by_given.mapv(|sum| sum.max(TINY));
        let prior = match self.prior {
            PriorMethod::Diagonals => diagonal_prior(&shares, &noise, &inverse),
            PriorMethod::Equation => scaled(solve(noise.clone(), shares.clone())?, LEAST_PRIOR),
            PriorMethod::Marginal => scaled(&by_truth / by_truth.sum().max(TINY), LEAST_PRIOR),
            PriorMethod::GivenMarginal => scaled(inverse.dot(&shares), LEAST_PRIOR),
        };
        let estimates = LatentEstimates { prior, noise_matrix: clipped(noise), inverse_noise_matrix: clipped(inverse) };
        Ok(if self.consistent { estimates.made_consistent(&shares) } else { estimates })
    }
}

impl LatentEstimates {
    /// The noise transition matrix, row = true, column = given.
    ///
    /// A class that no sample is truly of has no flips to estimate: its row is that of a class without noise.
    ///
    /// # Errors
    /// [`OutOfRange`](mislabel_core::Error::OutOfRange) or [`OffSimplex`](mislabel_core::Error::OffSimplex)
    /// when [`noise_matrix`](Self::noise_matrix) was changed to something that is no noise matrix.
    pub fn transition(&self) -> Result<NoiseTransition> {
        let mut noise = self.noise_matrix.clone();
        for class in 0..noise.ncols() {
            if noise.column(class).iter().all(|rate| *rate == 0.0) {
                noise[[class, class]] = 1.0;
            }
        }
        NoiseTransition::from_given_rows(noise)
    }

    fn made_consistent(mut self, shares: &Array1<f64>) -> Self {
        for _ in 0..ROUNDS.0 {
            for _ in 0..ROUNDS.1 {
                let joint = &self.noise_matrix * &self.prior;
                self.inverse_noise_matrix = clipped(&joint.t() / &shares.mapv(|share| share.max(TINY)));
                self.prior = diagonal_prior(shares, &self.noise_matrix, &self.inverse_noise_matrix);
            }
            let joint = (&self.inverse_noise_matrix * shares).reversed_axes();
            self.noise_matrix = clipped(joint / &self.prior.mapv(|prior| prior.max(TINY)));
        }
        Self {
            prior: scaled(self.prior, LEAST_CONSISTENT_PRIOR),
            noise_matrix: clipped(self.noise_matrix),
            inverse_noise_matrix: clipped(self.inverse_noise_matrix),
        }
    }
}

impl ConfidentJoint {
    fn label_shares(&self, given: &Labels) -> Result<Array1<f64>> {
        let n = given.len() as f64;
        Ok(self.label_counts(given)?.into_iter().map(|count| count / n).collect())
    }
}

fn diagonal_prior(shares: &Array1<f64>, noise: &Array2<f64>, inverse: &Array2<f64>) -> Array1<f64> {
    let prior = &inverse.diag() / &noise.diag().mapv(|rate| rate.max(TINY)) * shares;
    scaled(prior, LEAST_PRIOR)
}

/// Clips `values` to [least, 1] and scales them to sum to 1.
fn scaled(values: Array1<f64>, least: f64) -> Array1<f64> {
    let clipped = values.mapv(|value| value.clamp(least, 1.0));
    let sum = clipped.sum().max(TINY);
    clipped / sum
}

/// Clips rates off the diagonal to [0, 0.9999] and scales columns to sum to 1.
fn clipped(rates: Array2<f64>) -> Array2<f64> {
    let mut clipped = rates.mapv(|rate| rate.clamp(0.0, GREATEST_RATE));
    clipped.diag_mut().assign(&rates.diag());
    let sums = clipped.sum_axis(Axis(0)).mapv(|sum| sum.max(TINY));
    clipped / &sums
}
