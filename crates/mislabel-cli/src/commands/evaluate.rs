//! `mislabel evaluate`: how well a table of label issues finds the true label errors.

use std::io::{Write, stderr, stdout};
use std::path::PathBuf;

use clap::Args;
use mislabel::core::{ErrorMask, LabelIssues};
use mislabel::io::IssueTable;
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
        let (issues, errors) = self.read()?;
        let evaluation = Evaluation::new(&issues, &errors)?;
        match self.json {
            true => print_measures_as_json(&evaluation),
            false => print_measures_as_text(&evaluation),
        }
    }

    fn read(&self) -> Result<(LabelIssues, ErrorMask)> {
        let [given, truth] = self.truth.columns(&self.form, &self.form.classes()?)?;
        let table = IssueTable::read(&self.issues)?;
        let issues = table.label_issues(&given);
        let issues = issues.map_err(|cause| Failure::Table { path: self.issues.clone(), cause })?;
        Ok((issues, ErrorMask::between(&given.labels, &truth.labels)?))
    }
}

/// Counts and measures; a measure without a value is null.
struct Measures<'a>(&'a Evaluation);

impl Serialize for Measures<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Evaluation { samples, errors, flagged, .. } = self.0;
        let mut map = serializer.serialize_map(None)?;
        for (name, count) in [("samples", samples), ("errors", errors), ("flagged", flagged)] {
            map.serialize_entry(name, count)?;
        }
        for (name, measured) in self.0.measures() {
            map.serialize_entry(name, &measured.value())?;
        }
        map.end()
    }
}

fn print_measures_as_json(evaluation: &Evaluation) -> Result<()> {
    for (name, measured) in evaluation.measures() {
        if let Measured::Undefined { undefined } = measured {
            // Losing the reason is no reason to lose the measures.
            let _ = writeln!(stderr(), "{name}: {}", one_line(undefined));
        }
    }
    print_json(&Measures(evaluation))
}

fn print_measures_as_text(evaluation: &Evaluation) -> Result<()> {
    let mut out = stdout().lock();
    let Evaluation { samples, errors, flagged, .. } = evaluation;
    writeln!(out, "{samples} samples, {errors} label errors, {flagged} flagged\n")?;
    for (name, measured) in evaluation.measures() {
        writeln!(out, "  {name:<24}{measured:.4}")?;
    }
    Ok(out.flush()?)
}
