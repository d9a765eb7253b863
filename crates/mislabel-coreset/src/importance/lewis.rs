//! ℓ1 Lewis weights.

use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Mat, Par};
use mislabel_core::{Error, Result, Run};
use ndarray::Array1;

use crate::algebra::basis::Basis;
use crate::algebra::linear_algebra::{add_lower, ridged_factor};
use crate::importance::measure::Importance;
use crate::importance::root_leverage::{RootLeverage, with_weight_share};
use crate::samples::Samples;

/// ℓ1 Lewis weights plus the sample's share of the weight: τ_i + w_i/Σw.
///
/// The Lewis weights τ of the rows a_i = w_i·[1, x_i] are the fixed point of τ_i = √(a_iᵀ (Σ_j a_j a_jᵀ/τ_j)⁻¹ a_i); they
/// lie in [0, 1] and sum to the rank. Sampling by them needs fewer samples for logistic regression than root leverage
/// does (Mai, Musco & Rao 2021, "Coresets for Classification – Simplified and Strengthened", Theorem 1), because their
/// sum is the rank where that of root leverages may be √(n·rank). Like root leverage **they do not depend on the labels**
/// and cannot find label errors.
///
/// Computed by the iteration of Cohen & Peng (2015, "ℓp Row Sampling by Lewis Weights", section 3), whose logarithmic
/// error halves each round; from τ = 1, so that the first round is root leverage. A round reads the source once and takes
/// O(n·rank·d). Rank, scaling and reading as for [`RootLeverage`].
///
/// ```
/// use mislabel_core::{Embeddings, Labels, Run};
/// use mislabel_coreset::{LewisWeights, Samples};
/// use ndarray::array;
///
/// let rows = array![[0.0_f32], [0.0], [0.0], [9.0]];
/// let (rows, given) = (Embeddings::new(rows.view())?, Labels::new(vec![0, 0, 1, 1], 2)?);
/// let lewis = LewisWeights { unit_norm: false, ..LewisWeights::default() };
/// let weights = lewis.weights(&Samples::new(&rows, &given)?, &Run::quiet())?;
/// assert!((weights[3] - 1.0).abs() < 1e-3 && (weights[0] - 1.0 / 3.0).abs() < 1e-3);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LewisWeights {
    /// Whether rows are divided by their L2 norm first; default true.
    pub unit_norm: bool,
    /// Whether the regression has an intercept, a column of ones; default true.
    pub intercept: bool,
    /// The iteration ends when no weight changes by more than this share; default 1e-3, some ten rounds.
    pub tolerance: f64,
    /// The most rounds, 1 to 10,000; default 40.
    pub rounds: usize,
}

impl LewisWeights {
    pub(crate) const DEFAULT: Self = Self { unit_norm: true, intercept: true, tolerance: 1e-3, rounds: 40 };
}

impl Default for LewisWeights {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl LewisWeights {
    /// The weights τ, `(n,)`, in [0, 1].
    ///
    /// # Errors
    /// [`Error::Parameter`] for the tolerance or the rounds, what the source reports, [`Error::Cancelled`].
    pub fn weights(&self, samples: &Samples<'_>, run: &Run<'_>) -> Result<Array1<f64>> {
        self.check()?;
        let leverage = RootLeverage { unit_norm: self.unit_norm, intercept: self.intercept };
        let reads = leverage.reads() + self.rounds;
        let stage = run.stage("finding Lewis weights", reads * samples.given().len());
        let basis = leverage.basis(samples, &stage)?;
        let mut factor = Mat::identity(basis.rank(), basis.rank());
        let mut weights = vec![1.0; samples.given().len()];
        for _ in 0..self.rounds {
            let (next, gram) = round(&basis, &factor)?;
            let change = weights.iter().zip(&next).map(|(old, new)| relative_change(*old, *new)).fold(0.0, f64::max);
            weights = next;
            if change <= self.tolerance {
                break;
            }
            // The weights are at most 1, so the matrix is at least the identity, up to rounding.
            factor = ridged_factor(gram, 0.0);
        }
        Ok(weights.into_iter().map(|weight| weight.min(1.0)).collect())
    }

    fn check(&self) -> Result<()> {
        if self.tolerance.is_nan() || self.tolerance <= 0.0 {
            let requirement = "positive";
            return Err(Error::parameter("tolerance", self.tolerance, requirement));
        }
        if !(1..=10_000).contains(&self.rounds) {
            let requirement = "from 1 to 10000";
            return Err(Error::parameter("rounds", self.rounds, requirement));
        }
        Ok(())
    }
}

impl Importance for LewisWeights {
    fn importance(&self, samples: &Samples<'_>, run: &Run<'_>) -> Result<Array1<f64>> {
        Ok(with_weight_share(self.weights(samples, run)?, samples))
    }
}

fn relative_change(old: f64, new: f64) -> f64 {
    if old == new { 0.0 } else { (old - new).abs() / old.max(new) }
}

/// τ_i = ‖L⁻¹q_i‖ for the factor L of the last round's Σ q qᵀ/τ, and the lower triangle of this round's.
fn round(basis: &Basis<'_>, factor: &Mat<f64>) -> Result<(Vec<f64>, Mat<f64>)> {
    let mut gram = Mat::zeros(basis.rank(), basis.rank());
    let mut weights = Vec::new();
    let add = |(scaled, block): (Mat<f64>, Vec<f64>)| {
        add_lower(&mut gram, scaled.transpose(), scaled.as_ref());
        weights.extend(block);
    };
    basis.blocks_in_turn(|coordinates| scaled(coordinates, factor), add)?;
    Ok((weights, gram))
}

/// The rows q_i/√τ_i, and τ.
fn scaled(mut coordinates: Mat<f64>, factor: &Mat<f64>) -> (Mat<f64>, Vec<f64>) {
    let weights = weights_of(&coordinates, factor);
    for (row, weight) in coordinates.row_iter_mut().zip(&weights) {
        // A row of zeros has weight 0 and adds nothing.
        let scale = if *weight > 0.0 { weight.sqrt().recip() } else { 0.0 };
        row.iter_mut().for_each(|x| *x *= scale);
    }
    (coordinates, weights)
}

fn weights_of(coordinates: &Mat<f64>, factor: &Mat<f64>) -> Vec<f64> {
    let mut columns = coordinates.transpose().to_owned();
    solve_lower_triangular_in_place(factor.as_ref(), columns.as_mut(), Par::Seq);
    columns.col_iter().map(|column| column.norm_l2()).collect()
}
