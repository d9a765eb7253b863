//! A basis of the space in which a class varies most.

use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Mat, MatRef, Par};

use crate::factors::cholesky::factorize;
use crate::products::doubles::{product, symmetric_product};

/// Rounds of two multiplications by the matrix: enough that errors built on the basis rank samples as exact
/// eigenvectors do (measured: docs/notebook/soft-linear.md).
const ROUNDS: usize = 2;

/// A Gram matrix whose Cholesky factor spans more than this loses too many digits to orthonormalize by it.
const CONDITION: f64 = 1e6;

/// How columns are made orthonormal.
#[derive(Clone, Copy)]
pub(crate) struct Orthonormalizer {
    /// Replaces the lower triangle by its Cholesky factor; whether there is one.
    pub(crate) factorize: fn(&mut Mat<f64>) -> bool,
    /// An orthonormal basis of no fewer dimensions than the columns span.
    pub(crate) reflections: fn(&Mat<f64>) -> Mat<f64>,
}

/// An orthonormal basis of (nearly) the `wanted` leading eigenvectors of the positive semi-definite `matrix` (lower
/// triangle), one vector per column; of the whole space where `matrix` is no larger.
///
/// Subspace iteration (Halko, Martinsson & Tropp 2011, algorithm 4.4) from what `start` gives, `(m, wanted)`:
/// O(m²·wanted), a few products instead of an O(m³) decomposition.
pub fn leading_basis(matrix: MatRef<'_, f64>, wanted: usize, start: impl FnOnce() -> Mat<f64>) -> Mat<f64> {
    let reflections = |columns: &Mat<f64>| columns.qr().compute_thin_Q();
    leading_basis_by(Orthonormalizer { factorize, reflections }, matrix, wanted, start)
}

/// The same, orthonormalized by `by`.
pub(crate) fn leading_basis_by(
    by: Orthonormalizer,
    matrix: MatRef<'_, f64>,
    wanted: usize,
    start: impl FnOnce() -> Mat<f64>,
) -> Mat<f64> {
    let size = matrix.nrows();
    if wanted >= size {
        return Mat::identity(size, size);
    }
    let mut basis = start();
    for _ in 0..ROUNDS {
        let image = symmetric_product(matrix, basis.as_ref());
        basis = by.orthonormalized(symmetric_product(matrix, image.as_ref()));
    }
    basis
}

impl Orthonormalizer {
    /// An orthonormal basis of the columns: by Cholesky, which is a few products, or by Householder reflections where
    /// the columns are too nearly dependent for that.
    fn orthonormalized(self, mut columns: Mat<f64>) -> Mat<f64> {
        let mut factor = product(columns.transpose(), columns.as_ref());
        if (self.factorize)(&mut factor) && is_well_conditioned(&factor) {
            solve_lower_triangular_in_place(factor.as_ref(), columns.transpose_mut(), Par::Seq);
            return columns;
        }
        (self.reflections)(&columns)
    }
}

fn is_well_conditioned(factor: &Mat<f64>) -> bool {
    let diagonal = factor.diagonal().column_vector();
    let (least, most) = diagonal.iter().fold((f64::INFINITY, 0.0_f64), |(l, m), &v| (l.min(v), m.max(v)));
    most < CONDITION * least
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    /// Two rounds from random vectors leave about a hundredth of the trace to the directions that come next.
    const ALMOST: f64 = 0.98;

    /// Orthonormalizing by Cholesky factors costs the square of the columns' condition, about 20² here: 1.6e5 of 1e16.
    const ORTHONORMAL: f64 = 1e-8;

    /// A trace of 100 in a basis that is orthonormal to rounding.
    const TRACE: f64 = 1e-8;

    fn is_orthonormal(basis: &Mat<f64>) -> bool {
        let gram = basis.transpose() * basis;
        let size = gram.nrows();
        (0..size).all(|i| (0..size).all(|j| (gram[(i, j)] - f64::from(u8::from(i == j))).abs() < ORTHONORMAL))
    }

    fn random(rows: usize, columns: usize, seed: u64) -> Mat<f64> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        Mat::from_fn(rows, columns, |_, _| random.random::<f64>() - 0.5)
    }

    /// A matrix with eigenvalues 1/(1 + j) in a seeded random basis.
    fn decaying(size: usize) -> Mat<f64> {
        let basis = random(size, size, 1).qr().compute_thin_Q();
        let scaled = Mat::from_fn(size, size, |i, j| basis[(i, j)] / (1.0 + j as f64));
        &scaled * basis.transpose()
    }

    #[test]
    fn the_basis_is_orthonormal_and_captures_almost_what_the_best_one_does() {
        let matrix = decaying(300);
        let best: f64 = (0..20).map(|j| 1.0 / (1.0 + f64::from(j))).sum();
        for seed in 0..10 {
            let basis = leading_basis(matrix.as_ref(), 20, || random(matrix.nrows(), 20, seed));
            assert!(is_orthonormal(&basis));
            let inner = product(basis.transpose(), product(matrix.as_ref(), basis.as_ref()).as_ref());
            let captured: f64 = inner.diagonal().column_vector().iter().sum();
            assert!(captured <= best + 1e-9 && captured > ALMOST * best, "captured {captured} of {best}");
        }
    }

    #[test]
    fn a_matrix_of_low_rank_still_gives_an_orthonormal_basis_that_contains_its_range() {
        let matrix = Mat::from_fn(100, 100, |i, j| if i % 5 == j % 5 { 1.0 } else { 0.0 });
        let basis = leading_basis(matrix.as_ref(), 20, || random(matrix.nrows(), 20, 3));
        assert!(is_orthonormal(&basis));
        let inner = product(basis.transpose(), product(matrix.as_ref(), basis.as_ref()).as_ref());
        assert!((inner.diagonal().column_vector().iter().sum::<f64>() - 100.0).abs() < TRACE);
    }

    #[test]
    fn as_many_vectors_as_dimensions_are_the_identity() {
        assert_eq!(
            leading_basis(decaying(5).as_ref(), 7, || unreachable!("nothing to iterate")),
            Mat::<f64>::identity(5, 5)
        );
    }
}
