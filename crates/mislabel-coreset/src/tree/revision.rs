//! Revision of what a tree holds: labels corrected, samples removed or seen.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use mislabel_core::{Error, Result};

use crate::samples::checked;
use crate::tree::coreset_tree::CoresetTree;
use crate::tree::error::TreeError;
use crate::tree::held::{Held, HeldSample};

/// A new label for one sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelUpdate {
    /// The sample.
    pub id: u64,
    /// Its label from now on, below k.
    pub label: u32,
    /// The loss of that label, at least 0: needed where the tree's importance takes losses, else without effect.
    pub loss: Option<f64>,
}

impl CoresetTree {
    /// Gives samples new labels; returns the ids that the tree does not hold, in the order given.
    ///
    /// Ids are not held when they never came or when a reduction has dropped them, which a tree in bounded memory cannot
    /// tell apart. Weights stay: weighted sums estimate those over a dataset in which every sample that would be reviewed
    /// is corrected, not only the ones that were held. On an error nothing is changed.
    ///
    /// # Errors
    /// [`TreeError::DuplicateId`] when an id appears twice, [`Error::LabelOutOfRange`], [`Error::OutOfRange`] for a loss
    /// that is negative, NaN or above 1e100, [`Error::Undefined`] for a missing one that is needed.
    pub fn update_labels(&mut self, updates: &[LabelUpdate]) -> Result<Vec<u64>> {
        let mut by_id = HashMap::new();
        for (place, update) in updates.iter().enumerate() {
            self.check_update(place, update)?;
            if by_id.insert(update.id, update).is_some() {
                return Err(TreeError::DuplicateId { place, id: update.id }.into());
            }
        }
        let update = |sample: &mut HeldSample| {
            if let Some(update) = by_id.get(&sample.id) {
                (sample.label, sample.loss) = (update.label, update.loss.or(sample.loss));
            }
        };
        Ok(self.revise(updates.iter().map(|update| update.id), update))
    }

    fn check_update(&self, row: usize, update: &LabelUpdate) -> Result<()> {
        if update.label as usize >= self.classes {
            let (label, classes) = (i64::from(update.label), self.classes);
            return Err(Error::LabelOutOfRange { row, label, classes });
        }
        match update.loss {
            None if self.options.sensitivity.needs_losses() => {
                let reason = "a new label came without its loss";
                Err(Error::Undefined { quantity: "loss-weighted sensitivity", reason })
            }
            Some(loss) => checked("the loss of a new label", ndarray::aview1(&[loss]), 1),
            None => Ok(()),
        }
    }

    /// Marks samples as seen by a user; returns the ids that are not held.
    pub fn mark_seen(&mut self, ids: &[u64]) -> Vec<u64> {
        let marked: HashSet<u64> = ids.iter().copied().collect();
        self.revise(ids.iter().copied(), |sample| sample.seen |= marked.contains(&sample.id))
    }

    /// Removes samples; returns the ids that are not held.
    ///
    /// Each takes its weight with it: weighted sums estimate those over a dataset without *all* samples that would be
    /// removed, not only the ones that were held.
    pub fn remove_samples(&mut self, ids: &[u64]) -> Vec<u64> {
        let missing = self.not_held(ids.iter().copied());
        let removed: HashSet<u64> = ids.iter().copied().collect();
        let d = self.features;
        self.each_part(|part| {
            let kept = |place: &usize| !removed.contains(&part.samples[*place].id);
            let kept: Vec<usize> = (0..part.len()).filter(kept).collect();
            (kept.len() < part.len()).then(|| part.select(&kept, d))
        });
        missing
    }

    fn revise(&mut self, ids: impl Iterator<Item = u64>, mut change: impl FnMut(&mut HeldSample)) -> Vec<u64> {
        let missing = self.not_held(ids);
        self.each_part(|part| {
            let mut changed = part.clone();
            changed.samples.iter_mut().for_each(&mut change);
            (changed.samples != part.samples).then_some(changed)
        });
        missing
    }

    /// Puts what `changed` gives, if anything, in the place of every part.
    fn each_part(&mut self, mut changed: impl FnMut(&Held) -> Option<Held>) {
        if let Some(pending) = changed(&self.pending) {
            self.pending = pending;
        }
        for level in self.levels.iter_mut().flatten() {
            if let Some(next) = changed(level) {
                *level = Arc::new(next);
            }
        }
    }

    fn not_held(&self, ids: impl Iterator<Item = u64>) -> Vec<u64> {
        let held: HashSet<u64> = self.all().map(|sample| sample.id).collect();
        ids.filter(|id| !held.contains(id)).collect()
    }
}
