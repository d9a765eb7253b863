//! Which samples are held out together.

use mislabel_core::{Error, Labels, Result, split_seed};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// A partition of n samples into K folds that have the classes in equal shares.
///
/// The samples of every class, shuffled, are dealt to the folds in turn, the next class going on where the last one
/// stopped. So two folds differ by at most one sample in every class and by at most one sample in all, and a class of
/// fewer than K samples has each of them in another fold. The one sample of a class is held out from a model that
/// never saw its class and gives it probability 0.
///
/// ```
/// use mislabel_core::Labels;
/// use mislabel_probe::StratifiedFolds;
///
/// let labels = Labels::new(vec![0, 0, 0, 0, 1, 1, 2], 3)?;
/// let folds = StratifiedFolds::new(&labels, 2, 51)?;
/// assert_eq!(folds.held_out(0).len() + folds.held_out(1).len(), 7);
/// assert_eq!(folds.held_out(0).iter().filter(|row| labels.class(**row as usize) == 0).count(), 2);
/// assert_eq!(folds.training(0), folds.held_out(1));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StratifiedFolds {
    fold: Vec<u32>,
    folds: usize,
}

impl StratifiedFolds {
    /// Deals the samples of `labels`, `(n,)`, to `folds` folds; `seed` decides which samples share a fold. O(n).
    ///
    /// # Errors
    /// [`Error::Parameter`] with fewer than 2 folds, [`Error::OutOfRange`] with more folds than samples.
    pub fn new(labels: &Labels, folds: usize, seed: u64) -> Result<Self> {
        check_folds(folds, labels.len())?;
        let members = labels.members();
        let mut fold = vec![0; labels.len()];
        let mut turn = 0;
        for class in 0..labels.classes() {
            let mut rows = members.rows(class).to_vec();
            rows.shuffle(&mut ChaCha8Rng::seed_from_u64(split_seed(seed, &[class as u64])));
            for row in rows {
                fold[row as usize] = (turn % folds) as u32;
                turn += 1;
            }
        }
        Ok(Self { fold, folds })
    }

    /// The number of folds K.
    pub fn folds(&self) -> usize {
        self.folds
    }

    /// The fold of every sample, `(n,)`, each below K.
    pub fn assignment(&self) -> &[u32] {
        &self.fold
    }

    /// The samples of `fold`, ascending; at least one.
    pub fn held_out(&self, fold: usize) -> Vec<u32> {
        self.rows(|of| of == fold)
    }

    /// The samples of the other folds, ascending; at least one.
    pub fn training(&self, fold: usize) -> Vec<u32> {
        self.rows(|of| of != fold)
    }

    fn rows(&self, keep: impl Fn(usize) -> bool) -> Vec<u32> {
        (0..self.fold.len() as u32).filter(|row| keep(self.fold[*row as usize] as usize)).collect()
    }
}

fn check_folds(folds: usize, n: usize) -> Result<()> {
    if folds < 2 {
        return Err(Error::Parameter { name: "folds", value: folds as f64, requirement: "at least 2" });
    }
    if folds > n {
        let (value, high) = (folds as f64, n as f64);
        return Err(Error::OutOfRange { what: "the number of folds", row: 0, column: 0, value, low: 2.0, high });
    }
    Ok(())
}
