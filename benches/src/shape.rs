//! Datasets to measure on, by their shape.

use mislabel_core::{EmbeddingSource, Labels, NoiseModel, Result};
use mislabel_datasets::{ClusteredEmbeddings, Clusters};
use mislabel_noise::Symmetric;
use ndarray::Array2;

/// n samples of k classes in d dimensions: [`Clusters`] of that size, a tenth of whose labels is wrong.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Samples n.
    pub samples: usize,
    /// Features d.
    pub features: usize,
    /// Classes k, at least 2.
    pub classes: usize,
}

/// A dataset of a [`Shape`].
#[derive(Clone, Debug)]
pub struct Dataset {
    /// The embeddings, `(n, d)`, computed when they are read, and their true labels.
    pub clusters: ClusteredEmbeddings,
    /// The given labels, `(n,)`.
    pub given: Labels,
}

impl Shape {
    /// The dataset of this shape.
    ///
    /// # Errors
    /// As [`Clusters::sampled`] and [`Symmetric`], for a shape that no dataset has.
    pub fn dataset(&self) -> Result<Dataset> {
        let &Self { samples, features, classes } = self;
        let default = Clusters::default();
        let components = default.components.min(features);
        let clusters = Clusters { samples, features, classes, components, ..default }.sampled()?;
        let given = Symmetric::default().corrupt(clusters.truth(), 0)?.given;
        Ok(Dataset { clusters, given })
    }
}

impl Dataset {
    /// All rows, `(n, d)`.
    ///
    /// # Errors
    /// None in practice: the rows asked for exist.
    pub fn rows(&self) -> Result<Array2<f32>> {
        let mut rows = Array2::zeros(self.clusters.shape());
        self.clusters.read_rows(0, rows.view_mut())?;
        Ok(rows)
    }
}
