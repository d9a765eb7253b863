//! `mislabel app`: label issues looked at and decided on a local page.

use std::io::{Write as _, stdout};
use std::path::PathBuf;

use clap::Args;
use mislabel::app::Evidence;

use crate::failure::{Result, one_line};
use crate::inputs::reviewed::{Reviewed, ReviewedOptions};
use crate::session::serving::Serving;

const EXAMPLES: &str = "\
Examples:
  mislabel app --labels labels.npy --issues issues.csv --samples samples.csv --journal review.jsonl
  mislabel app --labels train.parquet --embeddings train.parquet --journal review.jsonl
  mislabel apply --labels labels.npy --journal review.jsonl --out labels-fixed.npy

What you see comes from the tables of labels and embeddings, or from --samples, a table of any kind: a path of an image
(relative to --root), or a text. An id names a sample; in --samples, a column index says which sample a row is of, unless
rows are in the order of the labels. All columns can be asked for on the page. Every decision is on the disk before the
page says that it is saved: stop and go on as you like.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct AppCommand {
    #[command(flatten)]
    reviewed: ReviewedOptions,
    /// Folder that the paths of the samples are relative to; no file outside it is shown [default: the folder of the table
    /// with the paths]
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
        let Reviewed { samples, embeddings, posterior, folder, notes, .. } = self.reviewed.read()?;
        let mut out = stdout().lock();
        for note in notes {
            writeln!(out, "note: {}", one_line(&note))?;
        }
        drop(out);
        let evidence = Evidence { embeddings: embeddings.map(|file| Box::new(file) as _), posterior };
        self.serving.run(samples, evidence, &self.journal, self.root.clone().unwrap_or(folder))
    }
}
