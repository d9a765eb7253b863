//! `mislabel embed`: pictures and texts as rows of numbers.

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use mislabel::core::{EmbeddingSource as _, Run};
use mislabel::io::{FloatFormat, write_columns, write_embeddings};
use serde::Serialize;

use crate::commands::embed_check::trial;
use crate::failure::{Failure, Result, one_line};
use crate::inputs::embedding::{EmbeddedSamples, embedded};
use crate::inputs::raw_samples::RawSamples;
use crate::inputs::reading::ReadingOptions;
use crate::output::json::print_json;
use crate::output::output_file::check_output;
use crate::output::skipped::{beside, tell};
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;

const EXAMPLES: &str = "\
Examples:
  mislabel embed --images photos/ --out photos.npy --manifest photos.csv
  mislabel embed --texts questions.csv --texts-key text --labels-key intent --out questions.npy
  mislabel detect --embeddings photos.npy --labels photos.csv --labels-key label --out issues.csv
  mislabel embed --images photos/ --model dinov2/ --check
  mislabel embed --texts questions.csv --model minilm/ --out questions.npy

Without a model rows are a first look: gradients and colors of pictures, words and runs of characters of texts. With one, every
setting is printed with where it comes from; --check tries some samples and says what all will take. Row i is of
sample i of the manifest. Files that cannot be read are left out, named on standard error, and listed with the reason in
OUT.skipped.csv; samples that are equal byte for byte are listed in OUT.duplicates.csv, those with different labels first.
Rows are kept by the content of their samples: a run that was stopped goes on where it was.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Embed {
    #[command(flatten)]
    raw: RawSamples,
    /// Column of the table that has the labels
    #[arg(long, alias = "label-column", value_name = "COLUMN")]
    labels_key: Option<String>,
    /// Where to write the rows: .npy, .safetensors or .parquet
    #[arg(long, alias = "output", value_name = "FILE", required_unless_present = "check")]
    out: Option<PathBuf>,
    /// Write nothing: embed a few samples, and print the settings, the speed, and the time and memory that all will take
    #[arg(long, conflicts_with_all = ["out", "manifest", "half", "json", "quiet"])]
    check: bool,
    /// Where to write the table of the samples, one for every row: .csv, .tsv or .parquet
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Write numbers of 16 bits
    #[arg(long)]
    half: bool,
    #[command(flatten)]
    reading: ReadingOptions,
    /// Print a summary as JSON
    #[arg(long)]
    json: bool,
    /// Print nothing but errors and what is left out
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    #[command(flatten)]
    threads: Threads,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(rename = "n")]
    samples: usize,
    #[serde(rename = "d")]
    features: usize,
    /// Rows that were not kept from an earlier run, or of another sample with the same content.
    computed: usize,
    skipped: usize,
    /// The embedder, and all that its rows depend on.
    identity: Vec<String>,
    /// Those of the model, with where they come from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    settings: Vec<String>,
    seconds: f64,
    notes: Vec<String>,
    version: &'static str,
    out: &'a Path,
    manifest: Option<&'a Path>,
}

impl Embed {
    pub(crate) fn run(&self) -> Result<()> {
        match &self.out {
            Some(out) => self.write(out),
            None => trial(&self.raw, self.labels_key.as_deref(), &self.reading.choice(None), &self.threads),
        }
    }

    fn write(&self, out: &Path) -> Result<()> {
        self.check(out)?;
        let start = Instant::now();
        let choice = self.reading.choice(None);
        let samples = embedded(&self.raw, self.labels_key.as_deref(), &choice, Some(out), self.quiet, &self.threads)?;
        tell(&samples);
        let format = if self.half { FloatFormat::Half } else { FloatFormat::Single };
        let progress = progress(self.quiet);
        let run = Run::quiet().with_progress(&*progress);
        self.threads.run(|| Ok(write_embeddings(out, &samples.embedded, format, &run)?))?;
        drop(progress);
        if let Some(path) = &self.manifest {
            write_columns(path, &samples.embedded.columns())?;
        }
        let mut notes = samples.notes.clone();
        notes.extend(beside(out, &samples)?);
        let summary = self.summary(out, &samples, notes, start.elapsed().as_secs_f64());
        match (self.json, self.quiet) {
            (true, _) => print_json(&summary),
            (false, true) => Ok(()),
            (false, false) => self.print_text(&summary, &samples),
        }
    }

    fn check(&self, out: &Path) -> Result<()> {
        let inputs: Vec<&Path> = self.raw.paths().collect();
        check_output(out, &["npy", "safetensors", "parquet"], &inputs)?;
        let Some(manifest) = &self.manifest else { return Ok(()) };
        if manifest == out {
            return Err(Failure::Arguments("--manifest and --out name the same file".into()));
        }
        check_output(manifest, &["csv", "tsv", "parquet"], &inputs)
    }

    fn summary<'a>(
        &'a self,
        out: &'a Path,
        samples: &EmbeddedSamples,
        notes: Vec<String>,
        seconds: f64,
    ) -> Summary<'a> {
        let (n, d) = samples.embedded.shape();
        Summary {
            samples: n,
            features: d,
            computed: samples.embedded.computed(),
            skipped: samples.embedded.skipped().len(),
            settings: samples.model.as_ref().map_or_else(Vec::new, |model| model.settings.clone()),
            identity: samples.embedded.identity().to_string().lines().map(Into::into).collect(),
            seconds,
            notes,
            version: env!("CARGO_PKG_VERSION"),
            out,
            manifest: self.manifest.as_deref(),
        }
    }

    fn print_text(&self, summary: &Summary<'_>, samples: &EmbeddedSamples) -> Result<()> {
        let mut out = stdout().lock();
        let Summary { samples: n, features, computed, seconds, .. } = summary;
        writeln!(out, "Read:")?;
        writeln!(out, "  {}: {}", one_line(&samples.place.display().to_string()), samples.found())?;
        for note in &summary.notes {
            writeln!(out, "  note         {}", one_line(note))?;
        }
        let rate = *computed as f64 / seconds.max(1e-3);
        writeln!(out, "\n{n} rows of {features} numbers; {computed} computed, {seconds:.2} s ({rate:.0} a second)")?;
        for line in samples.worth() {
            writeln!(out, "  {}", one_line(&line))?;
        }
        writeln!(out, "\nWritten to {}", one_line(&summary.out.display().to_string()))?;
        if let Some(manifest) = &self.manifest {
            let (rows, manifest) = (summary.out.display().to_string(), manifest.display().to_string());
            writeln!(out, "Samples in {}", one_line(&manifest))?;
            if samples.is_labelled {
                let command = format!("mislabel detect --embeddings {rows} --labels {manifest} --labels-key label");
                writeln!(out, "\nNext:\n  {} --out issues.csv", one_line(&command))?;
            }
        }
        Ok(out.flush()?)
    }
}
