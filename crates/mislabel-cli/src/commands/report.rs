//! `mislabel report`: the label issues of a dataset, as a page to look at.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use clap::Args;
use mislabel::core::Run;
use mislabel::methods::Dataset;
use mislabel::report::{Exhibit, Input, Origin, ReportOptions, ReportPage};

use crate::commands::detect::{Detect, Judged};
use crate::failure::{Failure, Result, one_line};
use crate::inputs::shown::ShownOptions;
use crate::options::given::GivenOptions;
use crate::output::output_file::check_output;
use crate::session::progress_bar::progress;
use crate::value_parsers::count_or_none;

const EXAMPLES: &str = "\
Examples:
  mislabel report --embeddings embeddings.npy --labels labels.npy --out report.html
  mislabel report --method posterior --interval --embeddings embeddings.npy --labels labels.npy \\
      --images photos/ --out report.html --figures figures/
  mislabel report --embeddings pixels.npy --pixels 28x28 --labels labels.npy --out report.html

The page is one file that opens from disk and asks nothing of the network. It takes the options of detect.";

/// Bytes beyond which a page is large to mail and slow to open.
const LARGE: u64 = 25_000_000;

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Report {
    #[command(flatten)]
    detect: Detect,
    /// Write the figures as .svg files and the values as report.json to this folder, too
    #[arg(long, value_name = "FOLDER")]
    figures: Option<PathBuf>,
    /// How many of the most suspect samples the page shows
    #[arg(long, value_name = "N", default_value_t = ReportOptions::default().top, value_parser = count_or_none, allow_negative_numbers = true)]
    top: usize,
    /// The title of the page
    #[arg(long, value_name = "TEXT", default_value = "Label report")]
    title: String,
    #[command(flatten)]
    shown: ShownOptions,
}

impl Report {
    pub(crate) fn run(&self, options: &GivenOptions) -> Result<()> {
        let out = self.detect.out();
        let inputs: Vec<&Path> = self.detect.inputs().into_iter().chain(self.shown.paths()).collect();
        check_output(out, &["html"], &inputs)?;
        if self.detect.embeds() && self.shown.table().is_some() {
            return Err(Failure::Arguments("--samples is of no use where --images or --texts are embedded".into()));
        }
        self.detect.judged(options, |judged| {
            let is_shown = self.shown.table().is_some() || self.detect.raw.are_given();
            if judged.inputs.leaves_out() && is_shown {
                return Err(Failure::Arguments(
                    "--samples, --images and --texts are of no use where --id leaves samples out".into(),
                ));
            }
            let partial = &judged.inputs.partial;
            let mut shown = match judged.embedded {
                Some(embedded) => embedded.shown(),
                None => self.shown.read(&self.detect.raw, partial.len())?,
            };
            let mut ids = None;
            if judged.embedded.is_none() && !judged.inputs.leaves_out() {
                let form = self.detect.label_form();
                let (table, folder, notes) = judged.inputs.sample_table(form, self.shown.table())?;
                notes.iter().for_each(|note| self.note(note));
                shown = self.shown.or_table(&self.detect.raw, shown, &table, &folder);
                ids = table.ids().cloned();
            }
            let shown = shown.selected(partial.rows());
            let seed = self.detect.seed();
            let options = ReportOptions {
                title: self.title.clone(),
                top: self.top,
                seed: seed.unwrap_or(0),
                ..ReportOptions::default()
            };
            let progress = progress(self.detect.is_quiet());
            let run = Run::quiet().with_progress(&*progress);
            let origin =
                Origin { seed, inputs: self.inputs(judged), reading: Some(self.reading(judged)?), ..origin()? };
            let report = &judged.report.report;
            let page = |data: &Dataset<'_>| Ok(ReportPage::new(report, data, &shown.samples(), &options, origin, &run));
            let page = self.detect.threads().run(|| Ok(judged.data.judged(page)??))?;
            drop(progress);
            let of_table = ids.as_ref().map(|ids| partial.rows().iter().map(|row| ids.get(*row as usize)).collect());
            let names: Option<Vec<&str>> = judged.inputs.names().or(of_table);
            let page = page.called(&judged.inputs.numbers(), names.as_deref());
            written(&page, out, self.figures.as_deref(), self.detect.is_quiet())
        })
    }

    fn note(&self, note: &str) {
        if !self.detect.is_quiet() {
            // The page is as good without the note.
            let _ = writeln!(std::io::stderr(), "note: {}", one_line(note));
        }
    }

    /// What was read as what, as `detect` prints it.
    fn reading(&self, judged: &Judged<'_>) -> Result<String> {
        let mut text = Vec::new();
        self.detect.understood(judged)?.print(&mut text)?;
        Ok(String::from_utf8_lossy(&text).trim_end().into())
    }

    /// What was read, and as what.
    fn inputs(&self, judged: &Judged<'_>) -> Vec<Input> {
        let input = |role: &str, path: &Path, read_as: String| Input {
            role: role.into(),
            path: path.display().to_string(),
            read_as,
        };
        let labels = &judged.inputs.given.labels;
        let mut inputs = vec![input(
            "labels",
            self.detect.labels_path(),
            format!("{} labels of {} classes", counted(labels.len()), counted(labels.class_count())),
        )];
        if let (Some(source), Some(path)) = (judged.embeddings, self.detect.embeddings_path()) {
            let (n, d) = source.shape();
            inputs.insert(0, input("embeddings", path, format!("{} rows of {} numbers", counted(n), counted(d))));
        }
        let others = self.detect.inputs().into_iter();
        let known: Vec<String> = inputs.iter().map(|input| input.path.clone()).collect();
        let others = others.filter(|path| !known.contains(&path.display().to_string()));
        inputs.extend(others.map(|path| input(role(path, self), path, "see the command".into())));
        inputs
    }
}

/// A number as the page writes it.
fn counted(number: usize) -> String {
    let digits = number.to_string();
    let places = digits.char_indices().map(|(place, digit)| match (digits.len() - place) % 3 {
        0 if place > 0 => format!(",{digit}"),
        _ => digit.to_string(),
    });
    places.collect()
}

/// What a file is that is neither embeddings nor labels.
fn role(path: &Path, report: &Report) -> &'static str {
    if report.detect.raw.paths().any(|shown| shown == path) { "what samples show" } else { "further input" }
}

/// Writes the page and its figures, and says where.
pub(crate) fn written(page: &ReportPage, out: &Path, figures: Option<&Path>, quiet: bool) -> Result<()> {
    page.write_html(out)?;
    if let Some(note) = missing_pictures(page).filter(|_| !quiet) {
        // The page says so, too.
        let _ = writeln!(std::io::stderr(), "note: {}", one_line(&note));
    }
    if let Some(folder) = figures {
        page.write_figures(folder)?;
    }
    let about = fs::metadata(out).map_err(|cause| Failure::Output { path: out.into(), reason: cause.to_string() })?;
    let bytes = about.len();
    if bytes > LARGE {
        // The page is as good without the note.
        let _ = writeln!(
            std::io::stderr(),
            "note: the page has {:.0} MB: with a smaller --top it opens sooner",
            bytes as f64 / 1e6
        );
    }
    if quiet {
        return Ok(());
    }
    let mut stdout = stdout().lock();
    writeln!(stdout, "Written to {} ({:.1} MB)", one_line(&out.display().to_string()), bytes as f64 / 1e6)?;
    if let Some(folder) = figures {
        writeln!(stdout, "Figures and values in {}", one_line(&folder.display().to_string()))?;
    }
    Ok(())
}

/// How many pictures of the page are missing, and why the first is; `None` where none is.
fn missing_pictures(page: &ReportPage) -> Option<String> {
    let suspects = page.suspects.iter().map(|suspect| (suspect.sample, &suspect.exhibit));
    let others = page.exhibits.iter().map(|(sample, exhibit)| (*sample as usize, exhibit));
    let exhibits: BTreeMap<usize, &Exhibit> = others.chain(suspects).collect();
    let mut missing = exhibits.iter().filter_map(|(sample, exhibit)| Some((sample, exhibit.missing.as_ref()?)));
    let (sample, reason) = missing.next()?;
    let (count, shown) = (1 + missing.count(), exhibits.len());
    let told = match count == shown {
        true => format!("not one of {shown} pictures can be shown"),
        false => format!("{count} of {shown} pictures cannot be shown"),
    };
    Some(format!("{told}; that of sample {sample}: {reason}"))
}

/// The command line and the time, of which SOURCE_DATE_EPOCH is an agreed one.
pub(crate) fn origin() -> Result<Origin> {
    let command = command_line(std::env::args_os().skip(1));
    Ok(Origin { command: Some(command), made: Some(made()?), ..Origin::default() })
}

fn made() -> Result<String> {
    let name = "SOURCE_DATE_EPOCH";
    let seconds = match std::env::var(name) {
        Ok(text) => text.parse::<i64>().map_err(|cause| Failure::Arguments(format!("{name} is {text:?}: {cause}")))?,
        Err(_) => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64),
    };
    let time = DateTime::from_timestamp(seconds, 0);
    let time = time.ok_or_else(|| Failure::Arguments(format!("{name} is {seconds}, no second of a calendar")))?;
    Ok(time.format("%Y-%m-%d %H:%M UTC").to_string())
}

/// The command as a shell takes it, without the number of threads, on which nothing depends.
fn command_line(arguments: impl Iterator<Item = OsString>) -> String {
    let mut words = vec!["mislabel".to_owned()];
    let mut arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--threads" => drop(arguments.next()),
            other if other.starts_with("--threads=") => {}
            other => words.push(quoted(other)),
        }
    }
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./=,:@%+".contains(character);
    if !word.is_empty() && word.chars().all(plain) { word.into() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_pasted_into_a_shell_and_says_nothing_of_threads() {
        let words = ["report", "--threads", "4", "--labels", "my labels.csv", "--title", "it's", "--threads=2", ""];
        let line = command_line(words.into_iter().map(Into::into));
        assert_eq!(line, "mislabel report --labels 'my labels.csv' --title 'it'\\''s' ''");
    }
}
