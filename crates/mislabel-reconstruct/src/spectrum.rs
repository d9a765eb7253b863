//! The leading eigenpairs of a class's scatter or Gram matrix.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par, Side};
use mislabel_core::split_seed;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Eigenvalues below this share of the largest are rounding noise of the products that made the matrix.
const NOISE: f64 = 1e-8;

/// How many blocks the Krylov space has. With four the leading subspace is accurate to a fraction of a percent of the
/// (r+1)-st eigenvalue (Musco & Musco 2015, theorem 1), and the errors built on it change in the fourth digit.
const KRYLOV_BLOCKS: usize = 4;

/// Columns drawn beyond the wanted number, as in every randomised range finder (Halko, Martinsson & Tropp 2011, §4.2).
const OVERSAMPLING: usize = 8;

/// A full decomposition serves up to this multiple of the Krylov space's dimension (measured break-even, docs/performance.md).
const FULL_UP_TO: usize = 2;

/// How far the Gram matrix of the Krylov basis may be from the identity: rounding, no more.
const ORTHONORMAL: f64 = 1e-9;

/// Leading eigenpairs, largest first.
pub(crate) struct Spectrum {
    /// Eigenvalues, positive, descending.
    pub(crate) values: Vec<f64>,
    /// Orthonormal eigenvectors, one per column.
    pub(crate) vectors: Mat<f64>,
}

/// The `wanted` leading eigenpairs of the positive semi-definite `matrix` (lower triangle), fewer where its rank is less.
///
/// A full decomposition where the space to search would be a good part of the matrix anyway, else block Krylov
/// iteration from a seeded start: O(m²·wanted) instead of O(m³).
pub(crate) fn leading_eigenpairs(matrix: MatRef<'_, f64>, wanted: usize, seed: u64) -> Spectrum {
    let size = matrix.nrows();
    let block = wanted + OVERSAMPLING;
    if wanted == 0 {
        return Spectrum { values: Vec::new(), vectors: Mat::zeros(size, 0) };
    }
    if size <= FULL_UP_TO * KRYLOV_BLOCKS * block {
        return full(matrix, wanted);
    }
    // A matrix of low rank leaves the Krylov space no new directions: its basis then fails to be orthonormal.
    krylov(matrix, wanted, block, seed).unwrap_or_else(|| full(matrix, wanted))
}

fn full(matrix: MatRef<'_, f64>, wanted: usize) -> Spectrum {
    let decomposition =
        matrix.self_adjoint_eigen(Side::Lower).expect("the eigendecomposition of a finite matrix converges");
    let values: Vec<f64> = decomposition.S().column_vector().iter().copied().collect();
    descending(&values, decomposition.U(), wanted)
}

/// Reverses ascending eigenpairs and drops those that are noise.
fn descending(ascending: &[f64], vectors: MatRef<'_, f64>, wanted: usize) -> Spectrum {
    let size = ascending.len();
    let floor = NOISE * ascending.last().copied().unwrap_or(0.0);
    let values: Vec<f64> =
        ascending.iter().rev().take(wanted).copied().take_while(|value| *value > floor && *value > 0.0).collect();
    let vectors = Mat::from_fn(vectors.nrows(), values.len(), |i, j| vectors[(i, size - 1 - j)]);
    Spectrum { values, vectors }
}

/// Rayleigh–Ritz on the span of AΩ, A²Ω, … with a seeded random Ω; none where that space is degenerate.
fn krylov(lower: MatRef<'_, f64>, wanted: usize, block: usize, seed: u64) -> Option<Spectrum> {
    let size = lower.nrows();
    let matrix = Mat::from_fn(size, size, |i, j| if i >= j { lower[(i, j)] } else { lower[(j, i)] });
    let mut random = ChaCha8Rng::seed_from_u64(split_seed(seed, &[size as u64]));
    let start = Mat::from_fn(size, block, |_, _| random.random::<f64>() - 0.5);
    let mut basis = Mat::zeros(size, block * KRYLOV_BLOCKS);
    let mut image = Mat::zeros(size, block * KRYLOV_BLOCKS);
    let mut next = multiply(matrix.as_ref(), start.as_ref());
    for step in 0..KRYLOV_BLOCKS {
        let done = step * block;
        let fresh = orthonormalised(basis.subcols(0, done), next);
        next = multiply(matrix.as_ref(), fresh.as_ref());
        basis.subcols_mut(done, block).copy_from(&fresh);
        image.subcols_mut(done, block).copy_from(&next);
    }
    if !is_orthonormal(basis.as_ref()) {
        return None;
    }
    let small = multiply(basis.transpose(), image.as_ref());
    let inner = full(small.as_ref(), wanted);
    let vectors = multiply(basis.as_ref(), inner.vectors.as_ref());
    Some(Spectrum { values: inner.values, vectors })
}

fn is_orthonormal(basis: MatRef<'_, f64>) -> bool {
    let gram = multiply(basis.transpose(), basis);
    let size = gram.nrows();
    let off = |i: usize, j: usize| (gram[(i, j)] - if i == j { 1.0 } else { 0.0 }).abs();
    (0..size).all(|j| (0..size).all(|i| off(i, j) < ORTHONORMAL))
}

/// `fresh` made orthonormal, and orthogonal to `basis`. Twice, because once loses digits (Giraud et al. 2005).
fn orthonormalised(basis: MatRef<'_, f64>, mut fresh: Mat<f64>) -> Mat<f64> {
    for _ in 0..2 {
        let overlap = multiply(basis.transpose(), fresh.as_ref());
        matmul(fresh.as_mut(), Accum::Add, basis, overlap.as_ref(), -1.0, Par::Seq);
        fresh = fresh.qr().compute_thin_Q();
    }
    fresh
}

/// The product of two matrices, on this thread.
pub(crate) fn multiply(left: MatRef<'_, f64>, right: MatRef<'_, f64>) -> Mat<f64> {
    let mut product = Mat::zeros(left.nrows(), right.ncols());
    matmul(product.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A matrix with eigenvalues 1/(1 + j) in a seeded random basis.
    fn decaying(size: usize) -> Mat<f64> {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let square = Mat::from_fn(size, size, |_, _| random.random::<f64>() - 0.5);
        let basis = square.qr().compute_thin_Q();
        let scaled = Mat::from_fn(size, size, |i, j| basis[(i, j)] / (1.0 + j as f64));
        multiply(scaled.as_ref(), basis.transpose())
    }

    #[test]
    fn krylov_finds_the_leading_eigenvalues_of_a_slowly_decaying_spectrum() {
        let matrix = decaying(400);
        let found = krylov(matrix.as_ref(), 20, 28, 3).expect("full rank");
        for (j, value) in found.values.iter().enumerate() {
            let exact = 1.0 / (1.0 + j as f64);
            assert!((value - exact).abs() < 2e-3 * exact, "eigenvalue {j}: {value} against {exact}");
        }
    }

    #[test]
    fn eigenvectors_are_orthonormal() {
        let matrix = decaying(400);
        let found = leading_eigenpairs(matrix.as_ref(), 20, 3);
        let gram = multiply(found.vectors.transpose(), found.vectors.as_ref());
        for i in 0..20 {
            for j in 0..20 {
                assert!((gram[(i, j)] - f64::from(u8::from(i == j))).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn a_large_matrix_of_low_rank_falls_back_to_the_full_decomposition() {
        let matrix = Mat::from_fn(600, 600, |i, j| if i % 5 == j % 5 { 1.0 } else { 0.0 });
        let found = leading_eigenpairs(matrix.as_ref(), 20, 3);
        assert_eq!(found.values.len(), 5);
        assert!(found.values.iter().all(|value| (value - 120.0).abs() < 1e-9));
    }

    #[test]
    fn a_rank_one_matrix_has_one_eigenpair() {
        let ones = Mat::from_fn(6, 6, |_, _| 1.0);
        let found = leading_eigenpairs(ones.as_ref(), 4, 0);
        assert_eq!(found.values.len(), 1);
        assert!((found.values[0] - 6.0).abs() < 1e-12);
    }
}
