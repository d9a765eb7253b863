//! `mislabel app`: label issues looked at and decided on a local page.

use std::io::{Write as _, stdout};
use std::path::PathBuf;

use clap::Args;
use mislabel::app::{Evidence, PackedPictures};

use crate::failure::{Failure, Result, one_line};
use crate::inputs::embedded_files::EmbeddedFiles;
use crate::inputs::raw_samples::{LabelNeed, RawSamples};
use crate::inputs::reviewed::{Reviewed, ReviewedOptions};
use crate::session::serving::Serving;

const EXAMPLES: &str = "\
Examples:
  mislabel app --labels labels.npy --issues issues.csv --samples samples.csv --journal review.jsonl
  mislabel app --labels train.parquet --embeddings train.parquet --journal review.jsonl
  mislabel app --images photos/ --journal review.jsonl
  mislabel apply --labels labels.npy --journal review.jsonl --out labels-fixed.npy

What you see comes from the tables of labels and embeddings, or from --samples, a table of any kind: a path of an image
(relative to --root), or a text. An id names a sample; in --samples, a column index says which sample a row is of, unless
rows are in the order of the labels. All columns can be asked for on the page. Samples without a label are shown as such,
and can be given one. Every decision is on the disk before the page says that it is saved: stop and go on as you like.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
#[command(mut_arg("labels", |labels| labels.required(false).required_unless_present_any(["images", "texts"])))]
pub(crate) struct AppCommand {
    #[command(flatten)]
    reviewed: ReviewedOptions,
    #[command(flatten)]
    raw: RawSamples,
    /// Folder that the paths of the samples are relative to; no file outside it is shown [default: the folder of the table
    /// with the paths, or of the pictures]
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// File that decisions are saved in, taken up if it is there: .jsonl
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    #[command(flatten)]
    serving: Serving,
}

impl AppCommand {
    pub(crate) fn run(&self) -> Result<()> {
        let (reviewed, pictures) = self.read()?;
        let Reviewed { samples, embeddings, posterior, folder, notes, .. } = reviewed;
        let mut out = stdout().lock();
        for note in notes {
            writeln!(out, "note: {}", one_line(&note))?;
        }
        drop(out);
        let evidence = Evidence { embeddings: embeddings.map(|file| Box::new(file) as _), posterior, pictures };
        self.serving.run(samples, evidence, &self.journal, self.root.clone().unwrap_or(folder))
    }

    /// Reads everything. The server runs until the process is ended: nothing may be left in the folder of temporary files then.
    fn read(&self) -> Result<(Reviewed, Option<Box<dyn PackedPictures>>)> {
        let Some(embedded) = self.embedded()? else { return Ok((self.reviewed.read()?, None)) };
        let reviewed = self.reviewed.read_embedded(&embedded)?;
        #[cfg(feature = "embed")]
        return Ok((reviewed, embedded.packed().map(|packed| Box::new(packed) as _)));
        #[cfg(not(feature = "embed"))]
        Ok((reviewed, None))
    }

    /// The pictures or texts that stand in place of labels and embeddings, embedded.
    fn embedded(&self) -> Result<Option<EmbeddedFiles>> {
        if !self.raw.are_given() {
            return self.raw.without_model().map(|()| None);
        }
        if let Some(option) = self.reviewed.tables() {
            return Err(Failure::Arguments(format!(
                "{option}: --images and --texts bring labels, embeddings, and samples: leave it out"
            )));
        }
        let (labels, threads) = (&self.reviewed.labels, &self.reviewed.threads);
        let out = Some(self.journal.as_path());
        EmbeddedFiles::new(&self.raw, labels.key(), LabelNeed::Any, &labels.form, out, false, threads).map(Some)
    }
}
