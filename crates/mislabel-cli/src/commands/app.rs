//! `mislabel app`: label issues looked at and decided on a local page.

use std::path::PathBuf;

use clap::Args;
use mislabel::app::Evidence;
use mislabel::core::{LabelIssues, Run};
use mislabel::io::{EmbeddingFile, IssueTable, LabelColumn, ReadOptions};
use mislabel::methods::{Dataset, PosteriorMethod};
use mislabel::review::{SampleTable, Samples};

use crate::failure::{Failure, Result};
use crate::inputs::embedded_files::{EmbeddedFiles, LabelNeed};
use crate::inputs::files::{GivenLabels, check_pair};
use crate::inputs::raw_samples::RawSamples;
use crate::session::progress_bar::progress;
use crate::session::serving::Serving;
use crate::session::threads::Threads;

const EXAMPLES: &str = "\
Examples:
  mislabel app --labels labels.npy --issues issues.csv --samples samples.csv --journal review.jsonl
  mislabel app --labels labels.npy --embeddings embeddings.npy --samples samples.csv --journal review.jsonl
  mislabel app --images photos/ --journal review.jsonl
  mislabel apply --labels labels.npy --journal review.jsonl --out labels-fixed.npy

The table of samples has a header line. A column path (of an image, relative to --root) or text is what you see; id
names a sample; index says which sample a row is of, unless rows are in the order of the labels. All columns can be
asked for on the page. Every decision is on the disk before the page says that it is saved: stop and go on as you like.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
#[command(mut_arg("labels", |labels| labels.required(false).required_unless_present_any(["images", "texts"])))]
pub(crate) struct AppCommand {
    #[command(flatten)]
    labels: GivenLabels,
    #[command(flatten)]
    raw: RawSamples,
    /// Table of label issues as `mislabel detect` writes it; without one, the method posterior judges the labels
    #[arg(long, value_name = "FILE", required_unless_present_any = ["embeddings", "images", "texts"])]
    issues: Option<PathBuf>,
    /// Embeddings, one row per sample: to search similar samples, and to judge the labels where there is no --issues
    #[arg(long, value_name = "FILE")]
    embeddings: Option<PathBuf>,
    /// Table of the samples: .csv or .tsv
    #[arg(long, value_name = "FILE")]
    samples: Option<PathBuf>,
    /// Folder that the paths of the samples are relative to; no file outside it is shown [default: the folder of --samples]
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// File that decisions are saved in, taken up if it is there: .jsonl
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    serving: Serving,
}

impl AppCommand {
    pub(crate) fn run(&self) -> Result<()> {
        let embedded = self.embedded()?;
        let place = embedded.as_ref().map_or_else(|| self.labels.place(), EmbeddedFiles::labels);
        let form = &self.labels.form;
        let given = match &embedded {
            Some(embedded) => form.read_with(place, embedded.unlabelled(form))?,
            None => form.read(place)?,
        };
        let given = given.column(&form.classes()?)?;
        let embeddings = embedded.as_ref().map(EmbeddedFiles::embeddings).or(self.embeddings.as_deref());
        let embeddings = embeddings.map(|path| {
            let file = EmbeddingFile::open(path, &ReadOptions::default().within(None))?;
            check_pair(&file, &given, place.path)?;
            Ok::<_, Failure>(file)
        });
        let embeddings = embeddings.transpose()?;
        let (issues, mut evidence) = self.judged(&given, embeddings.as_ref())?;
        evidence.embeddings = embeddings.map(|file| Box::new(file) as _);
        let mut samples = Samples::new(given.labels, issues)?;
        let table = embedded.as_ref().map(EmbeddedFiles::text_table).transpose()?;
        if let Some(path) = table.as_ref().or(self.samples.as_ref()) {
            samples = SampleTable::read(path)?.join(samples)?;
        }
        let root = embedded.as_ref().map_or_else(|| self.root(), EmbeddedFiles::root);
        // The server runs until the process is ended: nothing may be left in the folder of temporary files then.
        drop(embedded);
        self.serving.run(samples, evidence, &self.journal, root)
    }

    /// The pictures or texts that stand in place of labels and embeddings, embedded.
    fn embedded(&self) -> Result<Option<EmbeddedFiles>> {
        if !self.raw.are_given() {
            return Ok(None);
        }
        if self.labels.place_if_given().is_some() || self.embeddings.is_some() || self.samples.is_some() {
            return Err(Failure::Arguments(
                "--images and --texts bring labels, embeddings, and samples: leave --labels, --embeddings, --samples out"
                    .into(),
            ));
        }
        let (label, form) = (self.labels.key(), &self.labels.form);
        let out = Some(self.journal.as_path());
        EmbeddedFiles::new(&self.raw, label, LabelNeed::All, form, out, false, &self.threads).map(Some)
    }

    /// The issues of the table, or those of the posterior with the posterior itself.
    fn judged(&self, given: &LabelColumn, embeddings: Option<&EmbeddingFile>) -> Result<(LabelIssues, Evidence)> {
        let mut evidence = Evidence::default();
        if let Some(path) = &self.issues {
            let issues = IssueTable::read(path)?.label_issues(given);
            return Ok((issues.map_err(|cause| Failure::Table { path: path.clone(), cause })?, evidence));
        }
        let embeddings = embeddings.ok_or_else(|| Failure::Arguments("app needs --issues or --embeddings".into()))?;
        let data = Dataset::new(&given.labels).with_embeddings(embeddings)?;
        let progress = progress(false);
        let run = Run::quiet().with_progress(&*progress);
        let posterior = self.threads.run(|| Ok(PosteriorMethod::default().fitted(&data, &run)?.posterior))?;
        let issues = posterior.issues(posterior.default_rule())?;
        evidence.posterior = Some(posterior);
        Ok((issues, evidence))
    }

    fn root(&self) -> PathBuf {
        let of_samples = || self.samples.as_ref().and_then(|path| path.parent()).map(PathBuf::from);
        let root = self.root.clone().or_else(of_samples).unwrap_or_default();
        if root.as_os_str().is_empty() { PathBuf::from(".") } else { root }
    }
}
