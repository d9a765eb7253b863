//! Tables of label issues as JSON lines: one object a line.

use std::io::Write;

use serde::Serialize;

use crate::issues::table::IssueTable;
use crate::labels::json::{Label, label};

#[derive(Serialize)]
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
