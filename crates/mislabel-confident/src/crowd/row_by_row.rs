//! Work that goes through rows one after the other, and asks now and then whether to go on.

use mislabel_core::{Result, Stage};

/// Rows between two questions: less than a tenth of a second of work, whatever the number of classes.
const ROWS: usize = 256;

/// Tells `stage` that the row `row` of n is finished. Rows come in order.
///
/// # Errors
/// [`Error::Cancelled`](mislabel_core::Error::Cancelled).
pub(crate) fn row_done(stage: &Stage<'_>, row: usize, n: usize) -> Result<()> {
    let count = row % ROWS + 1;
    if count == ROWS || row + 1 == n { stage.advance(count) } else { Ok(()) }
}
