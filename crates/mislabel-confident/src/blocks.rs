//! Reading probabilities in fixed blocks of rows, in parallel.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Labels, ProbabilitySource, Result, Stage};
use ndarray::{ArrayViewMut2, s};
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
    if given.class_count() > k {
        return Err(Error::LengthMismatch {
            what: "a row of predicted probabilities",
            expected: given.class_count(),
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

/// `value(row, probabilities of the row)` of every row, `(n,)`, in order of the rows; blocks run in parallel, and `stage`
/// counts their rows.
pub(crate) fn of_rows<T: Clone + Default + Send>(
    probabilities: &dyn ProbabilitySource,
    stage: &Stage<'_>,
    value: impl Fn(usize, &[f64]) -> T + Sync,
) -> Result<Vec<T>> {
    let (n, k) = probabilities.shape();
    let rows = block_rows(k);
    let mut values = vec![T::default(); n];
    let blocks = values.par_chunks_mut(rows).enumerate();
    blocks.try_for_each_init(Vec::new, |buffer, (block, values)| {
        let start = block * rows;
        let block = Block::read(probabilities, start, values.len(), buffer)?;
        for (i, slot) in values.iter_mut().enumerate() {
            *slot = value(start + i, block.row(i));
        }
        stage.advance(values.len())
    })?;
    Ok(values)
}

/// Consecutive rows of probabilities, in place where they are in memory and contiguous, else read.
pub(crate) struct Block<'a> {
    values: &'a [f64],
    classes: usize,
}

impl<'a> Block<'a> {
    /// `rows` rows from `start` on; `buffer` holds them if they must be read.
    pub(crate) fn read(
        probabilities: &'a dyn ProbabilitySource,
        start: usize,
        rows: usize,
        buffer: &'a mut Vec<f64>,
    ) -> Result<Self> {
        let classes = probabilities.shape().1;
        let values = match in_place(probabilities, start, rows) {
            Some(values) => values,
            None => {
                buffer.resize(rows * classes, 0.0);
                let out = ArrayViewMut2::from_shape((rows, classes), buffer).expect("the buffer was made for them");
                probabilities.read_rows(start, out)?;
                buffer
            }
        };
        Ok(Self { values, classes })
    }

    /// As [`read`](Self::read), where many rows are read in parallel.
    pub(crate) fn read_parallel(
        probabilities: &'a dyn ProbabilitySource,
        start: usize,
        rows: usize,
        buffer: &'a mut Vec<f64>,
    ) -> Result<Self> {
        let classes = probabilities.shape().1;
        if let Some(values) = in_place(probabilities, start, rows) {
            return Ok(Self { values, classes });
        }
        buffer.resize(rows * classes, 0.0);
        let chunk = block_rows(classes);
        buffer.par_chunks_mut(chunk * classes).enumerate().try_for_each(|(block, out)| {
            let out = ArrayViewMut2::from_shape((out.len() / classes, classes), out).expect("chunks hold whole rows");
            probabilities.read_rows(start + block * chunk, out)
        })?;
        Ok(Self { values: buffer, classes })
    }

    /// The probabilities, `(k,)`, of the row `i` of the block.
    pub(crate) fn row(&self, i: usize) -> &'a [f64] {
        &self.values[i * self.classes..(i + 1) * self.classes]
    }
}

fn in_place(probabilities: &dyn ProbabilitySource, start: usize, rows: usize) -> Option<&[f64]> {
    probabilities.in_memory()?.slice_move(s![start..start + rows, ..]).to_slice()
}

/// Rows of a block, a function of the data only, so that results never depend on the number of threads.
pub(crate) fn block_rows(classes: usize) -> usize {
    (BLOCK_VALUES / classes).max(1)
}
