//! All eigenvalues and eigenvectors of a symmetric matrix.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, SelfAdjointEvdParams, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Auto, Mat, MatRef, Par, Spec};

/// Eigenvalues, ascending, and eigenvectors, as columns, of a symmetric matrix whose lower triangle is `lower`. O(n³).
/// `None` where the iteration does not converge, which no finite matrix is known to cause.
pub fn spectrum(lower: MatRef<'_, f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    let size = lower.nrows();
    if size == 0 {
        return Some((Vec::new(), Mat::zeros(0, 0)));
    }
    let (mut values, mut vectors) = (Diag::zeros(size), Mat::zeros(size, size));
    let params: Spec<SelfAdjointEvdParams, f64> = <SelfAdjointEvdParams as Auto<f64>>::auto().into();
    let scratch = self_adjoint_evd_scratch::<f64>(size, ComputeEigenvectors::Yes, Par::Seq, params);
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    self_adjoint_evd(lower, values.as_mut(), Some(vectors.as_mut()), Par::Seq, stack, params).ok()?;
    Some((values.column_vector().iter().copied().collect(), vectors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_the_lower_triangle_and_gives_ascending_eigenpairs() {
        let size = 60;
        let square = Mat::from_fn(size, size, |i, j| ((i * size + j) as f64 * 0.739).sin());
        let whole = Mat::from_fn(size, size, |i, j| square[(i.max(j), i.min(j))]);
        let (values, vectors) = spectrum(square.as_ref()).unwrap();
        assert!(values.is_sorted());
        let scaled = Mat::from_fn(size, size, |i, j| vectors[(i, j)] * values[j]);
        assert!((&whole * &vectors - scaled).norm_max() < 1e-12);
    }
}
