//! Small dense linear systems.

use mislabel_core::{Error, Result};
use ndarray::{Array1, Array2, s};

/// Solves `matrix · x = right`, `(k, k)` and `(k,)`, by elimination with row pivoting. O(k³).
///
/// # Errors
/// [`Error::Undefined`] when the matrix is singular.
pub(crate) fn solve(mut matrix: Array2<f64>, mut right: Array1<f64>) -> Result<Array1<f64>> {
    let k = right.len();
    for column in 0..k {
        let pivot = (column..k).max_by(|&a, &b| matrix[[a, column]].abs().total_cmp(&matrix[[b, column]].abs()));
        let pivot = pivot.expect("column < k");
        if matrix[[pivot, column]] == 0.0 {
            return Err(Error::Undefined {
                quantity: "the prior of true classes",
                reason: "the noise matrix is singular",
            });
        }
        for j in 0..k {
            matrix.swap([pivot, j], [column, j]);
        }
        right.swap(pivot, column);
        for row in column + 1..k {
            let factor = matrix[[row, column]] / matrix[[column, column]];
            let (above, mut below) = matrix.multi_slice_mut((s![column, column..], s![row, column..]));
            below.scaled_add(-factor, &above);
            right[row] -= factor * right[column];
        }
    }
    for row in (0..k).rev() {
        let known = matrix.slice(s![row, row + 1..]).dot(&right.slice(s![row + 1..]));
        right[row] = (right[row] - known) / matrix[[row, row]];
    }
    Ok(right)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::solve;

    /// Rounding of a few products and quotients of doubles up to 7: steps of 4e-16 at the results.
    const ROUNDING: f64 = 1e-14;

    #[test]
    fn a_system_that_needs_pivoting_is_solved() {
        let x = solve(array![[0.0, 2.0, 1.0], [1.0, 1.0, 0.0], [3.0, 0.0, 1.0]], array![7.0, 3.0, 6.0]).unwrap();
        assert!((x - array![1.0, 2.0, 3.0]).iter().all(|error| error.abs() < ROUNDING));
    }

    #[test]
    fn a_singular_system_is_an_error() {
        let error = solve(array![[1.0, 1.0], [1.0, 1.0]], array![1.0, 1.0]).unwrap_err();
        assert_eq!(error.to_string(), "the prior of true classes is undefined: the noise matrix is singular");
    }
}
