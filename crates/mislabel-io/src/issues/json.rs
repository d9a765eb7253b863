//! Tables of label issues as JSON lines: one object a line.

use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::formats::lines::lines;
use crate::issues::table::{IssueColumns, IssueTable};
use crate::labels::json::{Label, label, label_values};

#[derive(Serialize, Deserialize)]
struct Line<'a> {
    index: u64,
    given_label: Label<'a>,
    suggested_label: Label<'a>,
    quality: f64,
    score: f64,
    is_issue: bool,
}

pub(crate) fn write(table: &IssueTable, out: &mut (impl Write + ?Sized)) -> std::io::Result<()> {
    let columns = table.columns();
    for row in 0..table.len() {
        let line = Line {
            index: columns.index[row],
            given_label: label(&columns.given_label, row),
            suggested_label: label(&columns.suggested_label, row),
            quality: columns.quality[row],
            score: columns.score[row],
            is_issue: columns.is_issue[row],
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

pub(crate) fn read(path: &Path) -> Result<IssueTable> {
    let (mut index, mut quality, mut score, mut is_issue) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut given, mut suggested) = (Vec::new(), Vec::new());
    let lines = match lines(path) {
        // No issues, no lines.
        Err(Error::EmptyFile { .. }) => Vec::new(),
        lines => lines?,
    };
    for (row, text) in lines.iter().enumerate() {
        let refuse = |error: serde_json::Error| Error::Parser {
            path: path.into(),
            cause: format!("row {row} is not a label issue: {error}").into(),
        };
        let line: Line<'_> = serde_json::from_str(text).map_err(refuse)?;
        index.push(line.index);
        given.push(line.given_label);
        suggested.push(line.suggested_label);
        quality.push(line.quality);
        score.push(line.score);
        is_issue.push(line.is_issue);
    }
    let given_label = label_values(path, "given_label", given)?;
    let suggested_label = label_values(path, "suggested_label", suggested)?;
    let columns = IssueColumns { index, given_label, suggested_label, quality, score, is_issue };
    IssueTable::checked(&path.display().to_string(), columns)
}
