//! Samples divided into cells around centers.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use mislabel_core::{Result, Stage, split_seed};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::index;
use rayon::prelude::*;

use crate::search::rows::{Rows, square};

/// Samples that are assigned at a time.
pub(crate) const BLOCK: usize = 960;

/// Samples per cell from which the centers are learnt.
const LEARNT_FROM: usize = 32;

/// Times that centers are moved to the means of their samples: the cells need be compact, not optimal.
const ROUNDS: usize = 6;

/// Centers, and the samples that are nearest to each.
pub(crate) struct Cells {
    /// `(cells, d)`, one after the other.
    centers: Vec<f32>,
    /// ‖c‖²/2 of every center.
    half_squares: Vec<f32>,
    /// Samples, cell by cell, ascending in each.
    pub(crate) order: Vec<u32>,
    /// Where each cell begins in `order`, and the end.
    pub(crate) starts: Vec<usize>,
}

impl Cells {
    /// About `count` cells by k-means on a seeded sample of `rows`.
    pub(crate) fn of(rows: &dyn Rows, count: usize, seed: u64, stage: &Stage<'_>) -> Result<Self> {
        let (n, d) = rows.shape();
        let mut random = ChaCha8Rng::seed_from_u64(split_seed(seed, &[]));
        let learnt: Vec<u32> = {
            let mut learnt = index::sample(&mut random, n, n.min(LEARNT_FROM * count)).into_vec();
            learnt.truncate(n);
            learnt.into_iter().map(|row| row as u32).collect()
        };
        let mut values = vec![0.0; learnt.len() * d];
        let blocks = values.par_chunks_mut(BLOCK * d).zip(learnt.par_chunks(BLOCK));
        blocks.try_for_each(|(values, learnt)| rows.gather(learnt, values))?;
        // The sample is in random order.
        let mut cells = Self::around(values[..count.min(learnt.len()) * d].to_vec(), d);
        for _ in 0..ROUNDS {
            let assigned: Vec<u32> =
                values.par_chunks(BLOCK * d).flat_map_iter(|rows| cells.nearest(rows, d)).collect();
            cells.divide(&assigned);
            cells.move_to_means(&values, d);
        }
        let all: Vec<u32> = (0..n as u32).collect();
        let assigned = all.par_chunks(BLOCK).map(|numbers| {
            let mut values = vec![0.0; numbers.len() * d];
            rows.gather(numbers, &mut values)?;
            stage.advance(numbers.len())?;
            Ok(cells.nearest(&values, d))
        });
        let assigned = assigned.collect::<Result<Vec<Vec<u32>>>>()?.concat();
        cells.divide(&assigned);
        Ok(cells)
    }

    fn around(centers: Vec<f32>, d: usize) -> Self {
        let half_squares = centers.chunks_exact(d).map(|center| (0.5 * square(center)) as f32).collect();
        Self { centers, half_squares, order: Vec::new(), starts: Vec::new() }
    }

    /// The number of cells.
    pub(crate) fn count(&self) -> usize {
        self.half_squares.len()
    }

    /// The samples of `cell`.
    pub(crate) fn members(&self, cell: usize) -> &[u32] {
        &self.order[self.starts[cell]..self.starts[cell + 1]]
    }

    /// u·c − ‖c‖²/2 of every row and center, `(rows, cells)` row-major: the greater, the nearer.
    pub(crate) fn keys(&self, rows: &[f32], d: usize) -> Vec<f32> {
        let (count, cells) = (rows.len() / d, self.count());
        let mut keys = vec![0.0; count * cells];
        let product = MatMut::from_row_major_slice_mut(&mut keys, count, cells);
        let centers = MatRef::from_column_major_slice(&self.centers, d, cells);
        matmul(product, Accum::Replace, MatRef::from_row_major_slice(rows, count, d), centers, 1.0, Par::Seq);
        for keys in keys.chunks_exact_mut(cells) {
            keys.iter_mut().zip(&self.half_squares).for_each(|(key, half_square)| *key -= half_square);
        }
        keys
    }

    /// The nearest center of every row, the first of several.
    fn nearest(&self, rows: &[f32], d: usize) -> Vec<u32> {
        let first_greatest = |keys: &[f32]| {
            let (mut best, mut greatest) = (0, keys[0]);
            for (cell, key) in keys.iter().enumerate() {
                if *key > greatest {
                    (best, greatest) = (cell as u32, *key);
                }
            }
            best
        };
        self.keys(rows, d).chunks_exact(self.count()).map(first_greatest).collect()
    }

    /// Sorts samples by the cells that they are `assigned` to.
    fn divide(&mut self, assigned: &[u32]) {
        self.starts = vec![0; self.count() + 1];
        assigned.iter().for_each(|cell| self.starts[*cell as usize + 1] += 1);
        for cell in 0..self.count() {
            self.starts[cell + 1] += self.starts[cell];
        }
        let mut next = self.starts.clone();
        self.order = vec![0; assigned.len()];
        for (row, cell) in assigned.iter().enumerate() {
            self.order[next[*cell as usize]] = row as u32;
            next[*cell as usize] += 1;
        }
    }

    /// Moves every center to the mean of its `rows`; one without rows stays.
    fn move_to_means(&mut self, rows: &[f32], d: usize) {
        let (order, starts) = (&self.order, &self.starts);
        let centers = self.centers.par_chunks_exact_mut(d).zip(&mut self.half_squares).enumerate();
        centers.for_each(|(cell, (center, half_square))| {
            let members = &order[starts[cell]..starts[cell + 1]];
            if members.is_empty() {
                return;
            }
            let mut sums = vec![0.0_f64; d];
            for row in members {
                let row = &rows[*row as usize * d..][..d];
                sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
            }
            center.iter_mut().zip(&sums).for_each(|(value, sum)| *value = (sum / members.len() as f64) as f32);
            *half_square = (0.5 * square(center)) as f32;
        });
    }
}
