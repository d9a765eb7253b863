//! The few operations on dense matrices that importances are made of, each on one thread or split by panels.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{LltParams, cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::evd::{ComputeEigenvectors, SelfAdjointEvdParams, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::prelude::default;
use faer::{Accum, Auto, Mat, MatMut, MatRef, Par, Spec};
use mislabel_core::{Error, Result};
use ndarray::Array2;
use rayon::prelude::*;

/// Columns of a symmetric matrix that one task accumulates.
const PANEL: usize = 256;

/// An array in standard layout, seen by faer.
pub(crate) fn row_major(array: &Array2<f64>) -> MatRef<'_, f64> {
    let slice = array.as_slice().expect("the array was made in standard layout");
    MatRef::from_row_major_slice(slice, array.nrows(), array.ncols())
}

/// `left · right`, on this thread.
pub(crate) fn product(left: MatRef<'_, f64>, right: MatRef<'_, f64>) -> Mat<f64> {
    let mut product = Mat::zeros(left.nrows(), right.ncols());
    matmul(product.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    product
}

/// Adds the lower triangle of `left · right` to `sum`, panel by panel: the panels do not depend on threads.
pub(crate) fn add_lower(sum: &mut Mat<f64>, left: MatRef<'_, f64>, right: MatRef<'_, f64>) {
    panels(sum.as_mut()).into_par_iter().for_each(|(start, panel)| {
        let (size, width) = panel.shape();
        let (_, below) = panel.split_at_row_mut(start);
        let (square, rest) = below.split_at_row_mut(width);
        let (lower, full) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
        let columns = right.subcols(start, width);
        triangular::matmul(square, lower, Accum::Add, left.subrows(start, width), full, columns, full, 1.0, Par::Seq);
        let below = left.subrows(start + width, size - start - width);
        matmul(rest, Accum::Add, below, columns, 1.0, Par::Seq);
    });
}

/// The matrix cut into panels of [`PANEL`] columns, each with the number of its first column.
fn panels(mut matrix: MatMut<'_, f64>) -> Vec<(usize, MatMut<'_, f64>)> {
    let mut panels = Vec::new();
    let mut start = 0;
    while matrix.ncols() > 0 {
        let width = PANEL.min(matrix.ncols());
        let (panel, rest) = matrix.split_at_col_mut(width);
        panels.push((start, panel));
        start += width;
        matrix = rest;
    }
    panels
}

/// The Cholesky factor of `matrix` + `ridge`·I, lower triangles; the sum is positive definite.
pub(crate) fn ridged_factor(mut matrix: Mat<f64>, ridge: f64) -> Mat<f64> {
    for i in 0..matrix.nrows() {
        matrix[(i, i)] += ridge;
    }
    let params: Spec<LltParams, f64> = <LltParams as Auto<f64>>::auto().into();
    let mut memory = MemBuffer::new(cholesky_in_place_scratch::<f64>(matrix.nrows(), Par::Seq, params));
    cholesky_in_place(matrix.as_mut(), default(), Par::Seq, MemStack::new(&mut memory), params)
        .expect("a positive semi-definite matrix plus a ridge is positive definite");
    matrix
}

/// Eigenvalues, ascending, and eigenvectors, as columns, of a symmetric matrix whose lower triangle is `lower`.
///
/// # Errors
/// [`Error::Undefined`] when the iteration does not converge, which no finite matrix is known to cause.
pub(crate) fn spectrum(lower: MatRef<'_, f64>) -> Result<(Vec<f64>, Mat<f64>)> {
    let size = lower.nrows();
    let (mut values, mut vectors) = (Diag::zeros(size), Mat::zeros(size, size));
    let params: Spec<SelfAdjointEvdParams, f64> = <SelfAdjointEvdParams as Auto<f64>>::auto().into();
    let scratch = self_adjoint_evd_scratch::<f64>(size, ComputeEigenvectors::Yes, Par::Seq, params);
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    self_adjoint_evd(lower, values.as_mut(), Some(vectors.as_mut()), Par::Seq, stack, params).map_err(|_| {
        Error::Undefined { quantity: "leverage", reason: "the eigenvalues of the samples' scatter did not converge" }
    })?;
    Ok((values.column_vector().iter().copied().collect(), vectors))
}
