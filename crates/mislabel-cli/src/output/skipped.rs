//! Samples that were left out, and samples that are equal: said, and written beside the output.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use mislabel::io::{SampleColumn, write_columns};

use crate::failure::{Result, one_line};
use crate::inputs::embedding::EmbeddedSamples;

/// Skipped samples that standard error names; a table has them all.
const NAMED: usize = 20;

/// Names the samples that were left out on standard error.
pub(crate) fn tell(samples: &EmbeddedSamples) {
    let skipped = samples.embedded.skipped();
    let mut err = std::io::stderr().lock();
    // The run is as good without the notes.
    for one in skipped.iter().take(NAMED) {
        let _ = writeln!(err, "note: left out: {}", one_line(&one.to_string()));
    }
    let more = skipped.len().saturating_sub(NAMED);
    if more > 0 {
        let _ = writeln!(err, "note: and {more} more");
    }
}

/// Writes the tables of skipped and of equal samples beside `out`, where there are any; says so, a sentence each.
pub(crate) fn beside(out: &Path, samples: &EmbeddedSamples) -> Result<Vec<String>> {
    let embedded = &samples.embedded;
    let mut notes = Vec::new();
    let skipped = embedded.skipped().len();
    if written(&named(out, "skipped"), &embedded.skipped_columns())? {
        let path = named(out, "skipped");
        notes.push(format!("{skipped} samples cannot be embedded and are left out: {} says why", path.display()));
    }
    let groups = embedded.duplicates();
    if written(&named(out, "duplicates"), &duplicates(samples, &groups))? {
        let path = named(out, "duplicates");
        let equal: usize = groups.iter().map(Vec::len).sum();
        let contradicting = groups.iter().filter(|group| embedded.contradicts(group)).count();
        let wrong = match contradicting {
            0 => String::new(),
            count => format!("; {count} groups of them have different labels, one of which must be wrong"),
        };
        notes.push(format!("{equal} samples are equal to others byte for byte{wrong}: {}", path.display()));
    }
    Ok(notes)
}

/// Writes `columns` to `path` if they have rows, or if an earlier table there would tell of another run; whether they have rows.
fn written(path: &Path, columns: &[SampleColumn]) -> Result<bool> {
    let has_rows = columns.first().is_some_and(|column| !column.cells.is_empty());
    if has_rows || path.exists() {
        write_columns(path, columns)?;
    }
    Ok(has_rows)
}

/// `out` with `kind` before its extension, which becomes csv.
fn named(out: &Path, kind: &str) -> PathBuf {
    out.with_extension(format!("{kind}.csv"))
}

/// The samples of `groups`, a row each: the group, the sample, its label, and whether the labels of the group differ.
fn duplicates(samples: &EmbeddedSamples, groups: &[Vec<usize>]) -> Vec<SampleColumn> {
    let embedded = &samples.embedded;
    let rows = || {
        let of =
            |(number, group): (usize, &Vec<usize>)| group.iter().map(move |row| (number, *row)).collect::<Vec<_>>();
        groups.iter().enumerate().flat_map(of)
    };
    let column = |name: &str, cell: &dyn Fn((usize, usize)) -> Option<String>| SampleColumn {
        name: name.into(),
        cells: rows().map(cell).collect(),
    };
    let name = |row: usize| &embedded.samples()[row];
    vec![
        column("group", &|(group, _)| Some(group.to_string())),
        column("index", &|(_, row)| Some(row.to_string())),
        column(if samples.is_text { "text" } else { "path" }, &|(_, row)| {
            Some(name(row).text.clone().unwrap_or_else(|| name(row).name.clone()))
        }),
        column("label", &|(_, row)| name(row).label.clone()),
        column("labels_differ", &|(group, _)| Some(embedded.contradicts(&groups[group]).to_string())),
    ]
}
