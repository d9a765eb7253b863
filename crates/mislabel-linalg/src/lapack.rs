//! The factorizations of a LAPACK, for those who trust theirs more than faer's: the functions of the crate's root by the
//! same names, to be called in their place.
//!
//! Products stay faer's. Matrices are copied to and fro, O(n²) before O(n³). What a LAPACK gives depends on which it is
//! and, where it has threads of its own, on their number; `OPENBLAS_NUM_THREADS=1` leaves an OpenBLAS one. Results
//! equal those of faer up to rounding, not bit for bit.
//!
//! ```
//! use faer::mat;
//! use mislabel_linalg::lapack;
//!
//! let (values, _) = lapack::spectrum(mat![[2.0, 0.0], [1.0, 2.0]].as_ref()).expect("a finite matrix converges");
//! assert!((values[0] - 1.0).abs() < 1e-12 && (values[1] - 3.0).abs() < 1e-12);
//! ```

use faer::{Mat, MatRef};
use ndarray::{Array2, ShapeBuilder};
use ndarray_linalg::{CholeskyInto, EighInto, QRInto, UPLO};

use crate::factors::cholesky::ridged_factor_by;
use crate::factors::subspace::{Orthonormalizer, leading_basis_by};

/// [`factorize`](crate::factorize) by `dpotrf`. What it makes of a matrix with NaN depends on the LAPACK.
pub fn factorize(matrix: &mut Mat<f64>) -> bool {
    if matrix.nrows() == 0 {
        return true;
    }
    let Ok(factor) = by_columns(matrix.as_ref()).cholesky_into(UPLO::Lower) else { return false };
    for j in 0..matrix.ncols() {
        (j..matrix.nrows()).for_each(|i| matrix[(i, j)] = factor[[i, j]]);
    }
    true
}

/// [`ridged_factor`](crate::ridged_factor) by `dpotrf`.
///
/// # Panics
/// Where the sum is not positive definite.
pub fn ridged_factor(matrix: Mat<f64>, ridge: f64) -> Mat<f64> {
    ridged_factor_by(factorize, matrix, ridge)
}

/// [`spectrum`](crate::spectrum) by `dsyev`.
pub fn spectrum(lower: MatRef<'_, f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    if lower.nrows() == 0 {
        return Some((Vec::new(), Mat::zeros(0, 0)));
    }
    let (values, vectors) = by_columns(lower).eigh_into(UPLO::Lower).ok()?;
    Some((values.to_vec(), matrix(&vectors)))
}

/// [`leading_basis`](crate::leading_basis) by `dpotrf`, and `dgeqrf` where that fails.
pub fn leading_basis(matrix: MatRef<'_, f64>, wanted: usize, start: impl FnOnce() -> Mat<f64>) -> Mat<f64> {
    leading_basis_by(Orthonormalizer { factorize, reflections }, matrix, wanted, start)
}

fn reflections(columns: &Mat<f64>) -> Mat<f64> {
    let (basis, _) = by_columns(columns.as_ref()).qr_into().expect("reflections exist for any finite matrix");
    matrix(&basis)
}

/// A copy, column by column as LAPACK wants it.
fn by_columns(matrix: MatRef<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn(matrix.shape().f(), |at| matrix[at])
}

fn matrix(array: &Array2<f64>) -> Mat<f64> {
    Mat::from_fn(array.nrows(), array.ncols(), |i, j| array[[i, j]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::doubles::product;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    /// Both are backward stable: errors are some hundred roundings, 1e-16, of entries of order 1 to 100.
    const ROUNDING: f64 = 1e-11;

    /// Between two bases of 20 dimensions that are the same but for rounding: the columns that Cholesky makes
    /// orthonormal have a condition of up to 1e6, by which it multiplies 1e-16.
    const CONDITIONED: f64 = 1e-9;

    fn random(rows: usize, columns: usize) -> Mat<f64> {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        Mat::from_fn(rows, columns, |_, _| random.random::<f64>() - 0.5)
    }

    /// A positive definite matrix whose upper triangle is something else.
    fn definite(size: usize) -> Mat<f64> {
        let rows = random(size, size + 3);
        let gram = product(rows.as_ref(), rows.transpose());
        Mat::from_fn(size, size, |i, j| if i < j { 7.0 } else { gram[(i, j)] + f64::from(u8::from(i == j)) })
    }

    fn lower(matrix: &Mat<f64>) -> Mat<f64> {
        Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| if i < j { 0.0 } else { matrix[(i, j)] })
    }

    fn distance(one: &Mat<f64>, other: &Mat<f64>) -> f64 {
        assert_eq!(one.shape(), other.shape());
        (one - other).norm_max()
    }

    #[test]
    fn cholesky_factors_agree() {
        for size in [0, 1, 2, 17, 130] {
            let (mut ours, mut theirs) = (definite(size), definite(size));
            assert!(factorize(&mut ours) && crate::factorize(&mut theirs));
            assert!(distance(&lower(&ours), &lower(&theirs)) < ROUNDING, "size {size}");
            let ridged = [ridged_factor(definite(size), 3.0), crate::ridged_factor(definite(size), 3.0)];
            assert!(distance(&lower(&ridged[0]), &lower(&ridged[1])) < ROUNDING, "size {size}");
        }
    }

    #[test]
    fn neither_factorizes_a_matrix_that_is_not_positive_definite() {
        let indefinite = || Mat::from_fn(20, 20, |i, j| if i == j { 10.0 - i as f64 } else { 0.0 });
        assert!(!factorize(&mut indefinite()) && !crate::factorize(&mut indefinite()));
    }

    #[test]
    fn eigenvalues_agree_and_eigenvectors_give_the_matrix_back() {
        for size in [0, 1, 2, 17, 130] {
            let lower = definite(size);
            let whole = Mat::from_fn(size, size, |i, j| lower[(i.max(j), i.min(j))]);
            let (values, vectors) = spectrum(lower.as_ref()).unwrap();
            let (theirs, _) = crate::spectrum(lower.as_ref()).unwrap();
            assert!(values.iter().zip(&theirs).all(|(one, other)| (one - other).abs() < ROUNDING), "size {size}");
            let scaled = Mat::from_fn(size, size, |i, j| vectors[(i, j)] * values[j]);
            assert!(distance(&product(scaled.as_ref(), vectors.transpose()), &whole) < ROUNDING, "size {size}");
        }
    }

    #[test]
    fn bases_of_leading_eigenvectors_agree() {
        let square = random(90, 90);
        let spread = Mat::from_fn(90, 90, |i, j| square[(i, j)] / (1.0 + j as f64));
        let matrix = product(spread.as_ref(), spread.transpose());
        let ours = leading_basis(matrix.as_ref(), 20, || random(90, 20));
        let theirs = crate::leading_basis(matrix.as_ref(), 20, || random(90, 20));
        assert!(distance(&ours, &theirs) < CONDITIONED);
    }

    #[test]
    fn a_matrix_of_low_rank_still_gives_an_orthonormal_basis_that_contains_its_range() {
        let matrix = Mat::from_fn(100, 100, |i, j| if i % 5 == j % 5 { 1.0 } else { 0.0 });
        let basis = leading_basis(matrix.as_ref(), 20, || random(100, 20));
        assert!(distance(&product(basis.transpose(), basis.as_ref()), &Mat::identity(20, 20)) < ROUNDING);
        let inner = product(basis.transpose(), product(matrix.as_ref(), basis.as_ref()).as_ref());
        assert!((inner.diagonal().column_vector().iter().sum::<f64>() - 100.0).abs() < ROUNDING);
    }
}
