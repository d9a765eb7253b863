//! Samples of a review as a table.

use std::path::Path;

use mislabel::io::{IssueTable, LabelColumn, SampleColumn, UnlabelledRow};
use mislabel::review::{Board, Media, Samples};

use crate::failure::{Failure, Result};
use crate::inputs::reviewed::Reviewed;

/// Writes the samples `rows` in this order: labels and issues, decisions as far as there are any, similarities, and all that the
/// tables of the samples say.
pub(crate) fn write_rows(
    reviewed: &Reviewed,
    board: &Board,
    rows: &[u32],
    similarities: Option<&[f32]>,
    out: &Path,
) -> Result<()> {
    let samples = &reviewed.samples;
    let table = IssueTable::from_issues(samples.issues(), &reviewed.given)?;
    let mut further = Vec::new();
    let mut add = |name: &str, cell: &dyn Fn(usize) -> Option<String>| {
        let mut cells = vec![None; samples.len()];
        rows.iter().for_each(|&row| cells[row as usize] = cell(row as usize));
        further.push(SampleColumn { name: name.into(), cells });
    };
    if let Some(scores) = similarities {
        add("similarity", &|row| Some(scores[row].to_string()));
    }
    if board.decided().len() > 0 {
        add("decision", &|row| Some(board.verdict(row as u32)?.decision.name().into()));
        add("true_label", &|row| {
            let label = board.verdict(row as u32)?.decision.label(samples.given_labels().class(row))?;
            Some(samples.class_name(label as usize).into_owned())
        });
        add("reviewer", &|row| Some(board.verdict(row as u32)?.reviewer.clone()));
    }
    add_details(samples, &mut add);
    let without = rows.iter().map(|row| *row as usize).filter(|row| samples.is_unlabelled(*row));
    let without = without.map(|row| unlabelled(samples, &reviewed.given, row)).collect();
    table.selected(rows).with_unlabelled(without).with_sample_columns(further).write(out).map_err(Failure::from)
}

/// The sample `row`, which has no label, as a row of the table.
fn unlabelled(samples: &Samples, given: &LabelColumn, row: usize) -> UnlabelledRow {
    let suggestion = samples.suggestion(row);
    let label = suggestion.map(|suggestion| given.shown(&[suggestion.class]).text(0).to_string());
    let confidence = suggestion.and_then(|suggestion| suggestion.confidence);
    UnlabelledRow { index: row as u64, suggested_label: label, confidence }
}

fn add_details(samples: &Samples, add: &mut impl FnMut(&str, &dyn Fn(usize) -> Option<String>)) {
    if samples.ids().is_some() {
        add("id", &|row| samples.id(row).map(Into::into));
    }
    match samples.media() {
        Media::Files(paths) => add("path", &|row| Some(paths.get(row).into())),
        Media::Texts(texts) => add("text", &|row| Some(texts.get(row).into())),
        _ => {}
    }
    for (name, column) in samples.columns() {
        add(name, &|row| Some(column.text(row)).filter(|text| !text.is_empty()));
    }
}
