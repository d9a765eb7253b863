//! `mislabel slice`: some of the samples, by a query: how many, of what classes, how noisy, and which.

use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use mislabel::review::{Board, Distribution, Journal, Order, Query, Samples, Share, SliceNoise};
use serde::Serialize;

use crate::failure::{Failure, Result, one_line};
use crate::inputs::reviewed::{Reviewed, ReviewedOptions};
use crate::output::json::print_json;
use crate::output::rows::write_rows;
use crate::value_parsers::count_or_none;

const EXAMPLES: &str = "\
Examples:
  mislabel slice --labels labels.npy --issues issues.csv --where 'given = \"cat\" and quality < 0.2'
  mislabel slice --labels train.csv --embeddings train.npy --where 'flagged and camera = \"7\"' --out camera-7.csv
  mislabel slice --labels labels.npy --issues issues.csv --journal review.jsonl --where 'disputed or tag.blurry'

Conditions are joined by and, or, not, and parentheses. Fields: index, id, rank, given, suggested, quality, score,
flagged, unlabelled, confidence, path, text, every column of the tables; with --journal also decided, decision,
decided_label, reviewer, disputed, note, tag.NAME. A value with blanks stands in double quotes.";

/// What stands in a list for the label of a sample that has none, and for what nothing is known of.
const NO_LABEL: &str = "(no label)";
const NOTHING: &str = "-";

/// Classes and pairs that are listed.
const LISTED: usize = 12;

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Slice {
    #[command(flatten)]
    reviewed: ReviewedOptions,
    /// Which samples [default: all]
    #[arg(long = "where", value_name = "QUERY", default_value = "", hide_default_value = true)]
    query: String,
    /// Journal of a review, whose decisions, notes and tags the query may ask for
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// The order of the samples
    #[arg(long, value_name = "ORDER", default_value = "most-suspect")]
    order: OrderName,
    /// How many samples are listed
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = count_or_none, allow_negative_numbers = true)]
    count: usize,
    /// Where to write the table of the samples: .csv, .tsv, .jsonl or .parquet
    #[arg(long, alias = "output", value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print a summary as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OrderName {
    /// The most suspect label first
    MostSuspect,
    /// The least suspect label first
    LeastSuspect,
    /// As in the data
    Index,
    /// By given class
    Given,
    /// By suggested class
    Suggested,
    /// Those confused most often first
    Pair,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Summary<'a> {
    query: &'a str,
    of: usize,
    samples: usize,
    /// Samples without a label: these are in none of the counts below.
    unlabelled: usize,
    flagged: usize,
    noise: SliceNoise,
    given: BTreeMap<String, usize>,
    pairs: Vec<NamedPair>,
    /// Samples by label quality, in 20 parts of [0, 1] of equal width.
    quality: Vec<usize>,
    index: &'a [u32],
    out: Option<&'a Path>,
}

#[derive(Serialize)]
struct NamedPair {
    given: String,
    suggested: String,
    samples: usize,
}

impl Slice {
    pub(crate) fn run(&self) -> Result<()> {
        self.reviewed.check_table(self.out.as_deref(), self.journal.as_deref())?;
        let query = Query::parse(&self.query).map_err(asked)?;
        let reviewed = self.reviewed.read()?;
        let samples = &reviewed.samples;
        let board = board(self.journal.as_deref(), samples)?;
        let wanted = query.select(samples, &board).map_err(asked)?;
        let rows = self.order.order().rows(samples, &wanted);
        if let Some(out) = &self.out {
            write_rows(&reviewed, &board, &rows, None, out)?;
        }
        let Distribution { flagged, unlabelled, given, pairs, quality, .. } =
            Distribution::of(&rows, samples, usize::MAX);
        let name = |class: usize| samples.class_name(class).into_owned();
        let given = given.into_iter().enumerate().filter(|(_, count)| *count > 0);
        let summary = Summary {
            query: &self.query,
            of: samples.len(),
            samples: rows.len(),
            unlabelled,
            flagged,
            noise: SliceNoise::of(&rows, samples, &board),
            given: given.map(|(class, count)| (name(class), count)).collect(),
            pairs: pairs
                .into_iter()
                .map(|pair| NamedPair {
                    given: name(pair.given as usize),
                    suggested: name(pair.suggested as usize),
                    samples: pair.samples,
                })
                .collect(),
            quality,
            index: &rows,
            out: self.out.as_deref(),
        };
        if self.json { print_json(&summary) } else { self.print(&summary, &reviewed) }
    }

    fn print(&self, summary: &Summary<'_>, reviewed: &Reviewed) -> Result<()> {
        let mut out = stdout().lock();
        for note in &reviewed.notes {
            writeln!(out, "note: {}", one_line(note))?;
        }
        let asked = if self.query.trim().is_empty() { String::new() } else { format!(" where {}", self.query) };
        writeln!(out, "{} of {} samples{}", summary.samples, summary.of, one_line(&asked))?;
        if summary.unlabelled > 0 {
            writeln!(out, "\n  no label     {}", summary.unlabelled)?;
        }
        print_noise(&mut out, &summary.noise)?;
        print_counts(&mut out, summary)?;
        print_samples(&mut out, reviewed, summary.index, self.count, None)?;
        if let Some(path) = summary.out {
            writeln!(out, "\nWritten to {}", one_line(&path.display().to_string()))?;
        }
        Ok(out.flush()?)
    }
}

impl OrderName {
    fn order(self) -> Order {
        match self {
            Self::MostSuspect => Order::MostSuspect,
            Self::LeastSuspect => Order::LeastSuspect,
            Self::Index => Order::Index,
            Self::Given => Order::Given,
            Self::Suggested => Order::Suggested,
            Self::Pair => Order::Pair,
        }
    }
}

/// Where the review of `journal` stands; nothing decided without one.
pub(crate) fn board(journal: Option<&Path>, samples: &Samples) -> Result<Board> {
    match journal {
        Some(path) => Ok(Journal::read(path, samples.given_labels())?.board().clone()),
        None => Ok(Board::new(samples.given_labels())),
    }
}

/// A query that cannot be understood, in the words of the command line.
pub(crate) fn asked(error: mislabel::review::QueryError) -> Failure {
    Failure::Arguments(format!("--where: {error}"))
}

fn print_noise(out: &mut impl Write, noise: &SliceNoise) -> Result<()> {
    let percent = |share: f64| (100.0 * share).round();
    if let Some(Share { count, share, .. }) = noise.flagged {
        writeln!(out, "\n  flagged      {count} ({:.1}%)", 100.0 * share)?;
    }
    if let (Some(expected), Some(all)) = (noise.expected, noise.flagged) {
        let rate = expected / all.of as f64;
        writeln!(
            out,
            "  wrong        about {expected:.0} labels, a noise rate of {rate:.3}, by the probabilities of the method"
        )?;
    }
    if let Some(Share { count, of, share, low, high, .. }) = noise.decided {
        let (share, low, high) = (percent(share), percent(low), percent(high));
        writeln!(out, "  decided      {of}, of which {count} wrong ({share}%, 95%: {low} to {high}%)")?;
    }
    Ok(())
}

fn print_counts(out: &mut impl Write, summary: &Summary<'_>) -> Result<()> {
    let mut classes: Vec<(&String, &usize)> = summary.given.iter().collect();
    classes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let counted = classes.into_iter().map(|(name, count)| (one_line(name), *count)).collect();
    listed(out, "Given labels", counted)?;
    let pairs = summary.pairs.iter();
    let counted = pairs.map(|pair| (one_line(&format!("{} → {}", pair.given, pair.suggested)), pair.samples)).collect();
    listed(out, "Given → suggested", counted)
}

/// A heading and the counts below it.
fn listed(out: &mut impl Write, heading: &str, counts: Vec<(String, usize)>) -> Result<()> {
    if counts.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{heading}:\n")?;
    for (name, count) in counts.iter().take(LISTED) {
        writeln!(out, "  {count:>8}  {name}")?;
    }
    let more = counts.len().saturating_sub(LISTED);
    if more > 0 { Ok(writeln!(out, "            and {more} more")?) } else { Ok(()) }
}

/// The first `most` of the samples `rows`, with their similarities where there are some.
pub(crate) fn print_samples(
    out: &mut impl Write,
    reviewed: &Reviewed,
    rows: &[u32],
    most: usize,
    similarities: Option<&[f32]>,
) -> Result<()> {
    let samples = &reviewed.samples;
    let shown = &rows[..most.min(rows.len())];
    if shown.is_empty() {
        return Ok(());
    }
    let name = |class: usize| one_line(&samples.class_name(class));
    let given = |row: usize| samples.given(row).map_or_else(|| NO_LABEL.into(), name);
    let suggested = |row: usize| samples.suggested(row).map_or_else(|| NOTHING.into(), name);
    let names: Vec<[String; 2]> = shown.iter().map(|&row| [given(row as usize), suggested(row as usize)]).collect();
    let width = |place: usize| names.iter().map(|pair| pair[place].chars().count()).max().unwrap_or(0).clamp(9, 40);
    let (wide_given, wide_suggested) = (width(0), width(1));
    let measure = if similarities.is_some() { "similar" } else { "quality" };
    let id = if samples.ids().is_some() { "  id" } else { "" };
    writeln!(out, "\n  {:>8}  {:<wide_given$}  {:<wide_suggested$}  {measure}{id}", "index", "given", "suggested")?;
    for (&row, [given, suggested]) in shown.iter().zip(&names) {
        let value = similarities.map(|values| values[row as usize].into()).or(samples.quality(row as usize));
        let value = value.map_or_else(|| NOTHING.into(), |value: f64| format!("{value:.3}"));
        let id = one_line(samples.id(row as usize).unwrap_or(""));
        let line = format!("  {row:>8}  {given:<wide_given$}  {suggested:<wide_suggested$}  {value:>7}  {id}");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
