//! The nearest samples of the same class and of others.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, Par};
use mislabel_core::{EmbeddingSource, Labels, Result, Run};
use ndarray::Array2;
use rayon::prelude::*;

use crate::explaining::unit_rows::{matrix, normalize};

/// Rows read at a time.
const BLOCK: usize = 1024;

/// Asked samples of one task.
const ASKED: usize = 256;

/// A sample near another.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct NearSample {
    /// Its number.
    pub sample: usize,
    /// Its given label.
    pub class: u32,
    /// The cosine between the two, in [−1, 1]; 0 where one of them is a row of zeros.
    pub similarity: f64,
}

/// What is near a sample: the nearest with its given label and the nearest with others, the nearest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Surroundings {
    pub(crate) same: Vec<NearSample>,
    pub(crate) others: Vec<NearSample>,
}

/// The surroundings of `asked` samples, up to `count` of either kind, in one pass over `embeddings`, `(n, d)`.
///
/// O(asked·n·d); samples of equal similarity in order of their numbers.
pub(crate) fn surroundings(
    embeddings: &dyn EmbeddingSource,
    given: &Labels,
    asked: &[usize],
    count: usize,
    run: &Run<'_>,
) -> Result<Vec<Surroundings>> {
    let (n, d) = embeddings.shape();
    let mut rows = Array2::zeros((asked.len(), d));
    let numbers: Vec<u32> = asked.iter().map(|row| *row as u32).collect();
    embeddings.gather(&numbers, rows.view_mut())?;
    normalize(&mut rows);
    let mut found = vec![Surroundings::default(); asked.len()];
    let stage = run.stage("searching similar samples", n);
    for start in (0..n).step_by(BLOCK) {
        let mut block = Array2::zeros((BLOCK.min(n - start), d));
        embeddings.read_rows(start, block.view_mut())?;
        normalize(&mut block);
        let width = block.nrows();
        found.par_chunks_mut(ASKED).enumerate().for_each(|(chunk, found)| {
            let first = chunk * ASKED;
            let mut products = vec![0.0_f32; found.len() * width];
            let product = MatMut::from_row_major_slice_mut(&mut products, found.len(), width);
            let asked_rows = matrix(&rows).subrows(first, found.len());
            matmul(product, Accum::Replace, asked_rows, matrix(&block).transpose(), 1.0, Par::Seq);
            for (place, found) in found.iter_mut().enumerate() {
                let sample = asked[first + place];
                found.offer(sample, start, &products[place * width..][..width], given, count);
            }
        });
        stage.advance(width)?;
    }
    Ok(found)
}

impl Surroundings {
    /// Offers the samples from `start` on, of these `similarities` to sample `asked`.
    fn offer(&mut self, asked: usize, start: usize, similarities: &[f32], given: &Labels, count: usize) {
        let own = given.values()[asked];
        for (place, similarity) in similarities.iter().enumerate() {
            let (sample, class) = (start + place, given.values()[start + place]);
            let list = if class == own { &mut self.same } else { &mut self.others };
            let similarity = f64::from(*similarity).clamp(-1.0, 1.0);
            if sample != asked {
                insert(list, NearSample { sample, class, similarity }, count);
            }
        }
    }
}

fn insert(list: &mut Vec<NearSample>, near: NearSample, count: usize) {
    let place = list.partition_point(|known| known.similarity >= near.similarity);
    if place < count {
        list.truncate(count - 1);
        list.insert(place, near);
    }
}
