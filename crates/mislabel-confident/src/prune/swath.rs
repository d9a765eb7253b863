//! The rows of a part of the probabilities that are wanted.

use std::ops::Range;

use mislabel_core::{ProbabilitySource, Result};
use ndarray::ArrayViewMut2;
use rayon::prelude::*;

use crate::blocks::Block;

/// Where at least this share of the rows is wanted, one in so many, all are read: in order they come faster.
const SPARSE: usize = 4;

/// Some rows of consecutive ones.
pub(crate) enum Swath<'a> {
    /// All, from the first on.
    Whole { first: usize, block: Block<'a> },
    /// Those with the numbers `rows`, ascending, one after the other.
    Some { rows: &'a [u32], values: &'a [f64], classes: usize },
}

impl<'a> Swath<'a> {
    /// Reads at least the rows `wanted`, ascending, of the rows `all`, in parallel; `buffer` holds what is not in memory.
    pub(crate) fn read(
        probabilities: &'a dyn ProbabilitySource,
        all: Range<usize>,
        wanted: &'a [u32],
        buffer: &'a mut Vec<f64>,
    ) -> Result<Self> {
        let in_place = probabilities.in_memory().is_some_and(|rows| rows.is_standard_layout());
        if in_place || wanted.len() * SPARSE >= all.len() {
            let block = Block::read_parallel(probabilities, all.start, all.len(), buffer)?;
            return Ok(Self::Whole { first: all.start, block });
        }
        let classes = probabilities.shape().1;
        buffer.resize(wanted.len() * classes, 0.0);
        buffer.par_chunks_mut(classes).zip(wanted).try_for_each(|(out, &row)| {
            let out = ArrayViewMut2::from_shape((1, classes), out).expect("a chunk is a row");
            probabilities.read_rows(row as usize, out)
        })?;
        Ok(Self::Some { rows: wanted, values: buffer, classes })
    }

    /// The probabilities, `(k,)`, of the wanted row with the number `row`.
    pub(crate) fn row(&self, row: u32) -> &[f64] {
        match self {
            Self::Whole { first, block } => block.row(row as usize - first),
            Self::Some { rows, values, classes } => {
                let place = rows.binary_search(&row).expect("only wanted rows are asked for");
                &values[place * classes..(place + 1) * classes]
            }
        }
    }
}
