//! `mislabel export`: label issues for an annotation tool or a dataset viewer.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use mislabel::interchange::{Classes, Format, Prediction, ReadOptions, SampleSet, WriteOptions, Written};
use mislabel::io::ClassNames;
use serde::Serialize;

use crate::failure::{Failure, Result, one_line};
use crate::inputs::files::same_file;
use crate::output::json::print_json;
use crate::value_parsers::{count, count_or_none};

const EXAMPLES: &str = "\
Examples:
  mislabel export --format label-studio --issues issues.csv --samples samples.csv \\
      --media-root images --flagged --out tasks
  mislabel export --format fiftyone --issues issues.csv --samples samples.csv --out dataset
  mislabel export --format scale --issues issues.csv --samples samples.csv --most 6000 --calibration 50 --out batches

--samples is a table with a row for every sample: index, id, and path or text; further columns travel along. With
--also NAME=FILE the issues of another method are its predictions, and import says how precise each method was.";

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
    /// Text file of class names, one a line, in the order of their indices
    #[arg(long, value_name = "FILE")]
    pub(crate) class_names: Option<PathBuf>,
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
        [&self.issues, &self.samples, &self.class_names].into_iter().flatten().chain(also).map(PathBuf::as_path)
    }

    /// The classes, if they were named.
    pub(crate) fn classes(&self) -> Result<Option<Classes>> {
        let Some(path) = &self.class_names else { return Ok(None) };
        Ok(Some(Classes::new(ClassNames::read(path)?.as_slice())?))
    }

    /// The samples, and what to know about the reading; `None` without a table.
    pub(crate) fn read(&self) -> Result<Option<(SampleSet, Vec<String>)>> {
        let options = ReadOptions { classes: self.classes()?, ..ReadOptions::default() };
        let Some(path) = self.issues.as_ref().or(self.samples.as_ref()) else { return Ok(None) };
        let issues = Format::Table.read(path, &options)?;
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
        let Some((samples, mut notes)) = self.sent.read()? else {
            return Err(Failure::Arguments("nothing to export: give --issues, --samples, or both".into()));
        };
        let samples = samples.filtered(|sample| !self.flagged || sample.flagged == Some(true));
        // cleanlab's table stands in the order of the data.
        let samples = if self.format == Format::Cleanlab { samples } else { samples.ranked() };
        let samples = samples.first(self.most.unwrap_or(usize::MAX));
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
