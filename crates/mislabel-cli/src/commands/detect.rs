//! `mislabel detect`: the label issues of a dataset, as a table.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use mislabel_core::{EmbeddingSource as _, LabelIssues};
use mislabel_io::{IssueTable, LabelColumn};
use serde::Serialize;

use crate::failure::{Result, one_line};
use crate::inputs::{EmbeddingForm, LabelForm, LabelPlace, check_pair};
use crate::json::{PerClass, print_json};
use crate::method::Findings;
use crate::method_options::MethodOptions;
use crate::output_file::check_output;
use crate::progress_bar::progress;
use crate::threads::Threads;

const EXAMPLES: &str = "\
Examples:
  mislabel detect --embeddings embeddings.npy --labels labels.npy --out issues.csv
  mislabel detect --embeddings table.parquet --embeddings-key embedding \\
      --labels table.parquet --labels-key label --out issues.parquet --json
  mislabel detect --embeddings features.csv --labels labels.txt --class-names names.txt \\
      --trim 1.06 --trim 1.03 --threshold 1.0 --out issues.jsonl

The table has one row per sample, in the order of the input: index, given_label, suggested_label,
quality (0 to 1, lower is more suspect), score (the method's own; for rer and centroid the
reconstruction error ratio, above 1 when another class fits better; for gaussian the log likelihood
ratio of the best other class, above 0 then) and is_issue.";

/// How many of the most suspect samples a summary lists.
const LISTED: usize = 10;

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Detect {
    /// Embeddings, one row per sample: .npy, .npz, .safetensors, .csv, .tsv or .parquet
    #[arg(long, value_name = "FILE")]
    embeddings: PathBuf,
    #[command(flatten)]
    embedding_form: EmbeddingForm,
    /// Labels: .npy, .npz, .safetensors, .csv, .tsv, .txt or .parquet; may be the file of the embeddings
    #[arg(long, value_name = "FILE")]
    labels: PathBuf,
    /// Array or column of the labels
    #[arg(long, value_name = "NAME")]
    labels_key: Option<String>,
    #[command(flatten)]
    form: LabelForm,
    /// Where to write the table of label issues: .csv, .tsv, .jsonl or .parquet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Print a summary as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    options: MethodOptions,
}

/// What `--json` prints; `null` for what the method does not say.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(rename = "n")]
    samples: usize,
    #[serde(rename = "d")]
    features: usize,
    #[serde(rename = "k")]
    classes: usize,
    flagged: usize,
    noise_rate: Option<f64>,
    threshold: Option<f64>,
    #[serde(rename = "dataset_difficulty")]
    difficulty: Option<f64>,
    #[serde(rename = "class_difficulties")]
    class_difficulty: PerClass<'a>,
    seconds: f64,
    method: &'static str,
    seed: u64,
    version: &'static str,
    out: &'a Path,
}

impl Detect {
    pub(crate) fn run(&self) -> Result<()> {
        let runner = self.options.runner()?;
        let inputs = [self.embeddings.as_path(), &self.labels];
        check_output(&self.out, &["csv", "tsv", "jsonl", "ndjson", "parquet"], &inputs)?;
        let start = Instant::now();
        let place = LabelPlace { path: &self.labels, key: self.labels_key.as_deref() };
        let given = self.form.column(place)?;
        let embeddings = self.embedding_form.open(&self.embeddings, Some(place), &self.form)?;
        check_pair(&embeddings, &given.labels, &self.labels)?;
        let findings = self.threads.run(|| Ok(runner.run(&embeddings, &given.labels, &*progress())?))?;
        IssueTable::from_issues(&findings.issues, &given)?.write(&self.out)?;
        let summary = self.summary(&findings, &given, embeddings.shape(), start.elapsed().as_secs_f64());
        match self.json {
            true => print_json(&summary),
            false => print_text(&summary, &findings.issues, &given),
        }
    }

    fn summary<'a>(
        &'a self,
        findings: &'a Findings,
        given: &'a LabelColumn,
        (samples, features): (usize, usize),
        seconds: f64,
    ) -> Summary<'a> {
        Summary {
            samples,
            features,
            classes: given.labels.classes(),
            flagged: findings.issues.flagged(),
            noise_rate: findings.noise_rate,
            threshold: findings.threshold,
            difficulty: findings.difficulty,
            class_difficulty: PerClass { labels: &given.labels, values: &findings.class_difficulty },
            seconds,
            method: self.options.reconstruction.method.name,
            seed: self.options.reconstruction.seed,
            version: env!("CARGO_PKG_VERSION"),
            out: &self.out,
        }
    }
}

fn print_text(summary: &Summary<'_>, issues: &LabelIssues, given: &LabelColumn) -> Result<()> {
    let mut out = stdout().lock();
    let Summary { samples, features, classes, flagged, seconds, method, .. } = summary;
    writeln!(out, "{samples} samples, {features} features, {classes} classes; method {method}, {seconds:.2} s\n")?;
    let share = 100.0 * *flagged as f64 / *samples as f64;
    writeln!(out, "  flagged      {flagged} ({share:.1}%), score above {}", shown(summary.threshold))?;
    writeln!(out, "  noise rate   {}, estimated", shown(summary.noise_rate))?;
    writeln!(out, "  difficulty   {}", shown(summary.difficulty))?;
    print_most_suspect(&mut out, issues, given)?;
    writeln!(out, "\nWritten to {}", one_line(&summary.out.display().to_string()))?;
    Ok(out.flush()?)
}

fn print_most_suspect(out: &mut impl Write, issues: &LabelIssues, given: &LabelColumn) -> Result<()> {
    let ranking = issues.quality().ranking();
    let name = |class: usize| one_line(&given.labels.class_name(class));
    let listed = &ranking[..LISTED.min(ranking.len())];
    let names: Vec<_> =
        listed.iter().map(|&row| [given.labels.class(row), issues.suggested().class(row)].map(name)).collect();
    let width = |column: usize| names.iter().map(|pair| pair[column].chars().count()).max().unwrap_or(0).max(9);
    let (wide_given, wide_suggested) = (width(0), width(1));
    writeln!(out, "\nThe most suspect samples:\n")?;
    writeln!(out, "  {:>8}  {:<wide_given$}  {:<wide_suggested$}  quality  score", "index", "given", "suggested")?;
    for (&row, [given, suggested]) in listed.iter().zip(&names) {
        let (quality, score) = (issues.quality().view()[row], issues.score()[row]);
        writeln!(out, "  {row:>8}  {given:<wide_given$}  {suggested:<wide_suggested$}  {quality:>7.3}  {score:.3}")?;
    }
    Ok(())
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "undefined".into(), |value| format!("{value:.3}"))
}
