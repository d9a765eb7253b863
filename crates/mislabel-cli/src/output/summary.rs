//! What `detect` says of a dataset, for people and as JSON.

use std::io::{Write, stdout};
use std::path::Path;

use mislabel::core::{LabelIssues, VerifiedLabels};
use mislabel::io::LabelColumn;
use mislabel::methods::{Report, Sampled};
use mislabel::posterior::NoiseRateInterval;
use serde::Serialize;

use crate::failure::{Result, one_line};
use crate::output::explanations::{ExplanationRow, MemberRow};
use crate::output::json::PerClass;
use crate::output::understanding::Understood;

/// How many of the most suspect samples a summary lists.
const LISTED: usize = 10;

/// An interval of the noise rate wider than this leaves open whether a few labels are wrong or many.
const UNCERTAIN: f64 = 0.1;

/// What `--json` prints; `null` for what the method does not say.
#[derive(Serialize)]
pub(crate) struct Summary<'a> {
    #[serde(rename = "n")]
    pub(crate) samples: usize,
    #[serde(rename = "d")]
    pub(crate) features: Option<usize>,
    #[serde(rename = "k")]
    pub(crate) classes: usize,
    pub(crate) flagged: usize,
    pub(crate) noise_rate: Option<f64>,
    pub(crate) noise_rate_standard_error: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sampling: Option<Sampled>,
    /// How many of the flags are right, as a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) precision: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) precision_standard_error: Option<f64>,
    pub(crate) threshold: Option<f64>,
    #[serde(rename = "dataset_difficulty")]
    pub(crate) difficulty: Option<f64>,
    #[serde(rename = "class_difficulties")]
    pub(crate) class_difficulty: PerClass<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) neighbor_recall: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) neighbor_recall_standard_error: Option<f64>,
    pub(crate) seconds: f64,
    pub(crate) method: &'static str,
    /// `None` where a file of parameters has the seeds.
    pub(crate) seed: Option<u64>,
    pub(crate) version: &'static str,
    pub(crate) out: &'a Path,
    /// What was read as what.
    pub(crate) read: Understood,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) members: Vec<MemberRow<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) explanations: Vec<ExplanationRow<'a>>,
}

/// What is printed of samples beside what the method says.
pub(crate) struct Listing<'a> {
    pub(crate) given: &'a LabelColumn,
    /// The numbers of the samples in the file of labels.
    pub(crate) numbers: &'a [usize],
    /// What they are called there.
    pub(crate) names: Option<Vec<&'a str>>,
    pub(crate) verified: Option<&'a VerifiedLabels>,
}

/// Prints the summary for people.
pub(crate) fn print_text(summary: &Summary<'_>, report: &Report, listing: &Listing<'_>) -> Result<()> {
    let mut out = stdout().lock();
    summary.read.print(&mut out)?;
    let Summary { samples, classes, flagged, seconds, method, .. } = summary;
    let features = summary.features.map_or(String::new(), |features| format!("{features} features, "));
    writeln!(out, "{samples} samples, {features}{classes} classes; method {method}, {seconds:.2} s\n")?;
    let share = 100.0 * *flagged as f64 / *samples as f64;
    let rule = summary.threshold.map_or(String::new(), |threshold| format!(", score above {threshold:.3}"));
    let right = report.precision.map_or(String::new(), |precision| {
        let (low, high) = percent_between(precision.interval());
        format!(", of which about {:.0}% are wrong (95%: {low:.0} to {high:.0}%)", 100.0 * precision.value())
    });
    writeln!(out, "  flagged      {flagged} ({share:.1}%){rule}{right}")?;
    match (report.noise_interval, summary.noise_rate) {
        (Some(interval), _) => print_wrong(&mut out, interval, *samples)?,
        (None, Some(rate)) => print_noise_rate(&mut out, rate, summary.sampling)?,
        (None, None) => {}
    }
    if let Some(search) = summary.sampling.and_then(|sampling| sampling.search()) {
        writeln!(out, "  search       {search}")?;
    }
    if let Some(recall) = report.recall {
        writeln!(out, "  neighbors    found approximately, recall {recall}")?;
    }
    if let Some(difficulty) = summary.difficulty {
        writeln!(out, "  difficulty   {difficulty:.3}")?;
    }
    for MemberRow { name, weight, mean_agreement } in &summary.members {
        let agreement = match summary.members.len() {
            1 => String::new(),
            _ => format!(", mean agreement {mean_agreement:.2}"),
        };
        writeln!(out, "  {name:<13} weight {weight:.2}{agreement}")?;
    }
    print_most_suspect(&mut out, &report.issues, listing)?;
    print_next(&mut out, report, listing.verified.is_some())?;
    writeln!(out, "\nWritten to {}", one_line(&summary.out.display().to_string()))?;
    Ok(out.flush()?)
}

/// How many labels are probably wrong, with an interval.
fn print_wrong(out: &mut impl Write, interval: NoiseRateInterval, samples: usize) -> Result<()> {
    let (low, high) = interval.bounds();
    let [wrong, low, high] = [interval.rate(), low, high].map(|rate| (rate * samples as f64).round());
    writeln!(out, "  wrong        about {wrong} labels (95%: {low} to {high}), a noise rate of {interval}")?;
    Ok(())
}

/// Shares as percent, within 0 and 100.
fn percent_between((low, high): (f64, f64)) -> (f64, f64) {
    (100.0 * low.max(0.0), 100.0 * high.min(1.0))
}

/// What to do with the table.
fn print_next(out: &mut impl Write, report: &Report, verified: bool) -> Result<()> {
    let Some(interval) = report.noise_interval.filter(|_| report.method == "posterior") else { return Ok(()) };
    let (low, high) = interval.bounds();
    writeln!(out, "\nNext:")?;
    if !verified && high - low > UNCERTAIN {
        writeln!(
            out,
            "  How many labels are wrong is uncertain here, as with errors of people on samples between classes."
        )?;
        writeln!(
            out,
            "  Verify 50 labels first: mislabel review --count 50 … writes them, detect --verified … learns of them."
        )?;
    } else if !verified {
        writeln!(
            out,
            "  mislabel review …              which 50 labels to look up so that the numbers above become sure"
        )?;
    } else {
        writeln!(out, "  mislabel review --verified …   which labels to look up next")?;
    }
    writeln!(out, "  mislabel detect --budget 100 … the 100 labels to look at, if that is all there is time for")?;
    writeln!(out, "  mislabel detect --precision 0.9 …  as many flags as leave nine of ten of them right")?;
    Ok(())
}

/// The estimate, and what a sample of the rows leaves uncertain of it.
fn print_noise_rate(out: &mut impl Write, rate: f64, sampling: Option<Sampled>) -> Result<()> {
    match sampling.and_then(|sampling| Some((sampling, sampling.noise_rate_standard_error?))) {
        Some((sampling, error)) => writeln!(out, "  noise rate   {rate:.3} ± {error:.4}, estimated from {sampling}")?,
        None => writeln!(out, "  noise rate   {rate:.3}, estimated")?,
    }
    Ok(())
}

fn print_most_suspect(out: &mut impl Write, issues: &LabelIssues, listing: &Listing<'_>) -> Result<()> {
    let given = listing.given;
    let mut ranking = issues.quality().ranking();
    // What is verified is no longer suspected.
    ranking.retain(|row| listing.verified.is_none_or(|verified| verified.of(*row).is_none()));
    let name = |class: usize| one_line(&given.labels.class_name(class));
    let listed = &ranking[..LISTED.min(ranking.len())];
    let names: Vec<_> =
        listed.iter().map(|&row| [given.labels.class(row), issues.suggested().class(row)].map(name)).collect();
    let width = |column: usize| names.iter().map(|pair| pair[column].chars().count()).max().unwrap_or(0).max(9);
    let (wide_given, wide_suggested) = (width(0), width(1));
    writeln!(out, "\nThe most suspect samples:\n")?;
    let heading = if listing.names.is_some() { "      id" } else { "" };
    writeln!(
        out,
        "  {:>8}  {:<wide_given$}  {:<wide_suggested$}  quality  score{heading}",
        "index", "given", "suggested"
    )?;
    for (&row, [given, suggested]) in listed.iter().zip(&names) {
        let (quality, score) = (issues.quality().as_slice()[row], issues.score()[row]);
        let (index, id) = (listing.numbers[row], listing.names.as_ref().map_or("", |names| names[row]));
        let line = format!(
            "  {index:>8}  {given:<wide_given$}  {suggested:<wide_suggested$}  {quality:>7.3}  {score:<9.3}  {}",
            one_line(id)
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
