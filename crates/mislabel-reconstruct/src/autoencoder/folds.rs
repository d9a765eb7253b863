//! Which part of its class a sample belongs to.

use mislabel_core::{ClassMembers, split_seed};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The parts of all classes: equal in size up to one sample, drawn at random by class.
#[derive(Clone, Debug)]
pub(crate) struct Folds {
    /// The part of every sample, `(n,)`.
    of: Vec<u32>,
    /// How many parts every class has; 0 for an empty class.
    counts: Vec<usize>,
}

impl Folds {
    /// Splits every class into `folds` parts, or as many as it has samples.
    pub(crate) fn new(members: &ClassMembers, n: usize, folds: usize, seed: u64) -> Self {
        let counts: Vec<usize> = (0..members.classes()).map(|class| members.rows(class).len().min(folds)).collect();
        let mut of = vec![0; n];
        for (class, &count) in counts.iter().enumerate() {
            let mut rows = members.rows(class).to_vec();
            rows.shuffle(&mut ChaCha8Rng::seed_from_u64(split_seed(seed, &[class as u64])));
            rows.iter().enumerate().for_each(|(i, row)| of[*row as usize] = (i % count) as u32);
        }
        Self { of, counts }
    }

    /// The part of sample `row`.
    pub(crate) fn of(&self, row: usize) -> usize {
        self.of[row] as usize
    }

    /// How many parts `class` has.
    pub(crate) fn count(&self, class: usize) -> usize {
        self.counts[class]
    }

    /// What the network of (class, fold) is trained on: the other parts' samples, without those not to `keep` unless none
    /// would be left; a class in one part is trained on whole.
    pub(crate) fn training(&self, members: &ClassMembers, class: usize, fold: usize, keep: &[bool]) -> Vec<u32> {
        let alone = self.counts[class] == 1;
        let others = || members.rows(class).iter().copied().filter(|row| alone || self.of(*row as usize) != fold);
        let kept: Vec<u32> = others().filter(|row| keep[*row as usize]).collect();
        if kept.is_empty() { others().collect() } else { kept }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::Labels;

    #[test]
    fn parts_are_equal_in_size_and_training_leaves_its_part_out() {
        let given = Labels::new((0..23).map(|i| u32::from(i > 1)).collect(), 3).unwrap();
        let members = given.members();
        let folds = Folds::new(&members, 23, 4, 7);
        assert_eq!((folds.count(0), folds.count(1), folds.count(2)), (2, 4, 0));
        for fold in 0..4 {
            let training = folds.training(&members, 1, fold, &[true; 23]);
            assert!([15, 16].contains(&training.len()));
            assert!(training.iter().all(|row| folds.of(*row as usize) != fold));
        }
    }

    #[test]
    fn a_fold_that_trimming_would_empty_is_not_trimmed() {
        let given = Labels::new(vec![0; 4], 1).unwrap();
        let members = given.members();
        let folds = Folds::new(&members, 4, 2, 0);
        let keep: Vec<bool> = (0..4).map(|row| folds.of(row) == 0).collect();
        assert_eq!(folds.training(&members, 0, 0, &keep).len(), 2);
        assert_eq!(folds.training(&members, 0, 1, &keep).len(), 2);
    }
}
