//! What a soft linear run holds in memory.

use mislabel_core::{Labels, MemoryBudget, Result};

use crate::rows::slices::CHUNK;
use crate::scoring::block::{ROW_BLOCK, TABLE_BLOCK};

/// Bytes a sample while it is summarized: label, place in its class, own error, whether it is kept, and the summary.
const SAMPLE: u64 = 64;

/// The shape of a run, and the budget it must stay within.
#[derive(Clone, Debug)]
pub(crate) struct Footprint {
    counts: Vec<u64>,
    features: u64,
    components: u64,
    threads: u64,
    budget: Option<MemoryBudget>,
}

impl Footprint {
    pub(crate) fn new(given: &Labels, features: usize, components: usize, budget: Option<MemoryBudget>) -> Self {
        Self {
            counts: given.counts().into_iter().map(|count| count as u64).collect(),
            features: features as u64,
            components: components as u64,
            threads: rayon::current_num_threads() as u64,
            budget,
        }
    }

    /// How many classes may be fitted at once: as many as there are threads, or as fit beside what stays.
    ///
    /// # Errors
    /// [`Error::Memory`](mislabel_core::Error::Memory) when not even one does.
    pub(crate) fn classes_at_once(&self) -> Result<usize> {
        let Some(budget) = self.budget else { return Ok(usize::MAX) };
        let one = self.counts.iter().map(|count| self.class(*count)).max().unwrap_or(0);
        let left = budget.need("a soft linear run, one class at a time,", self.resident() + one)? + one;
        Ok((left / one.max(1)).max(1) as usize)
    }

    /// How many rows may be searched at once by every thread, where `wanted` would serve best.
    ///
    /// # Errors
    /// [`Error::Memory`](mislabel_core::Error::Memory) when the least block does not fit.
    pub(crate) fn rows_at_once(&self, wanted: usize) -> Result<usize> {
        let Some(budget) = self.budget else { return Ok(wanted) };
        let least = self.threads * ROW_BLOCK as u64 * self.row();
        let left = budget.need("a soft linear run, one block of rows at a time,", self.resident() + least)? + least;
        let rows = (left / (self.threads * self.row())) as usize / ROW_BLOCK * ROW_BLOCK;
        Ok(rows.clamp(ROW_BLOCK, wanted.max(ROW_BLOCK)))
    }

    /// What stays: the samples' columns, and the means and directions of all classes, once as models, once in the
    /// table, and the directions once in bytes.
    fn resident(&self) -> u64 {
        let rank = |count: u64| count.min(self.features).min(self.components);
        let directions: u64 = self.counts.iter().map(|count| rank(*count)).sum();
        let means = self.counts.len() as u64 * self.features;
        SAMPLE * self.counts.iter().sum::<u64>() + 9 * self.features * directions + 16 * means
    }

    /// What fitting a class of `count` samples takes: rows and matrices in f64, a copy of the matrix to factorize.
    fn class(&self, count: u64) -> u64 {
        let d = self.features;
        let size = count.min(d);
        let rows = if count <= d { count } else { 2 * self.threads.min(count.div_ceil(CHUNK as u64)) * CHUNK as u64 };
        8 * (rows * d + 2 * size * size + 5 * size * self.components.min(size) + 2 * d * self.components.min(size))
    }

    /// What searching takes for each row of a block: the row, gathered and not, and in bytes; products with all means,
    /// with a group of classes, and of bytes; what every class explains; the pairs of a group; the rows of a smaller
    /// block are what the exhaustive scoring takes.
    fn row(&self) -> u64 {
        let classes = self.counts.len() as u64;
        4 * (2 * self.features + 2 * classes + 2 * TABLE_BLOCK as u64)
            + 2 * self.features
            + 12 * (classes.min(TABLE_BLOCK as u64) + 16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::Error;

    fn footprint(bytes: u64) -> Footprint {
        let given = Labels::new((0..3000).map(|i| i % 30).collect(), 30).unwrap();
        Footprint::new(&given, 64, 50, Some(MemoryBudget::new(bytes).unwrap()))
    }

    #[test]
    fn more_memory_never_means_fewer_classes_or_rows_at_once() {
        let mut last = (0, 0);
        for bytes in [8 << 20, 12 << 20, 50 << 20, 1 << 30] {
            let now = (footprint(bytes).classes_at_once().unwrap(), footprint(bytes).rows_at_once(7680).unwrap());
            assert!(now.0 >= last.0 && now.1 >= last.1, "{now:?} after {last:?}");
            assert!(now.1.is_multiple_of(ROW_BLOCK));
            last = now;
        }
        assert_eq!(last.1, 7680);
    }

    #[test]
    fn a_budget_that_holds_no_class_is_an_error_that_names_both() {
        let error = footprint(100_000).classes_at_once().unwrap_err();
        assert!(matches!(error, Error::Memory { needed, .. } if needed > 100_000), "{error}");
        assert!(error.to_string().contains("the budget is 97.66KiB"), "{error}");
        assert!(footprint(100_000).rows_at_once(480).is_err());
    }
}
