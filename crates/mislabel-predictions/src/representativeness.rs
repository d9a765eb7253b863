//! Representativeness: how close to the center of its cluster a sample is.

use mislabel_core::checks::same_length;
use mislabel_core::{EmbeddingSource, Labels, Result, Run, Stage};
use ndarray::{Array1, Array2};

/// Rows read at a time.
const BLOCK: usize = 1024;

/// Over which samples the most representative one is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum Normalization {
    /// Over its cluster: the sample nearest to each center is 1. The default, as in FiftyOne.
    #[default]
    PerCluster,
    /// Over all samples: tight clusters are more representative than wide ones.
    Global,
}

/// Representativeness of samples by closeness to the center of their cluster (FiftyOne Brain's `cluster-center`).
///
/// The clusters are an argument, as labels: 20 of k-means in FiftyOne, the k-means of `mislabel-rer` here, the given
/// labels if they are to be the clusters. The center is the mean of a cluster's rows.
///
/// # Departures
/// FiftyOne computes 1/(1 + distance), then returns the distance divided by the greatest of the cluster instead, so that
/// its outliers are the most "representative". Here it is 1/(1 + distance) divided by the greatest of the cluster.
///
/// ```
/// use mislabel_core::{Embeddings, Labels, Run};
/// use mislabel_predictions::Representativeness;
/// use ndarray::array;
///
/// let rows = array![[0.0_f32], [1.0], [5.0], [9.0]];
/// let one_cluster = Labels::new(vec![0; 4], 1)?;
/// let values = Representativeness::default().values(&Embeddings::new(rows.view())?, &one_cluster, &Run::quiet())?;
/// assert_eq!(values[2], 1.0); // next to the mean, 3.75
/// assert!(values[3] < values[0] && values[0] < values[1] && values[3] > 0.0);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Representativeness {
    /// Over which samples the most representative one is 1.
    pub normalization: Normalization,
}

impl Representativeness {
    /// Representativeness of the n samples of `embeddings`, `(n, d)`, in `clusters`, `(n,)`: `(n,)` in (0, 1], higher is
    /// more typical. Reads the source twice; O(n·d) time, O(n + clusters·d) memory.
    ///
    /// # Errors
    /// [`LengthMismatch`](mislabel_core::Error::LengthMismatch), [`Cancelled`](mislabel_core::Error::Cancelled), and what
    /// the source reports.
    pub fn values(&self, embeddings: &dyn EmbeddingSource, clusters: &Labels, run: &Run<'_>) -> Result<Array1<f64>> {
        same_length("cluster labels", embeddings.shape().0, clusters.len())?;
        let stage = run.stage("measuring representativeness", 2 * clusters.len());
        let centers = centers(embeddings, clusters, &stage)?;
        let mut values = Array1::zeros(clusters.len());
        each_row(embeddings, &stage, |row, features| {
            let center = centers.row(clusters.class(row));
            let square: f64 = features.iter().zip(center).map(|(x, c)| (f64::from(*x) - c).powi(2)).sum();
            values[row] = 1.0 / (1.0 + square.sqrt());
        })?;
        let group = |row: usize| match self.normalization {
            Normalization::PerCluster => clusters.class(row),
            Normalization::Global => 0,
        };
        let mut most = vec![f64::MIN_POSITIVE; clusters.class_count()];
        values.iter().enumerate().for_each(|(row, value)| most[group(row)] = value.max(most[group(row)]));
        values.iter_mut().enumerate().for_each(|(row, value)| *value /= most[group(row)]);
        Ok(values)
    }
}

/// The mean row of every cluster, `(clusters, d)`; 0 for an empty one.
fn centers(embeddings: &dyn EmbeddingSource, clusters: &Labels, stage: &Stage<'_>) -> Result<Array2<f64>> {
    let counts = clusters.counts();
    let mut centers = Array2::zeros((clusters.class_count(), embeddings.shape().1));
    each_row(embeddings, stage, |row, features| {
        let mut center = centers.row_mut(clusters.class(row));
        center.iter_mut().zip(features).for_each(|(sum, x)| *sum += f64::from(*x));
    })?;
    for (mut center, count) in centers.outer_iter_mut().zip(counts) {
        center /= count.max(1) as f64;
    }
    Ok(centers)
}

fn each_row(embeddings: &dyn EmbeddingSource, stage: &Stage<'_>, mut visit: impl FnMut(usize, &[f32])) -> Result<()> {
    let (n, d) = embeddings.shape();
    for start in (0..n).step_by(BLOCK) {
        let mut block = Array2::zeros((BLOCK.min(n - start), d));
        embeddings.read_rows(start, block.view_mut())?;
        let rows = block.as_slice().expect("the block was made in standard layout").chunks_exact(d);
        rows.enumerate().for_each(|(i, row)| visit(start + i, row));
        stage.advance(block.nrows())?;
    }
    Ok(())
}
