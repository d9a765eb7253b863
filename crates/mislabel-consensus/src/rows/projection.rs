//! Rows in fewer dimensions, in which neighbors are found at a fraction of the cost.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, Par};
use mislabel_core::{EmbeddingSource, Result, Run};
use ndarray::{Array2, Axis};
use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rayon::prelude::*;

use crate::rows::unit_rows::{matrix, normalize};

/// Rows that the directions are taken from: enough for a hundred directions, few enough to cost next to nothing.
const SAMPLE: usize = 4096;

/// Rows read and projected at a time.
const BLOCK: usize = 1024;

/// `embeddings`, `(n, d)`, of length 1 and along `dimensions` orthonormal directions in which they vary most, `(n, dimensions)`.
///
/// The directions are the range of XᵀXΩ (Halko, Martinsson & Tropp 2011, one power iteration), X being up to 4,096 rows
/// spread over all, less their mean, Ω drawn by `seed`. Cosines between rows change little where the spectrum falls, as
/// that of embeddings does, and what is lost is mostly noise. O(n·d·dimensions).
pub(crate) fn projected(
    embeddings: &dyn EmbeddingSource,
    dimensions: usize,
    seed: u64,
    run: &Run<'_>,
) -> Result<Array2<f32>> {
    let (n, d) = embeddings.shape();
    let directions = directions(embeddings, dimensions, seed)?;
    let mut projected = Array2::zeros((n, dimensions));
    let stage = run.stage("projecting embeddings", n);
    projected.axis_chunks_iter_mut(Axis(0), BLOCK).into_par_iter().enumerate().try_for_each(|(index, mut out)| {
        let mut rows = Array2::zeros((out.nrows(), d));
        embeddings.read_rows(index * BLOCK, rows.view_mut())?;
        normalize(&mut rows);
        let (count, width) = out.dim();
        let out = out.as_slice_mut().expect("rows of a new array are contiguous");
        let product = MatMut::from_row_major_slice_mut(out, count, width);
        matmul(product, Accum::Replace, matrix(&rows), directions.as_ref(), 1.0, Par::Seq);
        stage.advance(count)
    })?;
    Ok(projected)
}

/// Orthonormal directions, `(d, dimensions)`.
fn directions(embeddings: &dyn EmbeddingSource, dimensions: usize, seed: u64) -> Result<Mat<f32>> {
    let (n, d) = embeddings.shape();
    let count = n.min(SAMPLE);
    let spread: Vec<u32> = (0..count).map(|place| (place as u64 * n as u64 / count as u64) as u32).collect();
    let mut rows = Array2::zeros((count, d));
    embeddings.gather(&spread, rows.view_mut())?;
    normalize(&mut rows);
    if let Some(mean) = rows.mean_axis(Axis(0)) {
        rows -= &mean;
    }
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let draws = Mat::from_fn(d, dimensions, |_, _| if generator.random::<bool>() { 1.0_f32 } else { -1.0 });
    let mut image = Mat::zeros(count, dimensions);
    matmul(image.as_mut(), Accum::Replace, matrix(&rows), draws.as_ref(), 1.0, Par::Seq);
    let mut range = Mat::zeros(d, dimensions);
    matmul(range.as_mut(), Accum::Replace, matrix(&rows).transpose(), image.as_ref(), 1.0, Par::Seq);
    Ok(range.qr().compute_thin_Q())
}
