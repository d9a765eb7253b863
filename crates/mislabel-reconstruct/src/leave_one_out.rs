//! A class's own errors, each as if the sample had not been there.

use faer::linalg::triangular_inverse::invert_lower_triangular;
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Mat, Par};

use crate::cholesky::ridged_factor;

/// Squared leave-one-out errors from the class's Gram matrix `G = BBᵀ`, `(n, n)`, B the centred rows.
///
/// With b = (n−1)α and q_i = b·[(G + bI)⁻¹]_ii the leverage is h_i = u_iᵀ(S + bI)⁻¹u_i = 1 − q_i, and
/// Sherman–Morrison gives Δ_i² = α·n²/(n−1)·h_i/(1 − h_i·n/(n−1)) = α·n²·(1 − q_i)/(n·q_i − 1). O(n³/3 + n³/3).
pub(crate) fn from_gram(gram: Mat<f64>, alpha: f64) -> Vec<f64> {
    let size = gram.nrows();
    let n = size as f64;
    let ridge = (n - 1.0) * alpha;
    let factor = ridged_factor(gram, ridge);
    let mut inverse = Mat::zeros(size, size);
    invert_lower_triangular(inverse.as_mut(), factor.as_ref(), Par::Seq);
    let diagonal = (0..size).map(|j| inverse.col(j).subrows(j, size - j).squared_norm_l2());
    diagonal.map(|inverse| from_leverage(1.0 - ridge * inverse, n, alpha)).collect()
}

/// The factor of S + (n−1)αI, S the class's scatter matrix, `(d, d)`; solves for the leverages of row blocks.
pub(crate) struct ScatterFactor {
    factor: Mat<f64>,
    alpha: f64,
    n: f64,
}

impl ScatterFactor {
    pub(crate) fn new(scatter: Mat<f64>, n: usize, alpha: f64) -> Self {
        let n = n as f64;
        Self { factor: ridged_factor(scatter, (n - 1.0) * alpha), alpha, n }
    }

    /// Squared leave-one-out errors of centred rows, given as the columns of `(d, rows)`. O(d²) per row.
    pub(crate) fn errors(&self, mut columns: Mat<f64>) -> Vec<f64> {
        solve_lower_triangular_in_place(self.factor.as_ref(), columns.as_mut(), Par::Seq);
        let leverage = columns.col_iter().map(|column| column.squared_norm_l2());
        leverage.map(|h| from_leverage(h, self.n, self.alpha)).collect()
    }
}

/// Δ² = α·n²/(n−1)·h/(1 − h·n/(n−1)) for the leverage h in [0, (n−1)/n).
fn from_leverage(leverage: f64, n: f64, alpha: f64) -> f64 {
    // A sample that no other explains has h at its limit; what is left of 1 − h·n/(n−1) there is rounding.
    let rest = (1.0 - leverage * n / (n - 1.0)).max(1e-12);
    alpha * n * n / (n - 1.0) * leverage.max(0.0) / rest
}
