//! `mislabel apply`: the decisions of a review, written into the labels.

use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use mislabel::core::PartialLabels;
use mislabel::io::{LabelColumn, LabelFile};
use mislabel::review::{Corrections, Journal, Settlement};

use crate::failure::{Failure, Result, one_line};
use crate::inputs::files::GivenLabels;
use crate::output::output_file::check_output;

const EXAMPLES: &str = "\
Examples:
  mislabel apply --labels labels.npy --journal review.jsonl --out labels-fixed.npy
  mislabel apply --labels train.csv --journal review.jsonl --out train-fixed.csv --drop-excluded
  mislabel apply --labels labels.npy --journal review.jsonl --verified verified.csv

The output has the format of --labels, whatever that is (Arrow files are only read), with everything but the corrected
labels as it was: other columns and arrays, metadata, packing, the spelling of labels. Samples without a label that got
one have it in the file. Labels that are corrected already are refused. --verified of detect and review takes the table.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Apply {
    #[command(flatten)]
    labels: GivenLabels,
    /// Journal of the review, as `mislabel app` writes it
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    /// Where to write the corrected labels, in the format of --labels
    #[arg(long, alias = "output", value_name = "FILE", required_unless_present = "verified")]
    out: Option<PathBuf>,
    /// Where to write the labels that were verified, right or wrong: .csv
    #[arg(long, value_name = "FILE")]
    verified: Option<PathBuf>,
    /// Leave the rows of excluded samples out
    #[arg(long, requires = "out")]
    drop_excluded: bool,
    /// Whose decision counts where several reviewers decided
    #[arg(long, value_name = "WHOSE", default_value = "newest")]
    reviewers: Reviewers,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Reviewers {
    /// The newest decision
    Newest,
    /// The decision of more than half; else none
    Majority,
    /// The decision that all share; else none
    AllAgree,
}

impl Apply {
    pub(crate) fn run(&self) -> Result<()> {
        self.check_outputs()?;
        let file = self.labels.form.read_partly(self.labels.place())?;
        let given = file.column(&self.labels.form.classes()?)?;
        let partial = given.partial()?;
        let journal = Journal::read(&self.journal, &partial)?;
        let mut out = stdout().lock();
        for notice in journal.notices() {
            writeln!(out, "note: {}", one_line(notice))?;
        }
        self.write_corrected(&journal, &file, &given, &mut out)?;
        self.write_verified(&journal, &partial, &mut out)?;
        Ok(out.flush()?)
    }

    fn check_outputs(&self) -> Result<()> {
        let mut inputs: Vec<&Path> = self.labels.paths().collect();
        inputs.push(&self.journal);
        if let Some(path) = &self.verified {
            check_output(path, &["csv"], &inputs)?;
        }
        let Some(path) = &self.out else { return Ok(()) };
        let extension = self.labels.place().path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        check_output(path, &[extension], &inputs)
    }

    fn settlement(&self) -> Settlement {
        match self.reviewers {
            Reviewers::Newest => Settlement::Newest,
            Reviewers::Majority => Settlement::Majority,
            Reviewers::AllAgree => Settlement::AllAgree,
        }
    }

    fn write_corrected(
        &self,
        journal: &Journal,
        file: &LabelFile,
        given: &LabelColumn,
        out: &mut impl Write,
    ) -> Result<()> {
        let Some(path) = &self.out else { return Ok(()) };
        let corrections = Corrections::of(journal.board(), &given.partial()?, self.settlement())?;
        corrections.write(file, given, self.drop_excluded, path)?;
        let (labeled, excluded) = (corrections.labeled(), corrections.excluded.len());
        let changed = corrections.labels.len() - labeled;
        let got = match given.unlabelled.is_empty() {
            true => String::new(),
            false => format!("{labeled} of {} samples without a label got one, ", given.unlabelled.len()),
        };
        let fate = if self.drop_excluded { "left out" } else { "excluded, and still in the file" };
        let path = one_line(&path.display().to_string());
        Ok(writeln!(out, "{path}: {changed} labels changed, {got}{excluded} samples {fate}")?)
    }

    fn write_verified(&self, journal: &Journal, given: &PartialLabels, out: &mut impl Write) -> Result<()> {
        let Some(path) = &self.verified else { return Ok(()) };
        let verified = self.settlement().true_labels(journal.board(), given);
        let refuse = |reason: String| Failure::Output { path: path.clone(), reason };
        let content = table(&verified, given).map_err(|error| refuse(error.to_string()))?;
        mislabel::checkpoint::write_atomically(
            path,
            |cause| refuse(cause.to_string()),
            |file| file.write_all(&content).map_err(|cause| refuse(cause.to_string())),
        )?;
        let path = one_line(&path.display().to_string());
        Ok(writeln!(out, "{path}: {} labels verified", verified.len())?)
    }
}

fn table(verified: &BTreeMap<usize, u32>, given: &PartialLabels) -> csv::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["index", "given_label", "true_label"])?;
    let name = |class: u32| given.labelled().class_name(class as usize).into_owned();
    for (&row, &label) in verified {
        let (old, new) = (given.class(row).map_or_else(String::new, name), name(label));
        table.write_record([row.to_string(), old, new])?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}
