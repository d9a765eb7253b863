//! How near every sample is to another class, by class centroids.

use mislabel_core::{EmbeddingSource, Labels, Result};
use ndarray::{Array1, Array2, ArrayView1, Axis};
use rayon::prelude::*;

/// Rows read and multiplied at a time.
const BLOCK: usize = 1_024;

/// A sample's place between its own class and the nearest other one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Proximity {
    /// ln(d_own / d_other), distances being Euclidean to class centroids: above 0 when the other centroid is nearer.
    /// Infinite when one distance is 0, and 0 when both are.
    pub(crate) log_ratio: f64,
    /// The class of the nearest other centroid; of equally near ones the least.
    pub(crate) other: u32,
}

/// Centroids of the classes that have samples, centered on the mean of all samples.
struct Centroids {
    /// The mean of all samples, `(d,)`.
    mean: Array1<f64>,
    /// The centroids less the mean, one a column, `(d, present)`.
    columns: Array2<f64>,
    /// Their squared norms, `(present,)`.
    norms: Vec<f64>,
    /// Their classes, ascending, `(present,)`.
    classes: Vec<u32>,
}

/// The proximity of every sample, `(n,)`; needs two classes that have samples. O(n·d·k), d·k values of memory.
pub(crate) fn proximities(embeddings: &dyn EmbeddingSource, truth: &Labels) -> Result<Vec<Proximity>> {
    let centroids = Centroids::new(embeddings, truth)?;
    let blocks: Vec<usize> = (0..truth.len()).step_by(BLOCK).collect();
    let near = |&start: &usize| centroids.block(embeddings, truth, start);
    let blocks: Vec<Vec<Proximity>> = blocks.par_iter().map(near).collect::<Result<_>>()?;
    Ok(blocks.concat())
}

impl Centroids {
    fn new(embeddings: &dyn EmbeddingSource, truth: &Labels) -> Result<Self> {
        let counts = truth.counts();
        let classes: Vec<u32> = (0..).zip(&counts).filter(|(_, count)| **count > 0).map(|(class, _)| class).collect();
        let mut sums = Array2::<f64>::zeros((classes.len(), embeddings.shape().1));
        for start in (0..truth.len()).step_by(BLOCK) {
            let rows = block(embeddings, start, truth.len())?;
            for (row, label) in rows.outer_iter().zip(&truth.values()[start..]) {
                let place = classes.partition_point(|class| class < label);
                sums.row_mut(place).zip_mut_with(&row, |sum, value| *sum += value);
            }
        }
        let mean = sums.sum_axis(Axis(0)) / truth.len() as f64;
        for (mut sum, &class) in sums.outer_iter_mut().zip(&classes) {
            sum /= counts[class as usize] as f64;
            sum -= &mean;
        }
        let norms = sums.outer_iter().map(|centroid| centroid.dot(&centroid)).collect();
        Ok(Self { mean, columns: sums.reversed_axes(), norms, classes })
    }

    fn block(&self, embeddings: &dyn EmbeddingSource, truth: &Labels, start: usize) -> Result<Vec<Proximity>> {
        let rows = block(embeddings, start, truth.len())? - &self.mean;
        let products = rows.dot(&self.columns);
        let each = rows.outer_iter().zip(products.outer_iter()).zip(&truth.values()[start..]);
        Ok(each.map(|((row, products), &own)| self.proximity(row.dot(&row), products, own)).collect())
    }

    /// The proximity of a sample from its squared norm and its products with the centroids, `(present,)`.
    fn proximity(&self, norm: f64, products: ArrayView1<'_, f64>, own: u32) -> Proximity {
        let (mut own_square, mut other_square, mut other) = (0.0, f64::INFINITY, own);
        for ((&class, &product), &centroid) in self.classes.iter().zip(products).zip(&self.norms) {
            // Rounding may leave a tiny negative square.
            let square = (norm - 2.0 * product + centroid).max(0.0);
            if class == own {
                own_square = square;
            } else if square < other_square {
                (other_square, other) = (square, class);
            }
        }
        let log_ratio = if own_square == other_square { 0.0 } else { 0.5 * (own_square.ln() - other_square.ln()) };
        Proximity { log_ratio, other }
    }
}

fn block(embeddings: &dyn EmbeddingSource, start: usize, n: usize) -> Result<Array2<f64>> {
    let mut rows = Array2::<f32>::zeros((BLOCK.min(n - start), embeddings.shape().1));
    embeddings.read_rows(start, rows.view_mut())?;
    Ok(rows.mapv(f64::from))
}
