//! Classes of interest: those that are confused most.

use std::collections::HashSet;

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Result};
use ndarray::ArrayView2;

/// Two classes of which the first is often taken for the second.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ConfusedPair {
    /// The class of the row.
    pub class: u32,
    /// The class that it is taken for.
    pub taken_for: u32,
    /// The share of the class's samples that are, in (0, 1].
    pub share: f64,
}

/// The `count` most confused pairs of a confusion matrix, `(k, k)`: the largest off-diagonal entries once every row
/// (class) sums to 1, in descending order; the first class wins ties. Entries of 0 are no pairs, rows of 0 have none.
///
/// Rows are usually given labels and columns predicted ones; counts or weights, at least 0. O(k² log k).
///
/// ```
/// use mislabel_coreset::{classes_of_interest, confused_pairs};
/// use ndarray::array;
///
/// let confusion = array![[8.0, 0.0, 2.0], [1.0, 99.0, 0.0], [0.0, 0.0, 5.0]];
/// let pairs = confused_pairs(confusion.view(), 10)?;
/// assert_eq!((pairs.len(), pairs[0].class, pairs[0].taken_for, pairs[0].share), (2, 0, 2, 0.2));
/// assert_eq!(classes_of_interest(confusion.view(), 1)?, [0, 2]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Empty`], [`Error::LengthMismatch`] when not square, [`Error::OutOfRange`] at an entry that is negative,
/// NaN, or above 1e100.
pub fn confused_pairs(confusion: ArrayView2<'_, f64>, count: usize) -> Result<Vec<ConfusedPair>> {
    if confusion.is_empty() {
        return Err(Error::Empty { what: "the confusion matrix" });
    }
    same_length("a row of the confusion matrix", confusion.nrows(), confusion.ncols())?;
    let mut pairs = Vec::new();
    for (row, entries) in confusion.outer_iter().enumerate() {
        if let Some(column) = entries.iter().position(|value| !(0.0..=1e100).contains(value)) {
            let (what, value) = ("the confusion matrix", entries[column]);
            return Err(Error::OutOfRange { what, row, column, value, low: 0.0, high: 1e100 });
        }
        let total = entries.sum();
        let others = entries.iter().enumerate().filter(|(column, value)| *column != row && **value > 0.0);
        pairs.extend(others.map(|(column, value)| ConfusedPair {
            class: row as u32,
            taken_for: column as u32,
            share: value / total,
        }));
    }
    pairs.sort_by(|a, b| b.share.total_cmp(&a.share));
    pairs.truncate(count);
    Ok(pairs)
}

/// The classes of the `pairs` most [confused pairs](confused_pairs), each once, the most confused first: those whose
/// important samples to ask a tree for.
///
/// # Errors
/// As [`confused_pairs`].
pub fn classes_of_interest(confusion: ArrayView2<'_, f64>, pairs: usize) -> Result<Vec<u32>> {
    let confused = confused_pairs(confusion, pairs)?;
    let mut classes: Vec<u32> = confused.iter().flat_map(|pair| [pair.class, pair.taken_for]).collect();
    let mut named = HashSet::new();
    classes.retain(|class| named.insert(*class));
    Ok(classes)
}
