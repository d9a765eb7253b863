//! Tables of label issues from files of any format.

use std::path::Path;

use crate::choice::{Header, ReadOptions};
use crate::error::{Error, Result};
use crate::issues::columns::{COLUMNS, CONFIDENCE};
use crate::issues::table::{IssueTable, UnlabelledRow};
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
    let has_confidence = table.columns.iter().any(|column| column.name.trim() == CONFIDENCE);
    let confidences = if has_confidence { cells(&table, &[CONFIDENCE], &choice)?.pop() } else { None };
    let text = |column: usize, row: usize| found[column][row].as_deref().unwrap_or("").trim();
    let mut columns = TextColumns::new();
    for row in 0..found[0].len() {
        if text(1, row).is_empty() && text(3, row).is_empty() && !text(0, row).is_empty() {
            let confidence = confidences.as_ref().and_then(|cells| cells[row].as_deref());
            columns.unlabelled.push(unlabelled(
                path,
                row,
                text(0, row),
                text(2, row),
                confidence.unwrap_or("").trim(),
            )?);
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

/// A sample without a label.
fn unlabelled(path: &Path, row: usize, index: &str, suggested: &str, confidence: &str) -> Result<UnlabelledRow> {
    let index = cell(path, row, COLUMNS[0], index)?;
    let suggested_label = (!suggested.is_empty()).then(|| suggested.to_owned());
    if confidence.is_empty() {
        return Ok(UnlabelledRow { index, suggested_label, confidence: None });
    }
    let value: f64 = cell(path, row, CONFIDENCE, confidence)?;
    if !(0.0..=1.0).contains(&value) {
        let table = path.display().to_string();
        return Err(Error::issue(&table, row, CONFIDENCE, confidence, "confidence lies in [0, 1]"));
    }
    Ok(UnlabelledRow { index, suggested_label, confidence: Some(value) })
}
