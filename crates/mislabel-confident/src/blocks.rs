//! Reading probabilities in fixed blocks of rows, in parallel.

use mislabel_core::{Error, Labels, ProbabilitySource, Result, same_length};
use ndarray::{Array2, ArrayView1, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

/// Probabilities in a block: 256 KiB, which stays in a core's own cache.
const BLOCK_VALUES: usize = 1 << 15;

/// Checks that `probabilities`, `(n, k)`, and `given`, `(n,)`, fit each other, and gives k, at least 2.
///
/// k may exceed the number of classes of the labels, whose classes are then the first of the columns.
pub(crate) fn shared_classes(probabilities: &dyn ProbabilitySource, given: &Labels) -> Result<usize> {
    let (n, k) = probabilities.shape();
    same_length("predicted probabilities", given.len(), n)?;
    if let Some(row) = given.values().iter().position(|&label| label as usize >= k) {
        return Err(Error::LabelOutOfRange { row, label: i64::from(given.values()[row]), classes: k });
    }
    if given.classes() > k {
        return Err(Error::LengthMismatch {
            what: "a row of predicted probabilities",
            expected: given.classes(),
            found: k,
        });
    }
    if k < 2 {
        return Err(Error::TooFewClasses { found: k, classes: k, needed: 2 });
    }
    Ok(k)
}

/// Samples per class, `(k,)`, where k may exceed the number of classes of `given`.
pub(crate) fn class_counts(given: &Labels, classes: usize) -> Vec<usize> {
    let mut counts = given.counts();
    counts.resize(classes, 0);
    counts
}

/// `value(row, probabilities of the row)` of every row, `(n,)`, in order of the rows; blocks run in parallel.
pub(crate) fn of_rows<T: Send>(
    probabilities: &dyn ProbabilitySource,
    value: impl Fn(usize, &[f64]) -> T + Sync,
) -> Result<Vec<T>> {
    let (n, k) = probabilities.shape();
    let rows = block_rows(k);
    let blocks: Vec<Vec<T>> = (0..n.div_ceil(rows))
        .into_par_iter()
        .map_init(
            || Array2::zeros((rows.min(n), k)),
            |buffer, block| {
                let start = block * rows;
                let mut buffer = buffer.slice_mut(s![..rows.min(n - start), ..]);
                probabilities.read_rows(start, buffer.view_mut())?;
                Ok(buffer.outer_iter().enumerate().map(|(i, row)| value(start + i, contiguous(row))).collect())
            },
        )
        .collect::<Result<_>>()?;
    Ok(blocks.into_iter().flatten().collect())
}

/// Fills `out`, `(rows, k)`, with the rows from `start` on, in parallel.
pub(crate) fn read_block(
    probabilities: &dyn ProbabilitySource,
    start: usize,
    mut out: ArrayViewMut2<'_, f64>,
) -> Result<()> {
    let rows = block_rows(out.ncols());
    out.axis_chunks_iter_mut(Axis(0), rows)
        .into_par_iter()
        .enumerate()
        .try_for_each(|(block, out)| probabilities.read_rows(start + block * rows, out))
}

/// Rows of a block, a function of the data only, so that results never depend on the number of threads.
pub(crate) fn block_rows(classes: usize) -> usize {
    (BLOCK_VALUES / classes).max(1)
}

/// The slice of a row of a buffer in standard layout.
pub(crate) fn contiguous(row: ArrayView1<'_, f64>) -> &[f64] {
    row.to_slice().expect("rows of a buffer in standard layout are contiguous")
}
