//! A class's own errors, each as if the sample had not been there.

use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Mat, MatRef, Par};

use mislabel_linalg::ridged_factor;

/// Columns of an inverse that are solved for at a time.
const PANEL: usize = 64;

/// What a class would say of one of its samples if it had not seen it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LeftOut {
    /// The squared error Δ².
    pub(crate) squared: f64,
    /// log det(C + αI) − d·log α of the class without the sample, at least 0.
    pub(crate) spread: f64,
    /// h = uᵀ(S + (n−1)αI)⁻¹u of the sample, in its class of n.
    pub(crate) leverage: f64,
}

/// What every member's class would say without it, from the `factor` of the class's Gram matrix `G = BBᵀ`, `(n, n)`, B
/// the centered rows.
///
/// With b = (n−1)α and q_i = b·[(G + bI)⁻¹]_ii the leverage is h_i = u_iᵀ(S + bI)⁻¹u_i = 1 − q_i. O(n³/3 + n³/3).
pub(crate) fn from_gram(factor: &MemberFactor) -> Vec<LeftOut> {
    let size = factor.factor.nrows();
    let ridge = (size as f64 - 1.0) * factor.alpha;
    let starts = (0..size).step_by(PANEL);
    let diagonal = starts.flat_map(|start| inverse_diagonal(factor.factor.as_ref(), start, PANEL.min(size - start)));
    diagonal.map(|inverse| factor.left_out(1.0 - ridge * inverse)).collect()
}

/// Entries `start..start + width` of the diagonal of (LLᵀ)⁻¹: the squared norms of the columns of L⁻¹, a panel at a
/// time so that the inverse is never held.
fn inverse_diagonal(factor: MatRef<'_, f64>, start: usize, width: usize) -> Vec<f64> {
    let below = factor.nrows() - start;
    let mut columns = Mat::identity(below, width);
    let corner = factor.submatrix(start, start, below, below);
    solve_lower_triangular_in_place(corner, columns.as_mut(), Par::Seq);
    columns.col_iter().map(|column| column.squared_norm_l2()).collect()
}

/// log det(I + M/ridge) of the positive semi-definite `matrix` M.
pub(crate) fn spread(matrix: Mat<f64>, ridge: f64) -> f64 {
    spread_of_factor(&ridged_factor(matrix, ridge), ridge)
}

fn spread_of_factor(factor: &Mat<f64>, ridge: f64) -> f64 {
    factor.diagonal().column_vector().iter().map(|l| (l * l / ridge).ln()).sum::<f64>().max(0.0)
}

/// The factor of S + (n−1)αI or of G + (n−1)αI, for a class of n samples.
pub(crate) struct MemberFactor {
    factor: Mat<f64>,
    spread: f64,
    alpha: f64,
    n: f64,
}

impl MemberFactor {
    pub(crate) fn new(matrix: Mat<f64>, n: usize, alpha: f64) -> Self {
        let n = n as f64;
        let ridge = (n - 1.0) * alpha;
        let factor = ridged_factor(matrix, ridge);
        Self { spread: spread_of_factor(&factor, ridge), factor, alpha, n }
    }

    /// Of a class of `n` samples, from the `factor` of S + (n−1)αI; without the determinant.
    pub(crate) fn of_factor(factor: Mat<f64>, n: usize, alpha: f64) -> Self {
        Self { factor, spread: 0.0, alpha, n: n as f64 }
    }

    /// The factor, of which the lower triangle counts.
    pub(crate) fn factor(&self) -> MatRef<'_, f64> {
        self.factor.as_ref()
    }

    /// α of the class.
    pub(crate) fn alpha(&self) -> f64 {
        self.alpha
    }

    /// Σ h over all members, where the factor is of S + bI: tr S(S + bI)⁻¹ = d − b·tr (S + bI)⁻¹. O(d³/3).
    pub(crate) fn sum_of_leverages(&self) -> f64 {
        let d = self.factor.nrows();
        let ridge = (self.n - 1.0) * self.alpha;
        let starts = (0..d).step_by(PANEL);
        let diagonal = starts.flat_map(|start| inverse_diagonal(self.factor.as_ref(), start, PANEL.min(d - start)));
        d as f64 - ridge * diagonal.sum::<f64>()
    }

    /// zᵀ(M + (n−1)αI)⁻¹z of every column z, M the matrix that was factorized.
    pub(crate) fn quadratic_forms(&self, mut columns: Mat<f64>) -> Vec<f64> {
        solve_lower_triangular_in_place(self.factor.as_ref(), columns.as_mut(), Par::Seq);
        columns.col_iter().map(|column| column.squared_norm_l2()).collect()
    }

    /// The same for centered rows given as the columns of `(d, rows)`, where the factor is of S. O(d²) per row.
    pub(crate) fn of_rows(&self, mut columns: Mat<f64>) -> Vec<LeftOut> {
        solve_lower_triangular_in_place(self.factor.as_ref(), columns.as_mut(), Par::Seq);
        columns.col_iter().map(|column| self.left_out(column.squared_norm_l2())).collect()
    }

    /// For the leverage h in [0, (n−1)/n), by Sherman–Morrison and the matrix determinant lemma:
    /// Δ² = α·n²/(n−1)·h/(1 − h·n/(n−1)), and the determinant shrinks by 1 − h·n/(n−1).
    fn left_out(&self, leverage: f64) -> LeftOut {
        let n = self.n;
        // A sample that no other explains has h at its limit; what is left of 1 − h·n/(n−1) there is rounding.
        let rest = (1.0 - leverage * n / (n - 1.0)).max(1e-12);
        LeftOut {
            leverage: leverage.max(0.0),
            squared: self.alpha * n * n / (n - 1.0) * leverage.max(0.0) / rest,
            spread: (self.spread + rest.ln()).max(0.0),
        }
    }
}
