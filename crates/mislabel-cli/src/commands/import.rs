//! `mislabel import`: samples and decisions back from a tool.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use mislabel::interchange::{
    Comparison, Format, MethodAgreement, ReadOptions, Reviewers, SampleSet, Share, WriteOptions,
};
use mislabel::review::Journal;
use serde::Serialize;

use crate::commands::export::{Outgoing, Sent};
use crate::failure::{Failure, Result, one_line};
use crate::inputs::reviewed::Reviewed;
use crate::output::json::print_json;
use crate::output::output_file::{TABLES, check_output};

const EXAMPLES: &str = "\
Examples:
  mislabel import --format label-studio export.json --issues issues.csv --samples samples.csv --out verified.csv
  mislabel import --format label-studio export.json --labels labels.npy --issues issues.csv --samples samples.csv \\
      --journal review.jsonl --out verified.csv
  mislabel import --format review review.jsonl --labels labels.npy --issues issues.csv --out verified.csv
  mislabel import --format cleanlab issues.csv --class-names names.txt --out issues-here.csv
  mislabel detect --method posterior --verified verified.csv \\
      --embeddings embeddings.npy --labels labels.npy --out issues.csv

With --issues or --samples, the samples that were exported, what came back is checked against them and compared with
the suggestions; the table holds the decided samples. Without, it holds all samples of PATH. With --labels and
--journal the decisions are added to the journal, under the names of their reviewers: the page then shows them, and
apply writes them into the labels. The format review is the journal itself.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Import {
    /// The format: that of a tool, or review for a journal
    #[arg(long, value_name = "NAME", value_parser = source_parser())]
    format: Source,
    /// What the tool gave: a file or a folder
    #[arg(value_name = "PATH")]
    path: PathBuf,
    #[command(flatten)]
    sent: Sent,
    /// Field, column, question or control of the label, where it is not the usual one
    #[arg(long, value_name = "NAME")]
    label_field: Option<String>,
    /// Tag that says that someone looked at a sample
    #[arg(long, value_name = "TAG", default_value = "reviewed")]
    reviewed_tag: String,
    /// Whose decision counts where several reviewers decided
    #[arg(long, value_name = "WHOSE", default_value = "newest")]
    reviewers: Whose,
    /// Where to write the table: .csv, .tsv, .jsonl or .parquet
    #[arg(long, alias = "output", value_name = "FILE")]
    out: PathBuf,
    /// Print a summary as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Whose {
    /// The newest decision
    Newest,
    /// The decision of more than half; else none
    Majority,
    /// The decision that all share; else none
    AllAgree,
}

/// What decisions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Tool(Format),
    /// A journal.
    Review,
}

impl Source {
    const REVIEW: &str = "review";

    fn name(self) -> &'static str {
        match self {
            Self::Tool(format) => format.name(),
            Self::Review => Self::REVIEW,
        }
    }
}

fn source_parser() -> impl TypedValueParser<Value = Source> {
    let names = Format::ALL.map(Format::name).into_iter().chain([Source::REVIEW]);
    PossibleValuesParser::new(names).try_map(|name| match name.as_str() {
        Source::REVIEW => Ok(Source::Review),
        name => name.parse::<Format>().map(Source::Tool),
    })
}

/// What `--json` prints.
#[derive(Serialize)]
struct Summary<'a> {
    format: &'static str,
    samples: usize,
    decided: usize,
    comparison: Option<Comparison>,
    notes: &'a [String],
    out: &'a Path,
}

impl Import {
    pub(crate) fn run(&self) -> Result<()> {
        let mut inputs: Vec<&Path> = self.sent.paths().collect();
        inputs.push(&self.path);
        check_output(&self.out, &TABLES, &inputs)?;
        let outgoing = self.sent.read(None)?;
        let (sent, review) = match outgoing {
            // Of a review only what comes back counts here.
            Some(Outgoing { samples, review: Some(review), .. }) => (Some(samples.without_decisions()), Some(review)),
            Some(Outgoing { samples, review: None, .. }) => (Some(samples), None),
            None => (None, None),
        };
        let classes = sent.as_ref().map(|sent| Ok(Some(sent.classes().clone())));
        let options = ReadOptions {
            classes: classes.unwrap_or_else(|| self.sent.classes())?,
            label_field: self.label_field.clone(),
            reviewed_tag: self.reviewed_tag.clone(),
            ..ReadOptions::default()
        };
        let (back, notes) = self.received(review.as_ref(), &options)?;
        if let (Some(review), Some(path)) = (&review, &self.sent.journal) {
            self.record(sent.as_ref(), &back, review, path)?;
        }
        let (samples, comparison) = self.joined(sent, back)?;
        Format::Table.write(&samples, &self.out, &WriteOptions::default())?;
        let decided = samples.samples().iter().filter(|sample| !sample.decisions.is_empty()).count();
        let notes = &notes;
        let format = self.format.name();
        let summary = Summary { format, samples: samples.len(), decided, comparison, notes, out: &self.out };
        if self.json { print_json(&summary) } else { summary.print() }
    }

    /// What came back, and what to know about it.
    fn received(&self, review: Option<&Reviewed>, options: &ReadOptions) -> Result<(SampleSet, Vec<String>)> {
        match self.format {
            Source::Tool(format) => {
                let received = format.read(&self.path, options)?;
                Ok((received.samples, received.notes))
            }
            Source::Review => {
                let Some(Reviewed { samples, .. }) = review else {
                    return Err(Failure::Arguments(
                        "--format review needs the --labels that the journal is about".into(),
                    ));
                };
                let journal = Journal::read(&self.path, samples.given_labels())?;
                let rows: Vec<u32> = journal.board().decided().map(|(row, _)| row).collect();
                Ok((SampleSet::of_review(samples, journal.board(), &rows)?, journal.notices().to_vec()))
            }
        }
    }

    /// Adds the decisions to the journal at `path`. The same decisions are added once, however often they are imported.
    fn record(&self, sent: Option<&SampleSet>, back: &SampleSet, review: &Reviewed, path: &Path) -> Result<()> {
        if self.format == Source::Review {
            return Err(Failure::Arguments("--journal takes the decisions of a tool, not those of a journal".into()));
        }
        let mut set = back.clone();
        if let Some(sent) = sent {
            set = sent.clone().with_decisions_of(back)?;
        }
        let samples = &review.samples;
        let mut journal = Journal::open(path, samples.given_labels())?;
        for operation in set.review_operations(samples, self.format.name())? {
            journal.write(&operation.op, &operation.reviewer, operation.actions)?;
        }
        Ok(())
    }

    /// What came back, with the decision that counts; of samples that were sent, those that someone decided about.
    fn joined(&self, sent: Option<SampleSet>, back: SampleSet) -> Result<(SampleSet, Option<Comparison>)> {
        let rule = match self.reviewers {
            Whose::Newest => Reviewers::Newest,
            Whose::Majority => Reviewers::Majority,
            Whose::AllAgree => Reviewers::Unanimous,
        };
        let Some(sent) = sent else { return Ok((back.settled(rule), None)) };
        let comparison = Comparison::between(&sent, &back, rule)?;
        let decided = sent.with_decisions_of(&back)?.settled(rule);
        Ok((decided.filtered(|sample| !sample.decisions.is_empty()), Some(comparison)))
    }
}

impl Summary<'_> {
    fn print(&self) -> Result<()> {
        let mut out = stdout().lock();
        let path = one_line(&self.out.display().to_string());
        writeln!(out, "{path}: {} samples, {} of them decided", self.samples, self.decided)?;
        if let Some(comparison) = &self.comparison {
            print_comparison(comparison, &mut out)?;
        }
        for note in self.notes {
            writeln!(out, "note: {}", one_line(note))?;
        }
        Ok(out.flush()?)
    }
}

fn print_comparison(comparison: &Comparison, out: &mut impl Write) -> Result<()> {
    let Comparison { sent, returned, kept, relabeled, labeled, unsure, excluded, undecided, .. } = comparison;
    writeln!(out, "{returned} of {sent} samples came back, {undecided} without a decision")?;
    writeln!(out, "{kept} labels kept, {relabeled} changed, {unsure} unsure, {excluded} excluded")?;
    if *labeled > 0 {
        writeln!(out, "{labeled} samples without a label got one")?;
    }
    named("did not come back", &comparison.missing, out)?;
    named("are disputed among the reviewers", &comparison.disputed, out)?;
    writeln!(out, "the decided label is our suggestion for {}", said(comparison.suggestion))?;
    if comparison.reviewers.of > 0 {
        writeln!(out, "the reviewers agree on {}", said(comparison.reviewers))?;
    }
    for MethodAgreement { method, precision, label, .. } in &comparison.methods {
        let method = one_line(method);
        writeln!(out, "{method}: flags right for {}, labels right for {}", said(*precision), said(*label))?;
    }
    Ok(())
}

/// How many samples, and the first of them.
fn named(what: &str, ids: &[String], out: &mut impl Write) -> Result<()> {
    const SHOWN: usize = 5;
    if ids.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = ids.iter().take(SHOWN).map(|id| one_line(id)).collect();
    let more = if ids.len() > SHOWN { ", …" } else { "" };
    Ok(writeln!(out, "{} samples {what}: {}{more}", ids.len(), shown.join(", "))?)
}

fn said(share: Share) -> String {
    let value = share.value().map(|value| format!(" ({value:.3})")).unwrap_or_default();
    format!("{} of {}{value}", share.hits, share.of)
}
