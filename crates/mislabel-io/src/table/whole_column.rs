//! A whole column of a table, as text.

use std::path::Path;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::table::batches::Cells;
use crate::table::cells::texts;
use crate::table::dataset::Table;

/// All cells of the column `number`, as text; `None` where there is no value.
pub(crate) fn column(table: &Table, number: usize, choice: &ReadOptions) -> Result<Vec<Option<String>>> {
    let name = &table.columns[number].name;
    let mut cells: Vec<Option<String>> = Vec::new();
    let mut size = 0;
    table.each(&[number], Cells::Text, |place, batch| {
        let found = texts(place.path, name, batch.column(0)).map_err(|error| shifted(error, place.row))?;
        size +=
            found.iter().map(|cell| size_of::<Option<String>>() + cell.as_ref().map_or(0, String::len)).sum::<usize>();
        within_memory(place.path, size, choice)?;
        // In text nothing is an empty cell.
        let nothing = table.is_text().then(String::new);
        cells.extend(found.into_iter().map(|cell| cell.or_else(|| nothing.clone())));
        Ok(())
    })?;
    Ok(cells)
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
