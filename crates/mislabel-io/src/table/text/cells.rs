//! What the cells of text hold.

use crate::table::column::ColumnKind;
use crate::table::list_text::is_list;
use crate::table::names::is_missing;

/// The number that `cell` writes, blanks around it aside; words such as `nan` and `inf` are none.
pub(crate) fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    let starts = cell.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if starts { cell.parse().ok() } else { None }
}

/// The number that `cell` writes with a decimal comma.
pub(crate) fn comma_number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    if cell.contains('.') { None } else { number(&cell.replacen(',', ".", 1)) }
}

/// Whether `cell` has a decimal comma between digits, and is a number by it.
pub(crate) fn has_decimal_comma(cell: &str) -> bool {
    cell.contains(',') && comma_number(cell).is_some()
}

pub(crate) fn is_integer(cell: &str) -> bool {
    cell.trim().parse::<i64>().is_ok()
}

fn is_boolean(cell: &str) -> bool {
    matches!(cell.trim().to_lowercase().as_str(), "true" | "false")
}

/// Whether `count` cells of `all` make the kind of a column; the others are slips, which are refused where they are read.
fn most(count: usize, all: usize) -> bool {
    2 * count >= all
}

/// What a column of text cells holds, judged by `cells`.
pub(crate) fn kind_of<'a>(cells: impl Iterator<Item = &'a str>, decimal_comma: bool) -> ColumnKind {
    let (mut all, mut integers, mut numbers, mut booleans, mut lists) = (0, 0, 0, 0, 0);
    for cell in cells.filter(|cell| !is_missing(cell)) {
        all += 1;
        let value = if decimal_comma { comma_number(cell) } else { number(cell) };
        match () {
            () if is_integer(cell) => integers += 1,
            () if value.is_some() => numbers += 1,
            () if is_boolean(cell) => booleans += 1,
            () if is_list(cell) => lists += 1,
            () => {}
        }
    }
    match () {
        () if all == 0 => ColumnKind::Empty,
        () if integers == all => ColumnKind::Integer,
        () if most(integers + numbers, all) => ColumnKind::Number,
        () if booleans == all => ColumnKind::Boolean,
        () if most(lists, all) => ColumnKind::TextList,
        () => ColumnKind::Text,
    }
}
