//! The nearest samples of the same class and of others.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
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
    let starts: Vec<usize> = (0..n).step_by(BLOCK).collect();
    for starts in starts.chunks(at_a_time(asked.len(), d)) {
        let read = |start: &usize| -> Result<Array2<f32>> {
            let mut block = Array2::zeros((BLOCK.min(n - start), d));
            embeddings.read_rows(*start, block.view_mut())?;
            normalize(&mut block);
            Ok(block)
        };
        let blocks = starts.par_iter().map(read).collect::<Result<Vec<Array2<f32>>>>()?;
        found.par_chunks_mut(ASKED).enumerate().for_each(|(chunk, found)| {
            let first = chunk * ASKED;
            let asked_rows = matrix(&rows).subrows(first, found.len());
            let products =
                blocks.par_iter().map(|block| products(asked_rows, matrix(block))).collect::<Vec<Vec<f32>>>();
            found.par_iter_mut().zip(&asked[first..]).enumerate().for_each(|(place, (found, sample))| {
                for (products, start) in products.iter().zip(starts) {
                    let width = products.len() / asked_rows.nrows();
                    found.offer(*sample, *start, &products[place * width..][..width], given, count);
                }
            });
        });
        stage.advance(blocks.iter().map(Array2::nrows).sum())?;
    }
    Ok(found)
}

/// Blocks of rows of `features` that are read and compared at a time: several where few samples are asked about, which would leave
/// threads idle, but no more than take 64 MiB.
fn at_a_time(asked: usize, features: usize) -> usize {
    const VALUES: usize = 1 << 24;
    let affordable = (VALUES / (BLOCK * features.max(1))).max(1);
    if asked <= ASKED { rayon::current_num_threads().min(affordable) } else { 1 }
}

/// The products of every row of `asked` with every row of `block`, those of one asked row after the other.
fn products(asked: MatRef<'_, f32>, block: MatRef<'_, f32>) -> Vec<f32> {
    let mut products = vec![0.0_f32; asked.nrows() * block.nrows()];
    let product = MatMut::from_row_major_slice_mut(&mut products, asked.nrows(), block.nrows());
    matmul(product, Accum::Replace, asked, block.transpose(), 1.0, Par::Seq);
    products
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
    // Nearly all are farther than the last.
    if list.len() >= count && list.last().is_none_or(|last| last.similarity >= near.similarity) {
        return;
    }
    let place = list.partition_point(|known| known.similarity >= near.similarity);
    if place < count {
        list.truncate(count - 1);
        list.insert(place, near);
    }
}
