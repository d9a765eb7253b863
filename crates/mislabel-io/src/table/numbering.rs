//! Columns of whole numbers that tell no more of a sample than its place: indices, running numbers, dates.

use std::collections::HashSet;

use crate::labels::numbers::whole;
use crate::table::dataset::Table;
use crate::table::names::is_missing;

/// Rows that must count before they are taken for an index.
const COUNTED: usize = 3;
/// Rows that must go up in equal steps from any number on, or hold every number once, before they are taken for an index.
const STEPPED: usize = 10;
/// Rows with different whole numbers throughout that are worth a word.
const DIFFERENT: usize = 20;

/// Why a column numbers the rows of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbering {
    /// 0, 1, 2 … or 1, 2, 3 …: it says nothing that the place of a row does not say.
    Counts,
    /// From any number on in equal steps, as numbers of orders and times of measurements.
    Steps,
    /// Every number from 0 or 1 on once, in another order.
    Shuffled,
}

impl Numbering {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Counts => COUNTS,
            Self::Steps => "goes up in equal steps",
            Self::Shuffled => "numbers its rows in another order",
        }
    }

    /// Whether a column was left out because of what it numbers.
    pub(crate) fn is_reason(because: &str) -> bool {
        [Self::Counts, Self::Steps, Self::Shuffled].iter().any(|numbering| numbering.words() == because)
    }
}

/// Why a column that counts is no feature.
pub(crate) const COUNTS: &str = "counts its rows";

/// How the column numbers the rows of `table`, if it does.
pub(crate) fn numbering(table: &Table, number: usize) -> Option<Numbering> {
    let cells = &table.sample[number];
    let values: Vec<i64> = cells.iter().map(|cell| cell.as_deref().and_then(whole)).collect::<Option<_>>()?;
    let [first, second, ..] = values[..] else { return None };
    let step = second.checked_sub(first)?;
    let goes_up = step > 0 && values.windows(2).all(|pair| pair[1].checked_sub(pair[0]) == Some(step));
    match () {
        () if values.len() < COUNTED => None,
        () if goes_up && step == 1 && (0..=1).contains(&first) => Some(Numbering::Counts),
        () if values.len() < STEPPED => None,
        () if goes_up => Some(Numbering::Steps),
        () if table.is_whole_sample() && is_shuffled(values) => Some(Numbering::Shuffled),
        () => None,
    }
}

/// Whether `values` are 0 to n - 1, or 1 to n, in any order.
fn is_shuffled(mut values: Vec<i64>) -> bool {
    values.sort_unstable();
    let first = values[0];
    (0..=1).contains(&first) && values.iter().copied().eq(first..first + values.len() as i64)
}

/// Whether the column holds another whole number in every row that is looked at.
pub(crate) fn differs_throughout(table: &Table, number: usize) -> bool {
    let cells = &table.sample[number];
    let values: Option<HashSet<i64>> = cells.iter().map(|cell| cell.as_deref().and_then(whole)).collect();
    cells.len() >= DIFFERENT && values.is_some_and(|values| values.len() == cells.len())
}

/// Whether all cells of the column are dates written as one number: 20240131.
pub(crate) fn are_dates(table: &Table, number: usize) -> bool {
    let is_date = |value: i64| {
        let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
        (1800..2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    present(table, number).is_some_and(|values| values.len() >= COUNTED && values.into_iter().all(is_date))
}

/// Whether all cells of the column are whole numbers, however they are spelled.
pub(crate) fn are_whole(table: &Table, number: usize) -> bool {
    present(table, number).is_some_and(|values| !values.is_empty())
}

/// The values of a column of whole numbers, missing ones aside.
fn present(table: &Table, number: usize) -> Option<Vec<i64>> {
    table.sample[number].iter().flatten().filter(|cell| !is_missing(cell)).map(|cell| whole(cell)).collect()
}
