//! Cholesky factors, in place.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{LltParams, cholesky_in_place, cholesky_in_place_scratch};
use faer::prelude::default;
use faer::{Auto, Mat, Par, Spec};

/// Replaces the lower triangle of `matrix` by its Cholesky factor; what is above the diagonal is not read, and means
/// nothing afterwards. Returns whether the matrix was positive definite; if not, its content is lost.
pub fn factorize(matrix: &mut Mat<f64>) -> bool {
    let params: Spec<LltParams, f64> = <LltParams as Auto<f64>>::auto().into();
    let mut memory = MemBuffer::new(cholesky_in_place_scratch::<f64>(matrix.nrows(), Par::Seq, params));
    cholesky_in_place(matrix.as_mut(), default(), Par::Seq, MemStack::new(&mut memory), params).is_ok()
}

/// The Cholesky factor of `matrix` + `ridge`·I, lower triangles; `matrix` is positive semi-definite and `ridge` > 0.
///
/// # Panics
/// Where the sum is not positive definite.
pub fn ridged_factor(matrix: Mat<f64>, ridge: f64) -> Mat<f64> {
    ridged_factor_by(factorize, matrix, ridge)
}

/// The same, factorized by `factorize`.
pub(crate) fn ridged_factor_by(factorize: fn(&mut Mat<f64>) -> bool, mut matrix: Mat<f64>, ridge: f64) -> Mat<f64> {
    for i in 0..matrix.nrows() {
        matrix[(i, i)] += ridge;
    }
    assert!(factorize(&mut matrix), "a positive semi-definite matrix plus a ridge is positive definite");
    matrix
}
