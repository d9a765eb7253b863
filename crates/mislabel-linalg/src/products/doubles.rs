//! Products of matrices in f64, on one thread or split by panels.

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatMut, MatRef, Par};
use ndarray::Array2;
use rayon::prelude::*;

/// Columns of a symmetric matrix that one task accumulates.
const PANEL: usize = 256;

/// The product of a symmetric matrix, of which only the lower triangle is read, with another, on this thread.
pub fn symmetric_product(lower: MatRef<'_, f64>, right: MatRef<'_, f64>) -> Mat<f64> {
    use BlockStructure::{Rectangular, StrictTriangularUpper, TriangularLower};
    let mut product = Mat::zeros(lower.nrows(), right.ncols());
    let mut add = |left: MatRef<'_, f64>, structure: BlockStructure| {
        let out = product.as_mut();
        triangular::matmul(out, Rectangular, Accum::Add, left, structure, right, Rectangular, 1.0, Par::Seq);
    };
    add(lower, TriangularLower);
    add(lower.transpose(), StrictTriangularUpper);
    product
}

/// The product of two matrices, on this thread.
pub fn product(left: MatRef<'_, f64>, right: MatRef<'_, f64>) -> Mat<f64> {
    let mut product = Mat::zeros(left.nrows(), right.ncols());
    matmul(product.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    product
}

/// An array in standard layout, seen by faer.
///
/// # Panics
/// In any other layout.
pub fn row_major(array: &Array2<f64>) -> MatRef<'_, f64> {
    let slice = array.as_slice().expect("the array was made in standard layout");
    MatRef::from_row_major_slice(slice, array.nrows(), array.ncols())
}

/// Adds the lower triangle of `left · right` to `sum`, panel by panel: the panels do not depend on threads.
pub fn add_lower(sum: &mut Mat<f64>, left: MatRef<'_, f64>, right: MatRef<'_, f64>) {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounding of sums of some hundred terms of order 1.
    const ROUNDING: f64 = 1e-12;

    fn wave(rows: usize, columns: usize, from: usize) -> Mat<f64> {
        Mat::from_fn(rows, columns, |i, j| ((i * columns + j + from) as f64 * 0.739).sin())
    }

    #[test]
    fn panels_add_the_lower_triangle_of_the_plain_product() {
        for size in [1, 255, 300] {
            let (left, right) = (wave(size, 7, 0), wave(7, size, 5));
            let mut sum = Mat::zeros(size, size);
            add_lower(&mut sum, left.as_ref(), right.as_ref());
            let expected = product(left.as_ref(), right.as_ref());
            let lower = (0..size).flat_map(|j| (j..size).map(move |i| (i, j)));
            assert!(lower.into_iter().all(|at| (sum[at] - expected[at]).abs() < ROUNDING), "size {size}");
        }
    }

    #[test]
    fn a_symmetric_product_reads_the_lower_triangle_alone() {
        let (square, right) = (wave(40, 40, 0), wave(40, 3, 9));
        let whole = Mat::from_fn(40, 40, |i, j| square[(i.max(j), i.min(j))]);
        let expected = product(whole.as_ref(), right.as_ref());
        let found = symmetric_product(square.as_ref(), right.as_ref());
        assert!((0..40).all(|i| (0..3).all(|j| (found[(i, j)] - expected[(i, j)]).abs() < ROUNDING)));
    }
}
