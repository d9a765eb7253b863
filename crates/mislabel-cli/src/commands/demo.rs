//! `mislabel demo`: errors put into digits, and found.

use std::io::stdout;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use mislabel::core::{Embeddings, Run};
use mislabel::demo::{MOST_INK, NoisyDigits, describe};
use mislabel::methods::{Dataset, Method as _, Report};
use mislabel::posterior::SoftLinearPosterior;
use mislabel::report::{Input, Origin, PixelForm, ReportOptions, ReportPage, Samples};

use crate::commands::report::{origin, written};
use crate::failure::Result;
use crate::output::output_file::check_output;
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;
use crate::value_parsers::{seed, share};

const EXAMPLES: &str = "\
Examples:
  mislabel demo
  mislabel demo --rate 0.3 --seed 7
  mislabel demo --report digits.html
  mislabel demo --app";

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
        let demo = mislabel::demo::Demo { rate: self.rate, seed: self.seed }.data()?;
        #[cfg(feature = "app")]
        if self.app.app {
            let name = format!("mislabel-demo-{}-{}.jsonl", self.rate, self.seed);
            return self.app.run(demo.digits, demo.noisy.given, &name, &self.threads);
        }
        let start = Instant::now();
        let progress = progress(false);
        let run = Run::quiet().with_progress(&*progress);
        let embeddings = Embeddings::new(demo.digits.embeddings.view())?;
        let data = Dataset::new(&demo.noisy.given).with_embeddings(&embeddings)?;
        let report = self.threads.run(|| Ok(SoftLinearPosterior::default().report(&data, &run)?))?;
        drop(progress);
        let seconds = start.elapsed().as_secs_f64();
        describe(&mut stdout().lock(), &demo, &report.issues, report.noise_rate, seconds)?;
        self.report.as_deref().map_or(Ok(()), |path| self.page(path, &demo, &data, &report))
    }

    /// Writes the page.
    fn page(&self, path: &Path, demo: &NoisyDigits, data: &Dataset<'_>, report: &Report) -> Result<()> {
        let (height, width) = demo.digits.image_shape;
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
