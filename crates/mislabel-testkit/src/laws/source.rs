//! The laws of sources of embeddings.

use mislabel_core::{EmbeddingSource, Result as Read};
use ndarray::{Array2, ArrayViewMut2, s};

use crate::laws::verdicts::{Law, broken, unpanicked};
use crate::violation::{Breach, LawViolation};

/// What is read of a source: `rows` rows from `start` on, and the rows `gathered`, in that order, repeats included.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Block {
    /// The first row.
    pub start: usize,
    /// How many.
    pub rows: usize,
    /// Rows to gather, each below n.
    pub gathered: Vec<u32>,
}

impl Block {
    /// `rows` rows from `start` on, and the rows `gathered`.
    pub fn new(start: usize, rows: usize, gathered: Vec<u32>) -> Self {
        Self { start, rows, gathered }
    }
}

type Filled = Result<Array2<f32>, LawViolation>;

fn filled(law: &'static str, shape: (usize, usize), fill: impl FnOnce(ArrayViewMut2<'_, f32>) -> Read<()>) -> Filled {
    // What a source leaves unwritten shows.
    let mut rows = Array2::from_elem(shape, f32::NAN);
    match unpanicked(law, || fill(rows.view_mut()))? {
        Ok(()) => Ok(rows),
        Err(error) => broken(law, Breach::Refused { error: error.to_string() }),
    }
}

/// The rows of a block, gathered or read, are finite and those of a read of one row at a time.
///
/// # Errors
/// The violation.
pub fn blocks_do_not_matter(source: &dyn EmbeddingSource, block: &Block) -> Law {
    const LAW: &str = "blocks do not matter";
    let (_, d) = source.shape();
    let alone = |row: usize| filled(LAW, (1, d), |out| source.read_rows(row, out));
    let read = filled(LAW, (block.rows, d), |out| source.read_rows(block.start, out))?;
    let numbers: Vec<usize> = (block.start..block.start + block.rows).collect();
    same_rows(LAW, "a row that was read", &numbers, &read, &alone)?;
    let gathered = filled(LAW, (block.gathered.len(), d), |out| source.gather(&block.gathered, out))?;
    let numbers: Vec<usize> = block.gathered.iter().map(|row| *row as usize).collect();
    same_rows(LAW, "a row that was gathered", &numbers, &gathered, &alone)
}

fn same_rows(
    law: &'static str,
    column: &'static str,
    numbers: &[usize],
    rows: &Array2<f32>,
    alone: &dyn Fn(usize) -> Filled,
) -> Law {
    for (&row, values) in numbers.iter().zip(rows.outer_iter()) {
        let expected = alone(row)?;
        for (&expected, &found) in expected.row(0).iter().zip(values) {
            let (expected, found) = (f64::from(expected), f64::from(found));
            if !expected.is_finite() {
                return broken(law, Breach::BadValue { what: "a value of the source", row, value: expected });
            }
            if expected != found {
                return broken(law, Breach::Differs { column, row, expected, found });
            }
        }
    }
    Ok(())
}

/// Rows beyond the end, an unknown row, and a buffer of another width or length are errors, not panics and not silence.
///
/// # Errors
/// The violation.
pub fn bad_requests_are_refused(source: &dyn EmbeddingSource) -> Law {
    const LAW: &str = "bad requests are refused";
    let (n, d) = source.shape();
    for (what, size) in [("samples", n), ("features", d)] {
        if size == 0 {
            return broken(LAW, Breach::WrongShape { what, expected: 1, found: 0 });
        }
    }
    let refuses = |input: &'static str, width: usize, ask: &dyn Fn(ArrayViewMut2<'_, f32>) -> Read<()>| {
        let mut out = Array2::zeros((2, width));
        match unpanicked(LAW, || ask(out.view_mut()))? {
            Ok(()) => broken(LAW, Breach::Accepted { input }),
            Err(_) => Ok(()),
        }
    };
    refuses("a read beyond the last row", d, &|out| source.read_rows(n - 1, out))?;
    refuses("a read from behind the last row", d, &|out| source.read_rows(n, out))?;
    refuses("a read from the greatest of all rows", d, &|out| source.read_rows(usize::MAX, out))?;
    refuses("a buffer with a feature too many", d + 1, &|out| source.read_rows(0, out.slice_move(s![..1, ..])))?;
    if let Ok(end) = u32::try_from(n) {
        refuses("a row to gather that is not there", d, &|out| source.gather(&[0, end], out))?;
    }
    refuses("fewer rows to gather than the buffer has", d, &|out| source.gather(&[0], out))?;
    refuses("a gathering buffer with a feature too many", d + 1, &|out| source.gather(&[0, 0], out))
}
