//! The options of a tree.

use mislabel_core::{Error, Result};

use crate::importance::sensitivity::Sensitivity;

/// How to build a [`CoresetTree`](crate::CoresetTree).
///
/// Memory: `chunk` + 2·`size`·log₂(n/`chunk`) rows of d features, whatever n is; time: one pass over the rows, each reduced
/// with its chunk and then about log₂(n/`chunk`) times in part, each time at the cost of the sensitivity.
///
/// ```
/// use mislabel_core::{Embeddings, Labels, Run};
/// use mislabel_coreset::{MergeReduce, Samples};
/// use ndarray::Array2;
///
/// let rows = Array2::from_shape_fn((1_000, 2), |(i, j)| ((i * 7 + j * 3) % 11) as f32);
/// let given = Labels::new((0..1_000).map(|row| row % 2).collect(), 2)?;
/// let rows = Embeddings::new(rows.view())?;
/// let options = MergeReduce { chunk: 200, size: 50, ..MergeReduce::default() };
/// let tree = options.build(&Samples::new(&rows, &given)?, None, &Run::quiet())?;
/// assert_eq!((tree.seen(), tree.held()), (1_000, 100)); // five chunks: a coreset of four and one of the fifth
///
/// let coreset = tree.coreset(50, &Run::quiet())?;
/// assert_eq!(coreset.len(), 50);
/// assert!((coreset.weights().sum() - 1_000.0).abs() < 250.0);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct MergeReduce {
    /// What makes a sample important; default class leverage. For [`Sensitivity::Loss`] all samples must come with losses.
    pub sensitivity: Sensitivity,
    /// Samples that are gathered before they are reduced to a coreset, at least `size`; default 10,000.
    pub chunk: usize,
    /// Samples of every coreset in the tree, at least 1; default 2,000.
    pub size: usize,
    /// The share of a coreset's places that goes to the most important samples, for sure and with unchanged weights, in
    /// [0, 1); default 0. With class leverage a tree that reserves ¼ lists 1.2 to 1.8 times the label errors of one that
    /// reserves none, nearly as many as if it held everything; but a model trained on a coreset of noisy labels, half of it
    /// reserved, is worse (docs/notebook/coresets.md has figures). Reserve places for review, not for training.
    pub certain: f64,
    /// Seed of the sampling; default 0.
    pub seed: u64,
}

impl Default for MergeReduce {
    fn default() -> Self {
        Self { sensitivity: Sensitivity::default(), chunk: 10_000, size: 2_000, certain: 0.0, seed: 0 }
    }
}

impl MergeReduce {
    /// Checks the options.
    ///
    /// # Errors
    /// [`Error::Parameter`] for `size`, `chunk` or `certain`.
    pub(crate) fn check(&self) -> Result<()> {
        if self.size == 0 || self.size > self.chunk {
            let requirement = "at least 1 and at most chunk";
            return Err(Error::parameter("size", self.size, requirement));
        }
        if !(0.0..1.0).contains(&self.certain) {
            return Err(Error::parameter("certain", self.certain, "at least 0 and below 1"));
        }
        Ok(())
    }
}
