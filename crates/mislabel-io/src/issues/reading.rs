//! Tables of label issues from files of any format.

use std::path::Path;

use crate::choice::{Header, ReadOptions};
use crate::error::{Error, Result};
use crate::issues::columns::COLUMNS;
use crate::issues::table::IssueTable;
use crate::issues::text_columns::{TextColumns, cell, flag};
use crate::table::named::{cells, table};

/// Reads the table in the file at `path`; without rows, or without a byte, it is of no issues.
pub(crate) fn read(path: &Path) -> Result<IssueTable> {
    let choice = ReadOptions { header: Header::Present, ..ReadOptions::default() };
    let table = match table(path, &choice) {
        Err(Error::EmptyFile { .. })
            if path.extension().is_some_and(|extension| extension != "csv" && extension != "tsv") =>
        {
            return TextColumns::new().table(path);
        }
        table => table?,
    };
    let found = cells(&table, &COLUMNS, &choice)?;
    let text = |column: usize, row: usize| found[column][row].as_deref().unwrap_or("").trim();
    let mut columns = TextColumns::new();
    for row in 0..found[0].len() {
        if text(1, row).is_empty() && text(3, row).is_empty() && !text(0, row).is_empty() {
            // A sample without a label.
            continue;
        }
        columns.index.push(cell(path, row, COLUMNS[0], text(0, row))?);
        columns.given_label.push(text(1, row).to_owned());
        columns.suggested_label.push(text(2, row).to_owned());
        columns.quality.push(cell(path, row, COLUMNS[3], text(3, row))?);
        columns.score.push(cell(path, row, COLUMNS[4], text(4, row))?);
        columns.is_issue.push(flag(path, row, text(5, row))?);
    }
    columns.table(path)
}
