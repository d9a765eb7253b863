//! Memory of a probe: what a budget leaves for rows.

use mislabel_core::{MemoryBudget, Result};

use crate::probe::prediction::block_of_predictions;
use crate::regression::design::ROW_BLOCK;

/// Up to this many bytes of training rows, all folds are worked on at once; beyond, one after the other.
const AT_ONCE: u64 = 1 << 30;

/// Bytes that folds, labels, weights and row numbers take a sample.
const SAMPLE_BYTES: u64 = 64;

/// Bytes that a fit takes for every parameter: the parameters, ten pairs of steps and changes, and 16 partial
/// gradients.
const PARAMETER_BYTES: u64 = 8 * 30 + 16 * 12;

/// What a memory budget leaves for rows in memory.
pub(crate) struct Room {
    /// Bytes for the rows of one fit.
    pub(crate) left: u64,
    /// Whether all scaled rows lie in memory beside.
    pub(crate) holds_rows: bool,
    /// Bytes of the scaled rows.
    rows: u64,
}

impl Room {
    pub(crate) fn new(budget: Option<MemoryBudget>, (n, d): (usize, usize), k: usize, sink: u64) -> Result<Self> {
        let [n, d, k] = [n, d, k].map(|count| count as u64);
        let rows = 4 * n * d;
        let Some(budget) = budget else { return Ok(Self { left: u64::MAX, holds_rows: true, rows }) };
        let threads = rayon::current_num_threads() as u64;
        // Labels, folds and targets; parameters, their history and partial gradients; second moments and their sample;
        // blocks that are read and multiplied; predictions on their way.
        let parameters = k * (d + 1);
        let blocks = threads * 4 * ROW_BLOCK as u64 * (2 * (d + 1) + k);
        let fit = SAMPLE_BYTES * n + PARAMETER_BYTES * parameters + 100 * (d + 1) * (d + 1).min(4096) + blocks;
        let predictions = 8 * k * n.min(block_of_predictions(k as usize) as u64);
        let left = budget.need("a probe of one fold", sink + fit + predictions)?;
        let holds_rows = rows <= left / 3;
        Ok(Self { left: if holds_rows { left - rows } else { left }, holds_rows, rows })
    }

    /// Whether so many folds can be worked on at once.
    pub(crate) fn holds_folds(&self, folds: usize) -> bool {
        self.holds_rows && self.rows.saturating_mul(folds as u64) <= self.left.min(AT_ONCE)
    }
}
