//! `mislabel similar`: samples like others, refined by more examples and by counter-examples, and kept as a tag.

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use mislabel::core::Run;
use mislabel::review::{Action, Examples, Journal, Query};
use serde::Serialize;

use crate::commands::slice::{asked, board, print_samples};
use crate::failure::{Failure, Result, one_line};
use crate::inputs::reviewed::{Reviewed, ReviewedOptions};
use crate::output::json::print_json;
use crate::output::rows::write_rows;
use crate::session::progress_bar::progress;
use crate::session::reviewer::reviewer;
use crate::value_parsers::count;

const EXAMPLES: &str = "\
Examples:
  mislabel similar --labels labels.npy --embeddings embeddings.npy --to 17,99
  mislabel similar --labels labels.npy --embeddings embeddings.npy --to 17,99,204 --not 5,61 --count 200 --out night.csv
  mislabel similar --labels labels.npy --embeddings embeddings.npy --to 17,99 --not 5 \\
      --journal review.jsonl --tag night
  mislabel similar --labels labels.npy --embeddings embeddings.npy --journal review.jsonl --to-tag night --not 5,61

Look at what is found, name more examples and counter-examples, and search again. A similarity is a cosine: 1 is the
direction of the examples, below 0 a sample is rather like the counter-examples. With --tag the found samples get a tag
in the journal: the page and queries ask for it by tag.NAME.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Similar {
    #[command(flatten)]
    reviewed: ReviewedOptions,
    /// Samples that are examples, by index
    #[arg(long, value_name = "INDEX,...", value_delimiter = ',', required_unless_present = "to_tag")]
    to: Vec<u32>,
    /// Samples that are not meant, by index
    #[arg(long = "not", value_name = "INDEX,...", value_delimiter = ',')]
    unlike: Vec<u32>,
    /// Samples with this tag are examples, too
    #[arg(long, value_name = "TAG", requires = "journal")]
    to_tag: Option<String>,
    /// Only among these samples
    #[arg(long = "where", value_name = "QUERY", default_value = "", hide_default_value = true)]
    query: String,
    /// How many samples to find
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = count, allow_negative_numbers = true)]
    count: usize,
    /// Only samples of this similarity or more
    #[arg(long, value_name = "S", default_value_t = 0.0, allow_negative_numbers = true)]
    least: f32,
    /// Journal of a review, with its tags and decisions
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Put this tag on the samples that are found, in the journal
    #[arg(long, value_name = "TAG", requires = "journal")]
    tag: Option<String>,
    /// Name under which the tag is put on [default: the name of the user]
    #[arg(long, value_name = "NAME", requires = "tag")]
    reviewer: Option<String>,
    /// Where to write the table of the samples: .csv, .tsv, .jsonl or .parquet
    #[arg(long, alias = "output", value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print a summary as JSON
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Summary<'a> {
    like: Vec<u32>,
    unlike: Vec<u32>,
    index: &'a [u32],
    similarity: Vec<f32>,
    tag: Option<&'a str>,
    out: Option<&'a Path>,
}

impl Similar {
    pub(crate) fn run(&self) -> Result<()> {
        self.reviewed.check_table(self.out.as_deref(), self.journal.as_deref())?;
        let query = Query::parse(&self.query).map_err(asked)?;
        let reviewed = self.reviewed.read_unjudged()?;
        let Some(embeddings) = &reviewed.embeddings else {
            return Err(Failure::Arguments("samples are compared by --embeddings".into()));
        };
        // A tag may begin a journal.
        let journal = self.journal.as_deref().filter(|path| self.tag.is_none() || path.exists());
        let board = board(journal, &reviewed.samples)?;
        let mut examples = match &self.to_tag {
            Some(tag) if board.tag(tag).is_none_or(|rows| rows.is_empty()) => {
                return Err(Failure::Arguments(format!("--to-tag {tag}: no sample has this tag")));
            }
            Some(tag) => Examples::of_tag(&board, tag),
            None => Examples::default(),
        };
        examples.add(&self.to);
        examples.add_counter(&self.unlike);
        let progress = progress(self.json);
        let run = Run::quiet().with_progress(&*progress);
        let similarity = self.reviewed.threads.run(|| Ok(examples.search(embeddings, &run)?))?;
        drop(progress);
        let wanted = query.select(&reviewed.samples, &board).map_err(asked)?;
        let scores = similarity.scores();
        let rows = similarity.best(self.count, |row| wanted[row as usize] && scores[row as usize] >= self.least);
        if let Some(out) = &self.out {
            write_rows(&reviewed, &board, &rows, Some(scores), out)?;
        }
        self.put_tag(&reviewed, &rows)?;
        let summary = Summary {
            like: examples.like(),
            unlike: examples.unlike(),
            similarity: rows.iter().map(|&row| scores[row as usize]).collect(),
            index: &rows,
            tag: self.tag.as_deref(),
            out: self.out.as_deref(),
        };
        if self.json { print_json(&summary) } else { self.print(&summary, &reviewed, scores) }
    }

    fn put_tag(&self, reviewed: &Reviewed, rows: &[u32]) -> Result<()> {
        let (Some(tag), Some(path)) = (&self.tag, &self.journal) else { return Ok(()) };
        if rows.is_empty() {
            return Ok(());
        }
        let mut journal = Journal::open(path, reviewed.samples.given_labels())?;
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let action = Action::Tag { tag: tag.clone(), rows: rows.to_vec(), on: true };
        journal.write(&format!("similar-{moment:x}"), &reviewer(self.reviewer.as_deref()), vec![action])?;
        Ok(())
    }

    fn print(&self, summary: &Summary<'_>, reviewed: &Reviewed, scores: &[f32]) -> Result<()> {
        let mut out = stdout().lock();
        for note in &reviewed.notes {
            writeln!(out, "note: {}", one_line(note))?;
        }
        let (like, unlike) = (summary.like.len(), summary.unlike.len());
        writeln!(out, "{} samples, by {like} examples and {unlike} counter-examples", summary.index.len())?;
        print_samples(&mut out, reviewed, summary.index, self.count, Some(scores))?;
        if let (Some(tag), Some(path)) = (summary.tag, &self.journal) {
            let path = one_line(&path.display().to_string());
            writeln!(out, "\nThey have the tag {} now, in {path}: undo takes it back on the page", one_line(tag))?;
        }
        if let Some(path) = summary.out {
            writeln!(out, "\nWritten to {}", one_line(&path.display().to_string()))?;
        }
        Ok(out.flush()?)
    }
}
