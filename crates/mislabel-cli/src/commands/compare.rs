//! `mislabel compare`: methods side by side on a dataset whose true labels are known.

use std::io::{Write, stdout};
use std::time::Instant;

use clap::Args;
use mislabel::core::{EmbeddingSource, ErrorMask, Run};
use mislabel::io::{Classes, EmbeddingFile, LabelColumn, LabelFile};
use mislabel::methods::{Dataset, Entry, METHODS, rules};
use mislabel::metrics::Evaluation;
use serde::Serialize;

use crate::commands::comparison::{Row, cell};
use crate::failure::{Failure, Result};
use crate::inputs::embedded_files::EmbeddedFiles;
use crate::inputs::files::{Embeddings, LabelForm, check_classes, check_count};
use crate::inputs::known_truth::{KnownFiles, KnownTruth};
use crate::inputs::method_files::MethodFiles;
use crate::inputs::predictions::PredictionFile;
use crate::inputs::raw_samples::{LabelNeed, RawSamples};
use crate::options::MethodOptions;
use crate::options::given::{GivenOptions, refuse_foreign};
use crate::options::method::{method, posterior, with_members};
use crate::options::parsers::{method_parser, named};
use crate::output::json::print_json;
use crate::output::understanding::Understood;
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;
use crate::subprocess::{alone, peak_memory};

const EXAMPLES: &str = "\
Examples:
  mislabel compare --embeddings embeddings.npy --given given.npy --true-labels true.npy
  mislabel compare --embeddings embeddings.npy --given given.npy --true-labels true.npy \\
      --methods rer,confident,knn --pred-probs pred_probs.npy --json
  mislabel compare --embeddings embeddings.npy --given given.npy --true-labels true.npy --rules
  mislabel compare --texts questions.csv --given-key intent --true-labels questions.csv --true-labels-key checked

Every method runs in a process of its own: seconds are from opening its files to its last flag, memory is the most
that the process ever held, mapped files included (known on Linux only). Options of methods go to those that
understand them. AP is the average precision of the ranking, F1 that of the method's own flags, best F1 that of the
best possible cut of its ranking. A measure without a value is a dash, in JSON null. Samples without a given or a true
label take no part. Pictures and texts are embedded
once and bring the given labels; with --cache none, they are embedded for every method.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
#[command(mut_arg("embeddings", |file| file.required(false).required_unless_present_any(["images", "texts"])))]
#[command(mut_arg("given", |file| file.required(false).required_unless_present_any(["images", "texts"])))]
pub(crate) struct Compare {
    #[command(flatten)]
    embeddings: Embeddings,
    #[command(flatten)]
    raw: RawSamples,
    #[command(flatten)]
    truth: KnownTruth,
    #[command(flatten)]
    form: LabelForm,
    /// The methods, comma-separated [default: all that the files suffice for]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', value_parser = method_parser(), hide_possible_values = true)]
    methods: Vec<&'static Entry>,
    /// Instead of methods compare rules that say how many labels to flag, all on one fit of soft linear reconstructors and of
    /// the posterior
    #[arg(long, conflicts_with = "methods")]
    rules: bool,
    /// Print the table as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
    /// Run this method here and print its row
    #[arg(long, value_name = "NAME", value_parser = method_parser(), hide = true)]
    only: Option<&'static Entry>,
    #[command(flatten)]
    options: MethodOptions,
}

/// What there is to compare on.
struct Inputs {
    embeddings: EmbeddingFile,
    given: LabelColumn,
    errors: ErrorMask,
    read: Understood,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Table<'a> {
    #[serde(rename = "n")]
    samples: usize,
    #[serde(rename = "d")]
    features: usize,
    #[serde(rename = "k")]
    classes: usize,
    errors: usize,
    methods: &'a [Row],
    seed: u64,
    version: &'static str,
    /// What was read as what.
    read: &'a Understood,
}

impl Compare {
    pub(crate) fn run(&self, options: &GivenOptions) -> Result<()> {
        if let Some(method) = self.only {
            return print_json(&self.row(method));
        }
        if self.rules {
            return self.compare_rules(options);
        }
        let methods = if self.methods.is_empty() { comparable(options) } else { self.methods.clone() };
        let mut understanding = methods.clone();
        if let Some(consensus) = methods.iter().find(|method| method.name == "consensus") {
            understanding.extend(with_members(consensus, &*method(consensus, &self.options)?));
        }
        refuse_foreign(&understanding, options)?;
        let embedded = self.embedded()?;
        let inputs = self.read(&self.labels(embedded.as_ref())?, &self.form.classes()?, embedded.as_ref())?;
        let rows = methods.iter().map(|method| alone(method.name, Row::failed));
        let rows: Vec<Row> = match self.json {
            true => rows.collect(),
            false => self.print_text(&inputs, rows)?,
        };
        if self.json {
            print_json(&self.table(&inputs, &rows))?;
        }
        let failed: Vec<&str> = rows.iter().filter(|row| row.error.is_some()).map(|row| &*row.method).collect();
        if failed.is_empty() {
            return Ok(());
        }
        let reason = rows.iter().find_map(|row| row.error.as_deref()).unwrap_or_default();
        Err(Failure::Arguments(format!("no result by {}: {reason}", failed.join(", "))))
    }

    /// Runs `method` in this process.
    fn row(&self, entry: &Entry) -> Row {
        self.measured(entry).unwrap_or_else(|failure| Row::failed(entry.name, failure.to_string()))
    }

    fn measured(&self, entry: &Entry) -> Result<Row> {
        let embedded = self.embedded()?;
        let start = Instant::now();
        let method = method(entry, &self.options)?;
        let methods = with_members(entry, &*method);
        let known = self.labels(embedded.as_ref())?;
        let labels = known.labelled();
        let predictions = self.predictions(&methods, &known)?;
        let files = MethodFiles::with(predictions, &methods, &self.options, &self.form, &[&labels[0], &labels[1]])?;
        let inputs = self.read(&known, &files.classes().classes, embedded.as_ref())?;
        files.check(&inputs.given, &labels[0])?;
        let data = files.add_to(Dataset::new(&inputs.given.labels))?.with_embeddings(&inputs.embeddings)?;
        let progress = progress(false);
        let run = self.run_on(&inputs).with_progress(&*progress);
        let report = self.threads.run(|| Ok(method.report(&data, &run)?))?;
        let (seconds, peak_memory_bytes) = (start.elapsed().as_secs_f64(), peak_memory());
        let evaluation = Evaluation::new(&report.issues, &inputs.errors)?;
        Ok(Row {
            method: entry.name.into(),
            auroc: evaluation.auroc.value(),
            average_precision: evaluation.average_precision.value(),
            f1: evaluation.f1.value(),
            best_f1: evaluation.best_f1.value(),
            flagged: Some(evaluation.flagged),
            seconds,
            peak_memory_bytes,
            error: None,
        })
    }

    /// The predictions for the samples with both labels, if one of `methods` understands them.
    fn predictions(&self, methods: &[&Entry], known: &KnownFiles) -> Result<Option<PredictionFile>> {
        let file = MethodFiles::predictions(methods, &self.options, &self.form, &known.given, &[])?;
        let Some(file) = file else { return Ok(None) };
        check_count(&known.given, file.path(), file.shape().0, "predictions")?;
        Ok(Some(match known.rows.chosen() {
            Some(rows) => file.with_rows(rows),
            None => file,
        }))
    }

    fn compare_rules(&self, options: &GivenOptions) -> Result<()> {
        refuse_foreign(&[named("posterior")], options)?;
        let embedded = self.embedded()?;
        let inputs = self.read(&self.labels(embedded.as_ref())?, &self.form.classes()?, embedded.as_ref())?;
        let given = &inputs.given.labels;
        let progress = progress(false);
        let run = self.run_on(&inputs).with_progress(&*progress);
        let method = posterior(&self.options);
        let fitted = self.threads.run(|| Ok(method.fitted(&inputs.embeddings, given, &run)?))?;
        let posterior = &fitted.posterior;
        let seed = self.options.reconstruction.seed;
        let rows = rules(&fitted.errors, posterior, fitted.neighbors(), given, &inputs.errors, seed, &run)?;
        if self.json {
            return print_json(&rows);
        }
        let mut out = stdout().lock();
        let (samples, wrong) = (given.len(), inputs.errors.error_count());
        writeln!(
            out,
            "{samples} samples; {wrong} label errors, {:.0} estimated\n",
            posterior.noise_rate() * samples as f64
        )?;
        writeln!(out, "  {:<24}{:>9}{:>9}{:>9}", "rule", "F1", "best F1", "flagged")?;
        for row in &rows {
            let (f1, best) = (cell(row.f1, 3), cell(row.best_f1, 3));
            writeln!(out, "  {:<24}{f1:>9}{best:>9}{:>9}", row.rule, row.flagged)?;
        }
        Ok(out.flush()?)
    }

    /// A run within the budget that the embeddings leave.
    fn run_on(&self, inputs: &Inputs) -> Run<'static> {
        Run::quiet().with_memory(self.options.reconstruction.memory).without(inputs.embeddings.held_bytes())
    }

    /// The pictures or texts that stand in place of embeddings and given labels, embedded.
    fn embedded(&self) -> Result<Option<EmbeddedFiles>> {
        if !self.raw.are_given() {
            return self.raw.without_model().map(|()| None);
        }
        if self.embeddings.path().is_some() || self.truth.given().is_some() {
            return Err(Failure::Arguments(
                "--images and --texts bring embeddings and given labels: leave --embeddings and --given out".into(),
            ));
        }
        let (label, form) = (self.truth.given_key.as_deref(), &self.form);
        let quiet = self.only.is_some();
        let embedded = EmbeddedFiles::new(&self.raw, label, LabelNeed::Any, form, None, quiet, &self.threads)?;
        embedded.whole().map(Some)
    }

    /// The files of the given labels and of the true ones.
    fn labels(&self, embedded: Option<&EmbeddedFiles>) -> Result<KnownFiles> {
        let Some(embedded) = embedded else { return self.truth.files(&self.form) };
        let given = self.form.read_with(embedded.labels(), embedded.unlabelled(self.form.reading.unlabelled()));
        let files = given.and_then(|given| self.truth.files_beside(given, &self.form));
        files.map_err(|failure| embedded.told(failure))
    }

    fn read(&self, known: &KnownFiles, classes: &Classes, embedded: Option<&EmbeddedFiles>) -> Result<Inputs> {
        let files = known.labelled();
        let mut columns = LabelFile::columns(&[&files[0], &files[1]], classes)?;
        let (truth, given) = (columns.remove(1), columns.remove(0));
        let memory = self.options.reconstruction.memory;
        let embeddings = match embedded {
            Some(embedded) => self.embeddings.open_at(embedded.embeddings(), Some(&files[0]), &self.form, memory)?,
            None => self.embeddings.open(Some(&files[0]), &self.form, memory)?,
        };
        check_count(&known.given, embeddings.path(), embeddings.shape().0, "embeddings")?;
        let embeddings = match known.rows.chosen() {
            Some(rows) => embeddings.with_rows(rows),
            None => embeddings,
        };
        check_classes(&given.labels, known.given.path())?;
        let errors = ErrorMask::between(&given.labels, &truth.labels)?;
        let mut read = Understood::of_pair(&files[0], &given, &embeddings)?;
        read.replace_embedded(embedded);
        read.left_out = known.rows.left_out();
        Ok(Inputs { embeddings, given, errors, read })
    }

    fn table<'a>(&self, inputs: &'a Inputs, rows: &'a [Row]) -> Table<'a> {
        let (samples, features) = inputs.embeddings.shape();
        Table {
            samples,
            features,
            classes: inputs.given.labels.class_count(),
            errors: inputs.errors.error_count(),
            methods: rows,
            seed: self.options.reconstruction.seed,
            version: env!("CARGO_PKG_VERSION"),
            read: &inputs.read,
        }
    }

    /// Prints every row once it is there, and gives them back.
    fn print_text(&self, inputs: &Inputs, rows: impl Iterator<Item = Row>) -> Result<Vec<Row>> {
        let mut out = stdout().lock();
        inputs.read.print(&mut out)?;
        let Table { samples, features, classes, errors, .. } = self.table(inputs, &[]);
        writeln!(out, "{samples} samples, {features} features, {classes} classes; {errors} label errors\n")?;
        let headings = ["AUROC", "AP", "F1", "best F1", "flagged", "seconds", "memory"];
        writeln!(out, "  {:<14}{}", "method", headings.map(|heading| format!("{heading:>9}")).concat())?;
        out.flush()?;
        let mut printed = Vec::new();
        for row in rows {
            writeln!(out, "  {:<14}{}", row.method, row.cells())?;
            out.flush()?;
            printed.push(row);
        }
        Ok(printed)
    }
}

/// The methods that need nothing but embeddings and labels, in the order of the table, and those that `options` equip.
fn comparable(options: &GivenOptions) -> Vec<&'static Entry> {
    METHODS.iter().filter(|method| method.name != "zero-shot" || options.has("class-texts")).collect()
}
