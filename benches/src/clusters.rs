//! Synthetic embeddings in clusters.

use mislabel_core::{EmbeddingSource, Labels, Result, rows_in_range, same_length, split_seed};
use ndarray::{Array2, ArrayViewMut1, ArrayViewMut2, Axis};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Labels in a hundred that are wrong.
const WRONG: u64 = 10;

/// n samples of k classes in d dimensions, computed when they are read: the class's centre plus noise of twice its
/// size, each number uniform. Sample i is of class i mod k, and every tenth label is wrong.
#[derive(Clone, Copy, Debug)]
pub struct Clusters {
    /// Samples n.
    pub samples: usize,
    /// Features d.
    pub features: usize,
    /// Classes k, at least 2.
    pub classes: usize,
}

impl Clusters {
    /// All rows, `(n, d)`.
    ///
    /// # Errors
    /// None in practice: the rows asked for exist.
    pub fn array(&self) -> Result<Array2<f32>> {
        let mut rows = Array2::zeros(self.shape());
        self.read_rows(0, rows.view_mut())?;
        Ok(rows)
    }

    /// The given labels, `(n,)`.
    ///
    /// # Errors
    /// As [`Labels::new`].
    pub fn given(&self) -> Result<Labels> {
        let k = self.classes as u64;
        let label = |row: usize| {
            let (class, draw) = (row as u64 % k, split_seed(0, &[row as u64]));
            let wrong = draw % 100 < WRONG;
            if wrong { (class + 1 + draw / 100 % (k - 1)) % k } else { class }
        };
        Labels::new((0..self.samples).map(|row| label(row) as u32).collect(), self.classes)
    }

    fn fill(&self, row: usize, mut out: ArrayViewMut1<'_, f32>) {
        let mut centre = ChaCha8Rng::seed_from_u64(split_seed(1, &[(row % self.classes) as u64]));
        let mut noise = ChaCha8Rng::seed_from_u64(split_seed(2, &[row as u64]));
        out.iter_mut().for_each(|value| *value = centre.random::<f32>() - 0.5 + 2.0 * (noise.random::<f32>() - 0.5));
    }
}

impl EmbeddingSource for Clusters {
    fn shape(&self) -> (usize, usize) {
        (self.samples, self.features)
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        rows_in_range(self.samples, start, out.nrows())?;
        same_length("a row of the reading buffer", self.features, out.ncols())?;
        out.axis_iter_mut(Axis(0)).enumerate().for_each(|(i, row)| self.fill(start + i, row));
        Ok(())
    }
}
