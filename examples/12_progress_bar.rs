//! A progress bar for any method: one fraction over all of its stages.
//!
//! Every method of the table lists its stages with their shares of the time; an observer makes one fraction of them, and
//! indicatif draws it. Draws a bar for each of three methods (on a terminal), and prints how the fraction moved.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use mislabel::core::{Standing, overall_progress};
use mislabel::methods::{Dataset, Entry};
use mislabel::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let digits = mislabel::datasets::digits();
    let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
    let embeddings = Embeddings::new(digits.embeddings.view())?;
    let data = Dataset::new(&noisy.given).with_embeddings(&embeddings)?;

    for name in ["rer", "posterior", "confident"] {
        let entry = Entry::named(name)?;
        let bar = ProgressBar::new(1000).with_style(ProgressStyle::with_template("{msg:>32} [{bar:40}] {percent}%")?);
        let reports = AtomicUsize::new(0);
        let progress = overall_progress(entry.stages(), |standing: Standing| {
            reports.fetch_add(1, Ordering::Relaxed);
            bar.set_message(standing.stage);
            bar.set_position((1000.0 * standing.fraction) as u64);
            ControlFlow::Continue(()) // Break cancels the method
        });
        let report = entry.seeded(0).report(&data, &Run::quiet().with_progress(&progress))?;
        bar.finish_and_clear();
        let stages: Vec<&str> = entry.stages().iter().map(|stage| stage.name).collect();
        println!(
            "{name}: {} flagged, after {} reports of: {}",
            report.issues.flagged(),
            reports.into_inner(),
            stages.join(", ")
        );
    }
    Ok(())
}
