//! `mislabel export`: label issues for an annotation tool or a dataset viewer.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use mislabel::interchange::{Classes, Format, Prediction, ReadOptions, SampleSet, WriteOptions, Written};
use mislabel::io::LabelFile;
use mislabel::review::{Order, Query};
use serde::Serialize;

use crate::commands::slice::{asked, board};
use crate::failure::{Failure, Result, one_line};
use crate::inputs::files::{has_extension, same_file};
use crate::inputs::reviewed::{NamedLabels, Reviewed};
use crate::output::json::print_json;
use crate::value_parsers::{count, count_or_none};

const EXAMPLES: &str = "\
Examples:
  mislabel export --format label-studio --issues issues.csv --samples samples.csv \\
      --media-root images --flagged --out tasks
  mislabel export --format fiftyone --issues issues.csv --samples samples.csv --out dataset
  mislabel export --format scale --issues issues.csv --samples samples.csv --most 6000 --calibration 50 --out batches
  mislabel export --format label-studio --labels labels.npy --issues issues.csv --samples samples.csv \\
      --journal review.jsonl --where 'disputed or decision = unsure' --out second-look

--samples is a table with a row for every sample: index, id, and path or text; further columns travel along. With
--also NAME=FILE the issues of another method are its predictions, and import says how precise each method was. With
--labels the samples are those of a review: --journal adds what was decided, --where takes some of them.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Export {
    /// The format
    #[arg(long, value_name = "NAME", value_parser = format_parser())]
    format: Format,
    #[command(flatten)]
    sent: Sent,
    /// Where to write: a folder for fiftyone, label-studio, imagefolder, datumaro, labelbox, scale; else a file
    #[arg(long, alias = "output", value_name = "PATH")]
    out: PathBuf,
    /// Only samples that the query takes, as in `mislabel slice`
    #[arg(long = "where", value_name = "QUERY", requires = "labels")]
    query: Option<String>,
    /// Only flagged samples
    #[arg(long)]
    flagged: bool,
    /// Only so many samples, the most suspect
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    most: Option<usize>,
    /// Name of the dataset, project or batch
    #[arg(long, value_name = "NAME", default_value = "mislabel")]
    name: String,
    /// Leave out what methods say, so that reviewers are not led
    #[arg(long)]
    blind: bool,
    /// Folder that the paths are relative to
    #[arg(long, value_name = "FOLDER")]
    media_root: Option<PathBuf>,
    /// What stands before the relative path to make an address
    #[arg(long, value_name = "TEXT")]
    address_prefix: Option<String>,
    /// Samples in one file or batch at most
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    batch: Option<usize>,
    /// Samples of a calibration batch of its own, drawn at random (scale)
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = count_or_none, allow_negative_numbers = true)]
    calibration: usize,
    /// Seed of that draw
    #[arg(long, value_name = "N", default_value_t = 51)]
    seed: u64,
    /// Print a summary as JSON
    #[arg(long)]
    json: bool,
}

/// The samples of an export.
#[derive(Args)]
pub(crate) struct Sent {
    /// Table of label issues, as detect writes it: .csv, .tsv, .jsonl or .parquet
    #[arg(long, value_name = "FILE")]
    pub(crate) issues: Option<PathBuf>,
    /// Table of the samples: index, id, path or text
    #[arg(long, value_name = "FILE")]
    pub(crate) samples: Option<PathBuf>,
    /// Name of the method of the issues
    #[arg(long, value_name = "NAME", default_value = "mislabel")]
    pub(crate) method: String,
    /// Issues of another method; repeat for more
    #[arg(long, value_name = "NAME=FILE", value_parser = named_file)]
    pub(crate) also: Vec<(String, PathBuf)>,
    /// Journal of a review of --labels, as `mislabel app` writes it
    #[arg(long, value_name = "FILE", requires = "labels")]
    pub(crate) journal: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) labels: NamedLabels,
}

/// Samples that are sent, with what a review knows of them where there is one.
pub(crate) struct Outgoing {
    pub(crate) samples: SampleSet,
    pub(crate) notes: Vec<String>,
    pub(crate) review: Option<Reviewed>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Summary<'a> {
    format: &'static str,
    samples: usize,
    files: &'a [PathBuf],
    notes: &'a [String],
}

/// Parses the name of a format.
pub(crate) fn format_parser() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|name| name.parse::<Format>())
}

fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => Ok((name.into(), file.into())),
        _ => Err("it must be NAME=FILE".into()),
    }
}

impl Sent {
    /// The files that are read.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        let also = self.also.iter().map(|(_, file)| file);
        let own = [&self.issues, &self.samples, &self.journal].into_iter().flatten().chain(also).map(PathBuf::as_path);
        own.chain(self.labels.path()).chain(self.labels.form.paths())
    }

    /// The classes, if they were named.
    pub(crate) fn classes(&self) -> Result<Option<Classes>> {
        let Some(names) = self.labels.form.names()? else { return Ok(None) };
        Ok(Some(Classes::new(names.as_slice())?))
    }

    /// The samples that a query takes, with the decisions on them, or all without decisions; and what to know about the reading.
    /// `None` without labels and tables.
    pub(crate) fn read(&self, query: Option<&str>) -> Result<Option<Outgoing>> {
        let review = self.labels.reviewed(self.issues.as_deref(), self.samples.as_deref())?;
        let Some(review) = review else {
            let read = self.read_tables()?;
            return Ok(read.map(|(samples, notes)| Outgoing { samples, notes, review: None }));
        };
        // Without a query what comes back is asked for, and the journal may be still to be made.
        let board = board(self.journal.as_deref().filter(|_| query.is_some()), &review.samples)?;
        let wanted = Query::parse(query.unwrap_or("")).and_then(|query| query.select(&review.samples, &board));
        let rows = Order::Index.rows(&review.samples, &wanted.map_err(asked)?);
        let mut samples = SampleSet::of_review(&review.samples, &board, &rows)?.with_method(&self.method);
        if self.issues.is_none() {
            samples = samples.without_suggestions();
        }
        let options = ReadOptions { classes: Some(samples.classes().clone()), ..ReadOptions::default() };
        for (name, path) in &self.also {
            samples = with_predictions(samples, name, &Format::Table.read(path, &options)?.samples)?;
        }
        Ok(Some(Outgoing { samples, notes: review.notes.clone(), review: Some(review) }))
    }

    /// The classes in the order in which the table of the samples declares them, as Hugging Face's do, where it has all `met`.
    fn declared(&self, met: &Classes) -> Option<Classes> {
        let path = self.samples.as_ref().filter(|path| has_extension(path, &["parquet", "arrow"]))?;
        let file = LabelFile::read(path, &self.labels.form.choice()).ok()?;
        let declared = Classes::new(file.named_classes()?.as_slice()).ok()?;
        met.names().iter().all(|name| declared.index(name).is_some()).then_some(declared)
    }

    fn read_tables(&self) -> Result<Option<(SampleSet, Vec<String>)>> {
        let options = ReadOptions { classes: self.classes()?, ..ReadOptions::default() };
        let Some(path) = self.issues.as_ref().or(self.samples.as_ref()) else { return Ok(None) };
        let mut issues = Format::Table.read(path, &options)?;
        if let Some(classes) = self.declared(issues.samples.classes()).filter(|_| options.classes.is_none()) {
            issues = Format::Table.read(path, &ReadOptions { classes: Some(classes), ..ReadOptions::default() })?;
        }
        let (mut samples, notes) = (issues.samples.with_method(&self.method), issues.notes);
        let options = ReadOptions { classes: Some(samples.classes().clone()), ..options };
        if let Some(path) = self.samples.as_ref().filter(|_| self.issues.is_some()) {
            samples = samples.with_details(&Format::Table.read(path, &options)?.samples)?;
        }
        for (name, path) in &self.also {
            samples = with_predictions(samples, name, &Format::Table.read(path, &options)?.samples)?;
        }
        Ok(Some((samples, notes)))
    }
}

/// The samples with the suggestions and flags of another method as its predictions.
fn with_predictions(set: SampleSet, name: &str, other: &SampleSet) -> Result<SampleSet> {
    let method = set.method().to_owned();
    let (classes, mut samples, _) = set.into_parts();
    let by_index: std::collections::HashMap<_, _> = other.samples().iter().map(|s| (s.index, s)).collect();
    for sample in &mut samples {
        let Some(found) = by_index.get(&sample.index) else { continue };
        let Some(label) = found.suggested else { continue };
        let mut prediction = Prediction::new(name, label);
        prediction.flagged = found.flagged;
        sample.predictions.push(prediction);
    }
    Ok(SampleSet::new(classes, samples)?.with_method(method))
}

impl Export {
    pub(crate) fn run(&self) -> Result<()> {
        self.check_out()?;
        let Some(Outgoing { samples, mut notes, .. }) = self.sent.read(Some(self.query.as_deref().unwrap_or("")))?
        else {
            return Err(Failure::Arguments("nothing to export: give --issues, --samples, or both".into()));
        };
        let samples = samples.filtered(|sample| !self.flagged || sample.flagged == Some(true));
        // cleanlab's table stands in the order of the data.
        let samples = if self.format == Format::Cleanlab { samples } else { samples.ranked() };
        let samples = samples.first(self.most.unwrap_or(usize::MAX));
        if samples.is_empty() {
            let reason = match (&self.query, self.flagged) {
                (Some(query), _) => format!("--where '{query}' takes no sample"),
                (None, true) => "no sample is flagged".into(),
                (None, false) => "there is no sample".into(),
            };
            return Err(Failure::Arguments(format!("nothing to export: {reason}")));
        }
        let Written { files, notes: more, .. } = self.format.write(&samples, &self.out, &self.options())?;
        notes.extend(more);
        let summary = Summary { format: self.format.name(), samples: samples.len(), files: &files, notes: &notes };
        if self.json { print_json(&summary) } else { summary.print(&self.out) }
    }

    /// The samples that are read must not be lost.
    fn check_out(&self) -> Result<()> {
        match self.sent.paths().find(|input| same_file(&self.out, input)) {
            Some(_) => {
                let reason = "is an input of the command and would be overwritten".into();
                Err(Failure::Output { path: self.out.clone(), reason })
            }
            None => Ok(()),
        }
    }

    fn options(&self) -> WriteOptions {
        WriteOptions {
            name: self.name.clone(),
            suggestions: !self.blind,
            media_root: self.media_root.clone(),
            address_prefix: self.address_prefix.clone(),
            batch: self.batch,
            calibration: self.calibration,
            seed: self.seed,
        }
    }
}

impl Summary<'_> {
    fn print(&self, path: &Path) -> Result<()> {
        let mut out = stdout().lock();
        let path = one_line(&path.display().to_string());
        writeln!(out, "{path}: {} samples for {}, in {} files", self.samples, self.format, self.files.len())?;
        for note in self.notes {
            writeln!(out, "note: {}", one_line(note))?;
        }
        Ok(out.flush()?)
    }
}
