//! Samples like others.

use mislabel_core::{EmbeddingSource, Error as CoreError, Run};
use ndarray::{Array1, Array2, ArrayView1};
use rayon::prelude::*;

use crate::error::{Error, Result};

/// Rows read at a time.
const BLOCK: usize = 4096;

/// Rows that the center is taken from at most.
const CENTER: usize = 16_384;

/// How like each of n samples is to the samples `like`, and unlike to `unlike`, `(n,)` in [-1, 1]: the cosine with the
/// direction m₊ − m₋, where m₊ and m₋ are the means of the examples and of the counter-examples, each of length one after
/// the center of the data was taken off ([Rocchio 1971]). More examples refine it. O(n·d), in one pass over the data.
///
/// ```
/// use mislabel_core::{Embeddings, Run};
/// use mislabel_review::similarities;
/// use ndarray::array;
///
/// let rows = array![[5.0_f32, 1.0], [6.0, 1.1], [1.0, 5.0], [1.1, 6.0]];
/// let embeddings = Embeddings::new(rows.view())?;
/// let like = similarities(&embeddings, &[0], &[], &Run::quiet())?;
/// assert!(like[1] > 0.9 && like[2] < 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Unknown`] at an example that does not exist, [`Error::Core`] without any example, when the source cannot be
/// read, and when `run` is cancelled.
///
/// [Rocchio 1971]: https://sigir.org/files/museum/pub-08/XXIII-1.pdf
pub fn similarities(source: &dyn EmbeddingSource, like: &[u32], unlike: &[u32], run: &Run<'_>) -> Result<Vec<f32>> {
    let (samples, _) = source.shape();
    if let Some(&row) = like.iter().chain(unlike).find(|row| **row as usize >= samples) {
        return Err(Error::Unknown { what: "sample", value: row.into(), count: samples });
    }
    if like.is_empty() {
        return Err(CoreError::Empty { what: "the examples" }.into());
    }
    let center = center(source)?;
    let mut direction = mean_of(source, like, center.view())?;
    if !unlike.is_empty() {
        direction -= &mean_of(source, unlike, center.view())?;
    }
    let direction = unit(direction);
    let stage = run.stage("comparing samples", samples.div_ceil(BLOCK));
    let blocks: Vec<Vec<f32>> = (0..samples.div_ceil(BLOCK))
        .into_par_iter()
        .map(|block| {
            let scores = cosines(source, block * BLOCK, center.view(), direction.view())?;
            stage.advance(1)?;
            Ok(scores)
        })
        .collect::<mislabel_core::Result<_>>()?;
    Ok(blocks.concat())
}

/// The mean of rows at equal distances.
fn center(source: &dyn EmbeddingSource) -> mislabel_core::Result<Array1<f32>> {
    let (samples, features) = source.shape();
    let step = samples.div_ceil(CENTER);
    let rows: Vec<u32> = (0..samples as u32).step_by(step).collect();
    let mut gathered = Array2::zeros((rows.len(), features));
    source.gather(&rows, gathered.view_mut())?;
    Ok(gathered.mean_axis(ndarray::Axis(0)).unwrap_or_else(|| Array1::zeros(features)))
}

fn mean_of(
    source: &dyn EmbeddingSource,
    rows: &[u32],
    center: ArrayView1<'_, f32>,
) -> mislabel_core::Result<Array1<f32>> {
    let mut gathered = Array2::zeros((rows.len(), center.len()));
    source.gather(rows, gathered.view_mut())?;
    let mut sum = Array1::zeros(center.len());
    gathered.outer_iter().for_each(|row| sum += &unit(&row - &center));
    Ok(sum / rows.len() as f32)
}

fn cosines(
    source: &dyn EmbeddingSource,
    start: usize,
    center: ArrayView1<'_, f32>,
    direction: ArrayView1<'_, f32>,
) -> mislabel_core::Result<Vec<f32>> {
    let rows = BLOCK.min(source.shape().0 - start);
    let mut block = Array2::zeros((rows, center.len()));
    source.read_rows(start, block.view_mut())?;
    block -= &center;
    let cosine = |row: ArrayView1<'_, f32>| match row.dot(&row).sqrt() {
        0.0 => 0.0,
        length => (row.dot(&direction) / length).clamp(-1.0, 1.0),
    };
    Ok(block.outer_iter().map(cosine).collect())
}

/// `vector` of length one; zero stays zero.
fn unit(vector: Array1<f32>) -> Array1<f32> {
    match vector.dot(&vector).sqrt() {
        0.0 => vector,
        length => vector / length,
    }
}
