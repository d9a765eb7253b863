//! `mislabel review`: which labels to verify, and how many are likely wrong.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use clap::Args;
use mislabel::core::{Run, VerifiedLabels};
use mislabel::io::LabelColumn;
use mislabel::posterior::{NoiseRateInterval, Posterior};
use serde::Serialize;

use crate::commands::detected::filled_note;
use crate::failure::{Failure, Result, one_line};
use crate::inputs::files::{Embeddings, GivenLabels, check_pair, labelled_rows};
use crate::options::MethodOptions;
use crate::options::given::{GivenOptions, refuse_foreign};
use crate::options::method::posterior;
use crate::options::parsers::named;
use crate::output::json::print_json;
use crate::output::output_file::check_output;
use crate::output::understanding::Understood;
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;
use crate::value_parsers::count;

const EXAMPLES: &str = "\
Examples:
  mislabel review --embeddings embeddings.npy --labels labels.npy --out review.csv
  mislabel review --embeddings embeddings.npy --labels labels.npy --verified review.csv --out more.csv
  mislabel detect --method posterior --verified review.csv \\
      --embeddings embeddings.npy --labels labels.npy --out issues.csv

Fill in the column true_label of the table, as far as you get: --verified takes the table back and leaves
out rows without one. The samples are drawn so that their true labels say most about how many labels are
wrong and where to stop flagging, not only from the most suspect: 50 are a good start.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Review {
    #[command(flatten)]
    embeddings: Embeddings,
    #[command(flatten)]
    labels: GivenLabels,
    /// True labels that were looked up before; their samples are not asked for again, and take these labels where they have none
    #[arg(long, value_name = "FILE")]
    verified: Option<PathBuf>,
    /// Samples to ask for
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = count, allow_negative_numbers = true)]
    count: usize,
    /// Where to write the table of samples to look at: .csv
    #[arg(long, alias = "output", value_name = "FILE")]
    out: PathBuf,
    /// Print a summary as JSON
    #[arg(long)]
    json: bool,
    /// Print nothing but errors
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    options: MethodOptions,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(rename = "n")]
    samples: usize,
    verified: usize,
    noise_rate: f64,
    noise_rate_standard_error: Option<f64>,
    flagged: usize,
    asked: usize,
    seed: u64,
    version: &'static str,
    out: &'a Path,
    /// What was read as what.
    read: Understood,
}

impl Review {
    pub(crate) fn run(&self, options: &GivenOptions) -> Result<()> {
        refuse_foreign(&[named("posterior")], options)?;
        let mut inputs: Vec<&Path> = self.labels.paths().collect();
        inputs.extend(self.embeddings.path());
        inputs.extend(self.verified.as_deref());
        check_output(&self.out, &["csv"], &inputs)?;
        let (place, form, memory) = (self.labels.place(), &self.labels.form, self.options.reconstruction.memory);
        let labels = form.read_partly(place)?;
        let given = labels.column(&form.classes()?)?;
        let embeddings = self.embeddings.open(Some(&labels), form, memory)?;
        check_pair(&embeddings, &given, &labels)?;
        let joined = self.verified.as_deref().map(|path| form.read_verified(path, &given)).transpose()?;
        let given = joined.as_ref().map_or(given, |joined| joined.given.clone());
        let mut understood = Understood::of_pair(&labels, &given, &embeddings)?;
        let note = joined.as_ref().zip(self.verified.as_deref()).and_then(|(joined, path)| filled_note(joined, path));
        understood.notes.extend(note);
        let embeddings = labelled_rows(embeddings, &given);
        let none = || VerifiedLabels::none(&given.labels);
        let (verified, known) = joined.map_or_else(|| (none(), none()), |joined| (joined.verified, joined.known));
        let progress = progress(self.quiet);
        let run = Run::quiet().with_progress(&*progress).with_memory(memory).without(embeddings.held_bytes());
        let method = posterior(&self.options);
        let posterior = self.threads.run(|| Ok(method.fitted(&embeddings, &given.labels, &run)?.posterior))?;
        drop(progress);
        // Asked by the model's own doubts; told by what is known.
        let rows = posterior.verification_sample(self.count, &known, self.options.reconstruction.seed)?;
        let (after, interval) = match verified.is_empty() {
            true => (posterior, None),
            false => {
                let (after, interval) = posterior.verified(&given.labels, &verified)?;
                (after, Some(interval))
            }
        };
        self.write(&rows, &after, &given)?;
        let mut summary = self.summary(&after, interval, &verified, rows.len())?;
        summary.read = understood;
        match (self.json, self.quiet) {
            (true, _) => print_json(&summary),
            (false, true) => Ok(()),
            (false, false) => print_text(&summary, interval),
        }
    }

    fn summary(
        &self,
        posterior: &Posterior,
        interval: Option<NoiseRateInterval>,
        verified: &VerifiedLabels,
        asked: usize,
    ) -> Result<Summary<'_>> {
        Ok(Summary {
            samples: posterior.suggested().len(),
            verified: verified.len(),
            noise_rate: posterior.noise_rate(),
            noise_rate_standard_error: interval.map(|interval| interval.standard_error()),
            flagged: posterior.flags(posterior.default_rule())?.iter().filter(|flag| **flag).count(),
            asked,
            seed: self.options.reconstruction.seed,
            version: env!("CARGO_PKG_VERSION"),
            out: &self.out,
            read: Understood::default(),
        })
    }

    fn write(&self, rows: &[usize], posterior: &Posterior, given: &LabelColumn) -> Result<()> {
        let mut table = csv::Writer::from_writer(Vec::new());
        let refuse = |reason: String| Failure::Output { path: self.out.clone(), reason };
        let failed = |error: csv::Error| refuse(error.to_string());
        table.write_record(["index", "given_label", "likeliest_label", "mistake", "true_label"]).map_err(failed)?;
        let numbers: Vec<usize> = given.rows().collect();
        for &row in rows {
            let labels = [given.labels.class(row), posterior.suggested().class(row)];
            let [label, likeliest] = labels.map(|class| given.labels.class_name(class).to_string());
            let mistake = format!("{:.4}", 1.0 - posterior.quality().as_slice()[row]);
            table.write_record([numbers[row].to_string(), label, likeliest, mistake, String::new()]).map_err(failed)?;
        }
        let content = table.into_inner().map_err(|error| refuse(error.to_string()))?;
        mislabel::checkpoint::write_atomically(
            &self.out,
            |cause| refuse(cause.to_string()),
            |file| file.write_all(&content).map_err(|cause| refuse(cause.to_string())),
        )
    }
}

fn print_text(summary: &Summary<'_>, interval: Option<NoiseRateInterval>) -> Result<()> {
    let mut out = stdout().lock();
    summary.read.print(&mut out)?;
    let Summary { samples, verified, flagged, asked, .. } = summary;
    match interval {
        Some(interval) => writeln!(out, "noise rate {interval} (95%), by {verified} verified labels")?,
        None => writeln!(out, "noise rate {:.3}, by no verified label yet", summary.noise_rate)?,
    }
    writeln!(out, "{flagged} of {samples} labels flagged")?;
    let table = one_line(&summary.out.display().to_string());
    writeln!(out, "\n{asked} samples to look at: {table}")?;
    writeln!(out, "Fill in the column true_label; then `mislabel detect --verified {table}` uses what you found.")?;
    Ok(out.flush()?)
}
