//! `mislabel demo`: errors put into digits, and found.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use mislabel::core::{Embeddings, ErrorMask, Labels, NoiseModel as _, Run};
use mislabel::datasets::{Dataset as Digits, digits};
use mislabel::methods::{Dataset, Report, detect};
use mislabel::metrics::Evaluation;
use mislabel::noise::Symmetric;
use mislabel::report::{Input, Origin, PixelForm, ReportOptions, ReportPage, Samples};

use crate::commands::report::{origin, written};
use crate::failure::Result;
use crate::output::output_file::check_output;
use crate::output::picture::{Charset, Figure, side_by_side};
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;
use crate::value_parsers::{seed, share};

const EXAMPLES: &str = "\
Examples:
  mislabel demo
  mislabel demo --rate 0.3 --seed 7
  mislabel demo --report digits.html
  mislabel demo --app";

/// The default of `detect`.
const METHOD: &str = "posterior";
/// Most ink of a pixel of the digits.
const MOST_INK: f32 = 16.0;
/// Digits shown: two lines of four fit on 80 columns.
const SHOWN: usize = 8;
const PER_LINE: usize = 4;

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Demo {
    #[command(flatten)]
    threads: Threads,
    /// Share of the labels to make wrong
    #[arg(long, value_name = "R", default_value_t = 0.1, value_parser = share, allow_negative_numbers = true)]
    rate: f64,
    /// Seed of the wrong labels
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    seed: u64,
    #[cfg(feature = "app")]
    #[command(flatten)]
    app: crate::commands::demo_app::DemoApp,
    /// Write a page to look at, too: the digits with what the method says of them
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

impl Demo {
    pub(crate) fn run(&self) -> Result<()> {
        if let Some(path) = &self.report {
            check_output(path, &["html"], &[])?;
        }
        let digits = digits();
        let noisy = Symmetric { rate: self.rate, ..Symmetric::default() }.corrupt(&digits.labels, self.seed)?;
        #[cfg(feature = "app")]
        if self.app.app {
            let name = format!("mislabel-demo-{}-{}.jsonl", self.rate, self.seed);
            return self.app.run(digits, noisy.given, &name, &self.threads);
        }
        let start = Instant::now();
        let embeddings = Embeddings::new(digits.embeddings.view())?;
        let data = Dataset::new(&noisy.given).with_embeddings(&embeddings)?;
        let progress = progress(false);
        let run = Run::quiet().with_progress(&*progress);
        let report = self.threads.run(|| Ok(detect(METHOD, &data, &run)?))?;
        drop(progress);
        let seconds = start.elapsed().as_secs_f64();
        let mut out = stdout().lock();
        figures(&mut out, &report, &noisy.errors, seconds)?;
        pictures(&mut out, &digits, &noisy.given, &report)?;
        drop(out);
        self.report.as_deref().map_or(Ok(()), |path| self.page(path, &digits, &data, &report))
    }

    /// Writes the page.
    fn page(&self, path: &Path, digits: &Digits, data: &Dataset<'_>, report: &Report) -> Result<()> {
        let (height, width) = digits.image_shape;
        let samples = Samples { pixels: Some(PixelForm { height, width, ink: MOST_INK }), ..Samples::default() };
        let title = format!("{} handwritten digits, some labeled wrong on purpose", data.len());
        let options = ReportOptions { title, ..ReportOptions::default() };
        let origin = Origin { seed: Some(0), inputs: vec![embedded(self.rate)], ..origin()? };
        let run = Run::quiet();
        let page = self.threads.run(|| Ok(ReportPage::new(report, data, &samples, &options, origin, &run)?))?;
        written(&page, path, None, false)
    }
}

/// The digits as an input of the page.
fn embedded(rate: f64) -> Input {
    Input {
        role: "embeddings and labels".into(),
        path: "the digits in mislabel-datasets".into(),
        read_as: format!("8 × 8 pixels; {:.0}% of the labels replaced at random", 100.0 * rate),
    }
}

/// What was found, against the truth.
fn figures(out: &mut impl Write, report: &Report, errors: &ErrorMask, seconds: f64) -> Result<()> {
    let evaluation = Evaluation::new(&report.issues, errors)?;
    let (n, wrong, flagged) = (errors.len(), errors.error_count(), report.issues.flagged());
    writeln!(out, "{n} handwritten digits, {wrong} given a wrong label at random; found in {seconds:.2} s.\n")?;
    writeln!(out, "  flagged             {flagged}")?;
    let estimated = report.noise_rate.map_or("undefined".into(), |rate| format!("{rate:.3}"));
    writeln!(out, "  noise rate          {estimated} estimated, {:.3} true", errors.rate())?;
    let rows = [
        ("AUROC", &evaluation.auroc),
        ("average precision", &evaluation.average_precision),
        ("F1 of the flags", &evaluation.f1),
        ("best possible F1", &evaluation.best_f1),
    ];
    for (name, measured) in rows {
        writeln!(out, "  {name:<19} {measured:.3}")?;
    }
    Ok(())
}

/// The most suspect digits.
fn pictures(out: &mut impl Write, digits: &Digits, given: &Labels, report: &Report) -> Result<()> {
    let charset = Charset::of_locale();
    let arrow = charset.arrow();
    writeln!(out, "\nThe most suspect digits: given label {arrow} suggested label (true label)\n")?;
    let worst = report.issues.quality().ranking();
    for line in worst[..SHOWN.min(worst.len())].chunks(PER_LINE) {
        let images: Vec<_> = line.iter().map(|&row| digits.image(row)).collect();
        let caption = |row: usize| {
            let [given, suggested, truth] = [given, report.issues.suggested(), &digits.labels].map(|l| l.class(row));
            format!("{given} {arrow} {suggested} ({truth})  #{row}")
        };
        let figures =
            images.iter().zip(line).map(|(image, &row)| Figure { image: image.view(), caption: caption(row) });
        for text in side_by_side(&figures.collect::<Vec<_>>(), MOST_INK, charset) {
            writeln!(out, "  {text}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
