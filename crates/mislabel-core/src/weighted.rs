//! Evidence that learns from some samples more than from others, as evidence like any other.

use crate::detector::{ClassEvidence, WeightedEvidence};
use crate::error::Result;
use crate::inputs::embeddings::EmbeddingSource;
use crate::inputs::labels::Labels;
use crate::run::context::Run;

/// [`WeightedEvidence`] with the weights of the samples, so that weights go through a [`Pipeline`](crate::Pipeline).
///
/// A sample of weight 0 is judged and not learnt from. The weights belong to one dataset: `(n,)`.
///
/// ```
/// use mislabel_core::{ClassEvidence, EmbeddingSource, Labels, Result, Run, Weighted, WeightedEvidence};
/// # use mislabel_core::Embeddings;
/// # use ndarray::array;
/// # struct Sum;
/// # impl ClassEvidence for Sum {
/// #     type Evidence = f64;
/// #     fn evidence(&self, e: &dyn EmbeddingSource, g: &Labels, r: &Run<'_>) -> Result<f64> {
/// #         self.weighted_evidence(e, g, &vec![1.0; g.len()], r)
/// #     }
/// # }
/// # impl WeightedEvidence for Sum {
/// #     fn weighted_evidence(&self, _: &dyn EmbeddingSource, _: &Labels, w: &[f64], _: &Run<'_>) -> Result<f64> {
/// #         Ok(w.iter().sum())
/// #     }
/// # }
/// # let rows = array![[0.0_f32], [1.0]];
/// # let (embeddings, given) = (Embeddings::new(rows.view())?, Labels::new(vec![0, 1], 2)?);
/// # let probe = Sum;
/// let evidence = Weighted { evidence: &probe, weights: vec![1.0, 0.25] };
/// let learnt = evidence.evidence(&embeddings, &given, &Run::quiet())?;
/// assert_eq!(learnt, 1.25); // a probe that sums the weights
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Weighted<S> {
    /// Where the evidence comes from.
    pub evidence: S,
    /// The weight of every sample, `(n,)`: finite, not negative, not all 0.
    pub weights: Vec<f64>,
}

impl<S: WeightedEvidence> ClassEvidence for Weighted<S> {
    type Evidence = S::Evidence;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<S::Evidence> {
        self.evidence.weighted_evidence(embeddings, given, &self.weights, run)
    }
}
