//! A dataset in memory.

use mislabel_core::Labels;
use ndarray::Array2;

/// n samples with d features each, their labels, and the shape of the image that a row of features is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Dataset {
    /// The features, `(n, d)`.
    pub embeddings: Array2<f32>,
    /// The labels, `(n,)`, taken as true, with class names.
    pub labels: Labels,
    /// (height, width) with height · width = d: a row of features is such an image in row-major order.
    pub image_shape: (usize, usize),
}

impl Dataset {
    /// Sample `row` as an image, `(height, width)`. Panics when `row` ≥ n, as indexing does.
    pub fn image(&self, row: usize) -> Array2<f32> {
        let (_, width) = self.image_shape;
        Array2::from_shape_fn(self.image_shape, |(y, x)| self.embeddings[[row, y * width + x]])
    }
}
