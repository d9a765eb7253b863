//! Difficulty of a dataset that has no labels.

use mislabel_core::{ClassEvidence, EmbeddingSource, ErrorSummary, Labels, Result, Run};

use crate::difficulty::kmeans::KMeans;
use crate::difficulty::mean_ratios::Difficulty;
use crate::ratios::Ratios;

/// The difficulty χ̄ of a dataset with k-means clusters in the place of labels (arXiv:2412.02596).
///
/// Clusters are easier to tell apart than classes, so χ̄ here is lower than with labels: compare it only with other
/// datasets' label-free difficulty under the same evidence and number of clusters.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LabelFreeDifficulty {
    /// The cluster of every sample, `(n,)`.
    pub clusters: Labels,
    /// χ of every sample, its own cluster against the others.
    pub ratios: Ratios,
    /// Mean χ of the clusters and of the dataset.
    pub difficulty: Difficulty,
}

impl LabelFreeDifficulty {
    /// Clusters the n samples of `embeddings`, `(n, d)`, and measures how hard the clusters are to tell apart.
    ///
    /// # Errors
    /// As [`KMeans::labels`] and as `evidence`: [`TooFewClasses`](mislabel_core::Error::TooFewClasses) when all
    /// samples fall into one cluster.
    pub fn new(
        evidence: &dyn ClassEvidence<Evidence = ErrorSummary>,
        embeddings: &dyn EmbeddingSource,
        clustering: &KMeans,
        run: &Run<'_>,
    ) -> Result<Self> {
        let clusters = clustering.labels(embeddings, run)?;
        let errors = evidence.evidence(embeddings, &clusters, run)?;
        let ratios = Ratios::new(&errors, &clusters)?;
        let difficulty = Difficulty::new(&ratios, &clusters)?;
        Ok(Self { clusters, ratios, difficulty })
    }
}
