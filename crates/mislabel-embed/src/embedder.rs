//! What turns samples into rows of numbers.

use ndarray::ArrayViewMut2;

use crate::error::Result;
use crate::identity::Identity;
use crate::picture::Picture;
use crate::samples::skipped::Skip;

/// One sample, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sample {
    /// A picture.
    Picture(Picture),
    /// A text.
    Text(String),
}

/// A sample as an embedder wants it: small, and independent of the others.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Prepared {
    /// The row itself.
    Row(Vec<f32>),
    /// Bytes of a picture, in the layout that the embedder gave it.
    Pixels(Vec<u8>),
    /// A tensor, in the layout that the embedder gave it.
    Tensor(Vec<f32>),
    /// Tokens.
    Tokens(Vec<u32>),
}

impl Prepared {
    /// Only samples of equal groups share a batch: texts of as many tokens, so that nothing is ever padded.
    pub fn group(&self) -> usize {
        match self {
            Self::Row(values) | Self::Tensor(values) => values.len(),
            Self::Pixels(bytes) => bytes.len(),
            Self::Tokens(tokens) => tokens.len(),
        }
    }
}

/// Turns samples into rows of numbers.
///
/// Implementers promise that a row depends on nothing but the content of its sample and on what [`identity`](Self::identity)
/// covers: not on the batch, the order, or the number of threads. Caches and resumed runs rest on that.
pub trait Embedder: Send + Sync {
    /// Everything that a row depends on beside the sample.
    fn identity(&self) -> Identity;

    /// The length d of a row, at least 1.
    fn dimension(&self) -> usize;

    /// `sample` as [`embed`](Self::embed) wants it; called from several threads at once.
    ///
    /// # Errors
    /// Why the sample cannot be embedded.
    fn prepare(&self, sample: &Sample) -> Result<Prepared, Skip>;

    /// Fills row i of `rows`, `(batch.len(), d)`, with the embedding of `batch[i]`; all of one group. Called from several threads
    /// at once, each with a batch.
    ///
    /// # Errors
    /// What keeps the embedder from its work.
    fn embed(&self, batch: &[Prepared], rows: ArrayViewMut2<'_, f32>) -> Result<()>;

    /// Samples that share a batch at most.
    fn batch_size(&self) -> usize {
        32
    }

    /// Samples that are prepared before batches are made of them: the more, the fuller the batches where groups are many.
    fn ahead(&self) -> usize {
        8 * self.batch_size()
    }
}
