//! The seam for other machines: whoever can summarize the errors of all rows under all classes.

use mislabel_core::{Labels, Result, Run};

use crate::rows::scaling::ScoredRows;
use crate::scoring::block_summary::BlockSummary;
use crate::scoring::class_table::ClassRow;

/// A machine that scores rows under all classes in the CPU's stead; see
/// [`SoftLinear::fit_on`](crate::SoftLinear::fit_on).
///
/// Implementers promise the summary of every row, in order: the squared error under a class is
/// [`scale`](ClassRow::scale)·(‖x‖² − 2·xᵀm) + [`constant`](ClassRow::constant) − Σ_j (aᵀ_j x − aᵀ_j m)², at least 0,
/// and of equal errors the one of the earlier class counts as the least.
pub trait Scorer: Send + Sync {
    /// Scores `rows`, `(n, d)`, labeled `given`, `(n,)`, under `classes`, ascending by class, two of them or more.
    ///
    /// # Errors
    /// What keeps the rows from being read or the machine from computing; `Cancelled` when `progress` says so.
    fn summary(
        &self,
        classes: &[ClassRow<'_>],
        rows: &ScoredRows<'_>,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<BlockSummary>;
}
