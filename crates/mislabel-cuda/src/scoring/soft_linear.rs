//! The soft linear reconstructor with its scoring on the device.

use mislabel_core::{ClassEvidence, EmbeddingSource, ErrorSummary, Labels, Result, Run};
use mislabel_reconstruct::SoftLinear;

use crate::device::cuda::Cuda;
use crate::products::precision::TensorPrecision;
use crate::scoring::scorer::CudaScorer;

/// [`SoftLinear`] with every class's errors of every row computed on NVIDIA GPUs: the same evidence, to within the rounding
/// that [`TensorPrecision`] allows.
///
/// Classes are fitted on the CPU, in f64, and with them the left-out errors; the trimming rounds score on the device
/// too.
///
/// ```
/// use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
/// use mislabel_cuda::{Cuda, CudaSoftLinear};
/// use mislabel_reconstruct::SoftLinear;
/// use ndarray::array;
///
/// let rows = array![[1.0_f32, 0.1], [1.0, 0.2], [0.9, 0.1], [0.1, 1.0], [0.2, 1.0], [0.2, 0.9], [0.1, 0.9]];
/// let given = Labels::new(vec![0, 0, 0, 1, 1, 1, 0], 2)?; // the last one is wrong
/// let rows = Embeddings::new(rows.view())?;
/// let errors = match Cuda::new(0) {
///     Ok(cuda) => CudaSoftLinear::on(cuda).evidence(&rows, &given, &Run::quiet())?,
///     Err(_) => SoftLinear::default().evidence(&rows, &given, &Run::quiet())?,
/// };
/// assert!(errors.own()[6] > 5.0 * errors.least_other()[6]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CudaSoftLinear {
    /// The method and its parameters.
    pub method: SoftLinear,
    /// Where it scores.
    pub scorer: CudaScorer,
}

impl CudaSoftLinear {
    /// The method with its defaults, on one device.
    pub fn on(cuda: Cuda) -> Self {
        let scorer = CudaScorer { devices: vec![cuda], precision: TensorPrecision::default() };
        Self { method: SoftLinear::default(), scorer }
    }
}

impl ClassEvidence for CudaSoftLinear {
    type Evidence = ErrorSummary;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        self.method.fit_on(&self.scorer, embeddings, given, run).map(|(_, errors)| errors)
    }
}

#[cfg(test)]
mod tests;
