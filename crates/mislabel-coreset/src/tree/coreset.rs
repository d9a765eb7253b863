//! The coreset: weighted samples that stand for all.

use mislabel_core::{Labels, Result};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::tree::held::Held;

/// m weighted samples that stand for the n that a tree has seen.
///
/// For any function f of a row and its label the expectation of Σ weight·f over the coreset is Σ f over everything
/// (times the weights, where the samples came with some). So a model that is trained with these weights minimizes an
/// unbiased estimate of the loss on everything.
#[derive(Clone, Debug, PartialEq)]
pub struct Coreset {
    embeddings: Array2<f32>,
    given: Labels,
    weights: Array1<f64>,
    ids: Vec<u64>,
}

impl Coreset {
    pub(crate) fn new(held: &Held, (classes, d): (usize, usize)) -> Result<Self> {
        Ok(Self {
            embeddings: held.rows(d).to_owned(),
            given: held.labels(classes)?,
            weights: held.samples.iter().map(|sample| sample.weight).collect(),
            ids: held.samples.iter().map(|sample| sample.id).collect(),
        })
    }

    /// The number of samples m, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a coreset is never empty")]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The embeddings, `(m, d)`, as they came.
    pub fn embeddings(&self) -> ArrayView2<'_, f32> {
        self.embeddings.view()
    }

    /// The labels, `(m,)`: as given, or as updated since.
    pub fn given(&self) -> &Labels {
        &self.given
    }

    /// How many samples each stands for, `(m,)`, positive.
    pub fn weights(&self) -> ArrayView1<'_, f64> {
        self.weights.view()
    }

    /// The ids, `(m,)`.
    pub fn ids(&self) -> &[u64] {
        &self.ids
    }
}
