//! `mislabel evaluate`: how well a table of label issues finds the true label errors.

use std::io::{Write, stderr, stdout};
use std::path::PathBuf;

use clap::Args;
use mislabel::core::{ErrorMask, LabelIssues, LabelQuality, Labels};
use mislabel::io::{IssueTable, LabelColumn, LabelFile};
use mislabel::metrics::{Evaluation, Measured};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::failure::{Failure, Result, one_line};
use crate::inputs::files::LabelForm;
use crate::inputs::known_truth::KnownTruth;
use crate::output::json::print_json;

const EXAMPLES: &str = "\
Examples:
  mislabel evaluate --issues issues.csv --given given.npy --true-labels true.npy
  mislabel evaluate --issues issues.parquet --given given.npy --true-labels true.npy --json

A measure without a value (precision without flags, anything without label errors) is null in JSON,
with the reason on standard error.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Evaluate {
    /// Table of label issues as `mislabel detect` writes it, every sample once
    #[arg(long, value_name = "FILE")]
    issues: PathBuf,
    #[command(flatten)]
    truth: KnownTruth,
    #[command(flatten)]
    form: LabelForm,
    /// Print the measures as JSON
    #[arg(long)]
    json: bool,
}

impl Evaluate {
    pub(crate) fn run(&self) -> Result<()> {
        let read = self.read()?;
        let evaluation = Evaluation::new(&read.issues, &read.errors)?;
        match self.json {
            true => print_measures_as_json(&evaluation, &read),
            false => print_measures_as_text(&evaluation, &read),
        }
    }

    fn read(&self) -> Result<Judged> {
        let known = self.truth.files(&self.form)?;
        let mut columns = LabelFile::columns(&[&known.given, &known.truth], &self.form.classes()?)?;
        let (truth, given) = (columns.remove(1), columns.remove(0));
        let table = IssueTable::read(&self.issues)?;
        let issues = table.label_issues(&given);
        let issues = issues.map_err(|cause| Failure::Table { path: self.issues.clone(), cause })?;
        let notes = given.notes();
        let [of_given, of_truth] = [&given, &truth].map(|column| places(column, &known.rows.kept));
        let [given, truth] = [selected(&given.labels, &of_given)?, selected(&truth.labels, &of_truth)?];
        let errors = ErrorMask::between(&given, &truth)?;
        let (issues, left_out) = (selected_issues(&issues, &of_given)?, known.rows.left_out());
        Ok(Judged { issues, errors, left_out, notes })
    }
}

/// Label issues of the samples whose labels are known.
struct Judged {
    issues: LabelIssues,
    errors: ErrorMask,
    /// Samples without a given or a true label.
    left_out: usize,
    /// What may be wrong with the labels.
    notes: Vec<String>,
}

/// The places of the samples `rows`, ascending, all with a label, among the labels of `column`.
fn places(column: &LabelColumn, rows: &[usize]) -> Vec<usize> {
    rows.iter().map(|row| row - column.unlabelled.partition_point(|missing| missing < row)).collect()
}

fn selected(labels: &Labels, places: &[usize]) -> Result<Labels> {
    Ok(labels.with_values(places.iter().map(|place| labels.values()[*place]).collect())?)
}

fn selected_issues(issues: &LabelIssues, places: &[usize]) -> Result<LabelIssues> {
    let of = |values: &[f64]| places.iter().map(|place| values[*place]).collect::<Vec<f64>>();
    let flags = places.iter().map(|place| issues.is_issue()[*place]).collect();
    let quality = LabelQuality::new(of(issues.quality().as_slice()))?;
    Ok(LabelIssues::new(quality, flags, selected(issues.suggested(), places)?, of(issues.score()))?)
}

/// Counts and measures; a measure without a value is null.
struct Measures<'a> {
    evaluation: &'a Evaluation,
    read: &'a Judged,
}

impl Serialize for Measures<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Evaluation { samples, errors, flagged, .. } = self.evaluation;
        let mut map = serializer.serialize_map(None)?;
        for (name, count) in
            [("samples", samples), ("left_out", &self.read.left_out), ("errors", errors), ("flagged", flagged)]
        {
            map.serialize_entry(name, count)?;
        }
        for (name, measured) in self.evaluation.measures() {
            map.serialize_entry(name, &measured.value())?;
        }
        map.serialize_entry("notes", &self.read.notes)?;
        map.end()
    }
}

fn print_measures_as_json(evaluation: &Evaluation, read: &Judged) -> Result<()> {
    for (name, measured) in evaluation.measures() {
        if let Measured::Undefined { undefined } = measured {
            // Losing the reason is no reason to lose the measures.
            let _ = writeln!(stderr(), "{name}: {}", one_line(undefined));
        }
    }
    print_json(&Measures { evaluation, read })
}

fn print_measures_as_text(evaluation: &Evaluation, read: &Judged) -> Result<()> {
    let mut out = stdout().lock();
    let Evaluation { samples, errors, flagged, .. } = evaluation;
    writeln!(out, "{samples} samples, {errors} label errors, {flagged} flagged")?;
    if read.left_out > 0 {
        writeln!(out, "{} samples without a given or a true label are left out", read.left_out)?;
    }
    for note in &read.notes {
        writeln!(out, "note: {}", one_line(note))?;
    }
    writeln!(out)?;
    for (name, measured) in evaluation.measures() {
        writeln!(out, "  {name:<24}{measured:.4}")?;
    }
    Ok(out.flush()?)
}
