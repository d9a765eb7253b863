//! Which samples are held out together.

use mislabel_core::{Error, Labels, Result, split_seed};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

/// A partition of n samples into K folds, each held out once from a model that is trained on the others.
///
/// Stratified folds have the classes in equal shares. All samples are shuffled once, whatever their labels; then those
/// of every class, in that order, are dealt to the folds in turn, the next class going on where the last one stopped.
/// So two folds differ by at most one sample in every class and by at most one sample in all, and a class of fewer than
/// K samples has each of them in another fold. The one sample of a class is held out from a model that never saw its
/// class and gives it probability 0. The numbers of the classes play no part.
///
/// ```
/// use mislabel_core::Labels;
/// use mislabel_probe::Folds;
///
/// let labels = Labels::new(vec![0, 0, 0, 0, 1, 1, 2], 3)?;
/// let folds = Folds::stratified(&labels, 2, 51)?;
/// assert_eq!(folds.held_out(0).len() + folds.held_out(1).len(), 7);
/// assert_eq!(folds.held_out(0).iter().filter(|row| labels.class(**row as usize) == 0).count(), 2);
/// assert_eq!(folds.training(0), folds.held_out(1));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folds {
    fold: Vec<u32>,
    folds: usize,
}

impl Folds {
    /// Deals the samples of `labels`, `(n,)`, to `folds` folds; `seed` decides which samples share a fold. O(n + k).
    ///
    /// # Errors
    /// [`Error::Parameter`] with fewer than 2 folds or more folds than samples.
    pub fn stratified(labels: &Labels, folds: usize, seed: u64) -> Result<Self> {
        check_folds(folds, labels.len())?;
        let mut fold = vec![0; labels.len()];
        let dealt = shuffled_classes(labels, seed).into_iter().flatten();
        dealt.enumerate().for_each(|(turn, row)| fold[row as usize] = (turn % folds) as u32);
        Ok(Self { fold, folds })
    }

    /// Folds of one's own, for samples that must stay together (near duplicates, the frames of a film): the fold of
    /// every sample, `(n,)`, counted from 0.
    ///
    /// # Errors
    /// [`Error::Empty`] without samples, [`Error::Parameter`] when all samples are in fold 0 or for a fold of n or more,
    /// [`Error::Undefined`] when a fold below the greatest has no samples.
    pub fn from_assignment(fold: Vec<u32>) -> Result<Self> {
        let folds = fold.iter().max().map_or(0, |last| *last as usize + 1);
        if folds > 0 {
            check_folds(folds, fold.len())?;
        }
        let mut samples = vec![false; folds];
        fold.iter().for_each(|number| samples[*number as usize] = true);
        match samples.iter().position(|has_samples| !has_samples) {
            _ if fold.is_empty() => Err(Error::Empty { what: "the folds" }),
            Some(_) => Err(Error::Undefined { quantity: "a cross-validation", reason: "a fold has no samples" }),
            None => Ok(Self { fold, folds }),
        }
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

/// The samples of every class that has any, shuffled: classes and samples in the order of one permutation of all
/// samples.
pub(crate) fn shuffled_classes(labels: &Labels, seed: u64) -> Vec<Vec<u32>> {
    let mut rows: Vec<u32> = (0..labels.len() as u32).collect();
    rows.shuffle(&mut ChaCha8Rng::seed_from_u64(split_seed(seed, &[])));
    let mut place = vec![usize::MAX; labels.class_count()];
    let mut classes: Vec<Vec<u32>> = Vec::new();
    for row in rows {
        let place = &mut place[labels.class(row as usize)];
        if *place == usize::MAX {
            *place = classes.len();
            classes.push(Vec::new());
        }
        classes[*place].push(row);
    }
    classes
}

fn check_folds(folds: usize, n: usize) -> Result<()> {
    if folds < 2 {
        return Err(Error::parameter("folds", folds, "at least 2"));
    }
    if folds > n {
        return Err(Error::parameter("folds", folds, "at most the number of samples"));
    }
    Ok(())
}
