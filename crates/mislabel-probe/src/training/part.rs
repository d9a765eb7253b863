//! Some rows of a training set, as a training set of their own.

use mislabel_core::{EmbeddingSource, Labels, Result, SelectedRows};

use crate::training::classifier::TrainingSet;
use crate::training::folds::shuffled_classes;

/// The rows `rows` of a training set, in that order, with their labels and weights.
pub(crate) struct Part<'a> {
    rows: SelectedRows<&'a dyn EmbeddingSource>,
    room: u64,
    labels: Labels,
    weights: Option<Vec<f64>>,
}

impl<'a> Part<'a> {
    /// The rows `rows`, at least one, each below m.
    pub(crate) fn new(all: &'a TrainingSet<'_>, rows: Vec<u32>) -> Result<Self> {
        let labels = rows.iter().map(|row| all.labels().values()[*row as usize]).collect();
        let weights = all.weights().map(|weights| rows.iter().map(|row| weights[*row as usize]).collect());
        let labels = all.labels().with_values(labels)?;
        let room = all.room();
        let all: &dyn EmbeddingSource = all;
        Ok(Self { rows: SelectedRows::new(all, rows)?, room, labels, weights })
    }

    /// About `size` rows of positive weight, as large a share of every class, and at least one.
    pub(crate) fn stratified(all: &'a TrainingSet<'_>, size: usize, seed: u64) -> Result<Self> {
        let m = all.labels().len();
        let mut rows = Vec::with_capacity(size + all.labels().class_count());
        for members in shuffled_classes(all.labels(), seed) {
            let share = (size as u128 * members.len() as u128).div_ceil(m as u128) as usize;
            rows.extend(members.into_iter().filter(|row| all.weight(*row as usize) > 0.0).take(share));
        }
        rows.sort_unstable();
        Self::new(all, rows)
    }

    /// As a training set that may take the room of the whole.
    pub(crate) fn training(&self) -> Result<TrainingSet<'_>> {
        let weights = self.weights.as_deref();
        Ok(TrainingSet::read(&self.rows, &self.labels, weights)?.with_room(self.room))
    }
}
