//! Whole columns of a table, as text.

use std::path::Path;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::table::batches::Cells;
use crate::table::cells::texts;
use crate::table::dataset::Table;

/// The cells of a column, as text; `None` where there is no value.
pub(crate) type Column = Vec<Option<String>>;

/// All cells of the column `number`.
pub(crate) fn column(table: &Table, number: usize, choice: &ReadOptions) -> Result<Column> {
    let mut columns = columns(table, &[number], choice)?;
    columns.remove(0)
}

/// All cells of each of the columns `numbers`, in one pass over the table; [`Error::TooLarge`] in the place of a column that
/// does not fit into memory.
pub(crate) fn columns(table: &Table, numbers: &[usize], choice: &ReadOptions) -> Result<Vec<Result<Column>>> {
    let mut columns: Vec<Result<Column>> = numbers.iter().map(|_| Ok(Vec::new())).collect();
    let mut sizes = vec![0; numbers.len()];
    if numbers.is_empty() {
        return Ok(columns);
    }
    table.each(numbers, Cells::Text, |place, batch| {
        for (at, column) in columns.iter_mut().enumerate() {
            let Ok(cells) = column else { continue };
            let name = &table.columns[numbers[at]].name;
            let found = texts(place.path, name, batch.column(at)).map_err(|error| shifted(error, place.row))?;
            sizes[at] +=
                found.iter().map(|cell| size_of_val(cell) + cell.as_ref().map_or(0, String::len)).sum::<usize>();
            if let Err(too_large) = within_memory(place.path, sizes[at], choice) {
                *column = Err(too_large);
                continue;
            }
            // In text nothing is an empty cell.
            let nothing = table.is_text().then(String::new);
            cells.extend(found.into_iter().map(|cell| cell.or_else(|| nothing.clone())));
        }
        Ok(())
    })?;
    Ok(columns)
}

/// The same error, with rows counted from the start of the file.
fn shifted(error: Error, rows: usize) -> Error {
    match error {
        Error::Value { path, row, column, value, requirement } => {
            Error::Value { path, row: row + rows, column, value, requirement }
        }
        other => other,
    }
}

fn within_memory(path: &Path, needed: usize, choice: &ReadOptions) -> Result<()> {
    let (needed, limit) = (needed as u64, choice.memory_limit);
    if needed <= limit { Ok(()) } else { Err(Error::TooLarge { path: path.into(), needed, limit }) }
}
