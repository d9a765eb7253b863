//! Which part of its class a sample belongs to.

use mislabel_core::ClassMembers;

/// The parts of all classes.
///
/// A class's samples are taken in the order of their identities (random by the seed, the same wherever a sample stands)
/// and dealt out in turn, so that the parts are equal in size up to one. Equal rows of a class go together: a copy of
/// what is left out must be left out, too.
#[derive(Clone, Debug)]
pub struct Folds {
    /// The part of every sample, `(n,)`.
    of: Vec<u32>,
    /// Every class's samples, in the order of their identities.
    rows: Vec<Vec<u32>>,
    /// How many parts every class has; 0 for an empty class.
    counts: Vec<usize>,
}

impl Folds {
    /// Splits every class into `folds` parts, or as many as it has different samples.
    pub(crate) fn new(members: &ClassMembers, identities: &[u64], folds: usize) -> Self {
        let (mut of, mut counts) = (vec![0; identities.len()], Vec::new());
        let identity = |row: &u32| identities[*row as usize];
        let mut rows: Vec<Vec<u32>> = (0..members.class_count()).map(|class| members.rows(class).to_vec()).collect();
        for rows in &mut rows {
            rows.sort_by_key(identity);
            let count = rows.chunk_by(|a, b| identity(a) == identity(b)).count().min(folds);
            for (place, equal) in rows.chunk_by(|a, b| identity(a) == identity(b)).enumerate() {
                equal.iter().for_each(|row| of[*row as usize] = (place % count) as u32);
            }
            counts.push(count);
        }
        Self { of, rows, counts }
    }

    /// The part of sample `row`.
    pub fn of(&self, row: usize) -> usize {
        self.of[row] as usize
    }

    /// The number of classes.
    pub fn class_count(&self) -> usize {
        self.rows.len()
    }

    /// The samples of `class`, in an order that does not depend on where they stand.
    pub(crate) fn rows(&self, class: usize) -> &[u32] {
        &self.rows[class]
    }

    /// How many parts `class` has.
    pub fn count(&self, class: usize) -> usize {
        self.counts[class]
    }

    /// What the network of (class, fold) is trained on: the other parts' samples, without those not to `keep` unless
    /// none would be left; a class in one part is trained on whole.
    pub(crate) fn training(&self, class: usize, fold: usize, keep: &[bool]) -> Vec<u32> {
        let alone = self.counts[class] == 1;
        let others = || self.rows(class).iter().copied().filter(|row| alone || self.of(*row as usize) != fold);
        let kept: Vec<u32> = others().filter(|row| keep[*row as usize]).collect();
        if kept.is_empty() { others().collect() } else { kept }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::{Labels, split_seed};

    fn folds(given: &Labels, folds: usize) -> Folds {
        let identities: Vec<u64> = (0..given.len() as u64).map(|row| split_seed(7, &[row])).collect();
        Folds::new(&given.members(), &identities, folds)
    }

    #[test]
    fn parts_are_equal_in_size_and_training_leaves_its_part_out() {
        let given = Labels::new((0..23).map(|i| u32::from(i > 1)).collect(), 3).unwrap();
        let folds = folds(&given, 4);
        assert_eq!((folds.count(0), folds.count(1), folds.count(2)), (2, 4, 0));
        for fold in 0..4 {
            let training = folds.training(1, fold, &[true; 23]);
            assert!([15, 16].contains(&training.len()));
            assert!(training.iter().all(|row| folds.of(*row as usize) != fold));
        }
    }

    #[test]
    fn a_fold_that_trimming_would_empty_is_not_trimmed() {
        let folds = folds(&Labels::new(vec![0; 4], 1).unwrap(), 2);
        let keep: Vec<bool> = (0..4).map(|row| folds.of(row) == 0).collect();
        assert_eq!(folds.training(0, 0, &keep).len(), 2);
        assert_eq!(folds.training(0, 1, &keep).len(), 2);
    }

    #[test]
    fn copies_within_a_class_share_a_part_and_are_no_part_of_their_own() {
        let given = Labels::new(vec![0, 0, 0, 0, 1, 1], 2).unwrap();
        let folds = Folds::new(&given.members(), &[9, 3, 9, 9, 9, 9], 4);
        assert_eq!((folds.count(0), folds.count(1)), (2, 1));
        assert_eq!((folds.of(0), folds.of(2)), (folds.of(3), folds.of(3)));
        assert_ne!(folds.of(0), folds.of(1));
    }
}
