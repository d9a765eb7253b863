//! All eigenvalues and eigenvectors of a symmetric matrix.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, SelfAdjointEvdParams, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Auto, Mat, MatRef, Par, Spec};

/// Eigenvalues, ascending, and eigenvectors, as columns, of a symmetric matrix whose lower triangle is `lower`. O(n³).
/// `None` where the iteration does not converge, which no finite matrix is known to cause.
pub fn spectrum(lower: MatRef<'_, f64>) -> Option<(Vec<f64>, Mat<f64>)> {
    let size = lower.nrows();
    let (mut values, mut vectors) = (Diag::zeros(size), Mat::zeros(size, size));
    let params: Spec<SelfAdjointEvdParams, f64> = <SelfAdjointEvdParams as Auto<f64>>::auto().into();
    let scratch = self_adjoint_evd_scratch::<f64>(size, ComputeEigenvectors::Yes, Par::Seq, params);
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    self_adjoint_evd(lower, values.as_mut(), Some(vectors.as_mut()), Par::Seq, stack, params).ok()?;
    Some((values.column_vector().iter().copied().collect(), vectors))
}
