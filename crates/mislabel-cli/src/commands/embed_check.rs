//! `mislabel embed --check`: what embedding will be like, before it begins.

use std::io::{Write as _, stdout};
use std::time::Instant;

use mislabel::core::EmbeddingSource as _;
use mislabel::embed::{Entry, Source, Storage};
use mislabel::io::ReadOptions;

use crate::failure::{Result, one_line};
use crate::inputs::embedder::Chosen;
use crate::inputs::embedding::{EmbeddedSamples, found};
use crate::inputs::raw_samples::RawSamples;
use crate::output::skipped::tell;
use crate::session::threads::Threads;
use crate::subprocess::peak_memory;

/// Pictures for a thread: one batch.
const PICTURES: usize = 8;
/// Texts for a thread: a few, since only those of equal length share a batch.
const TEXTS: usize = 128;

/// Embeds a few of the samples that `raw` names, keeps nothing, and prints what all will take.
pub(crate) fn trial(raw: &RawSamples, label: Option<&str>, choice: &ReadOptions, threads: &Threads) -> Result<()> {
    let mut found = found(raw, label, choice)?;
    let total = counted(&*found.source)?;
    let cores = threads.run(|| Ok(rayon::current_num_threads()))?;
    let wanted = cores * if found.is_text { TEXTS } else { PICTURES };
    found.source = Box::new(EveryNth { source: found.source, every: total.div_ceil(wanted).max(1) });
    let start = Instant::now();
    let chosen = Chosen::new(&raw.embedding, found.is_text)?;
    let loading = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let storage = Storage::Temporary(std::env::temp_dir());
    let samples = found.embedded(&chosen, &raw.embedding, &storage, true, threads)?;
    let trial = Trial { total, cores, loading, seconds: start.elapsed().as_secs_f64() };
    tell(&samples);
    trial.print(&samples)
}

/// Every so many samples of a source.
struct EveryNth {
    source: Box<dyn Source>,
    every: usize,
}

impl Source for EveryNth {
    fn entries(&self, each: &mut dyn FnMut(Entry) -> mislabel::embed::Result<()>) -> mislabel::embed::Result<()> {
        let mut number = 0;
        self.source.entries(&mut |entry| {
            number += 1;
            if (number - 1) % self.every == 0 { each(entry) } else { Ok(()) }
        })
    }

    fn notes(&self) -> Vec<String> {
        self.source.notes()
    }
}

/// The number of samples, which some sources know without reading them.
fn counted(source: &dyn Source) -> Result<usize> {
    if let Some(count) = source.count() {
        return Ok(count);
    }
    let mut count = 0;
    source.entries(&mut |_| {
        count += 1;
        Ok(())
    })?;
    Ok(count)
}

struct Trial {
    /// All samples.
    total: usize,
    cores: usize,
    /// Seconds until the model was there.
    loading: f64,
    /// Seconds for those that were tried.
    seconds: f64,
}

impl Trial {
    fn print(&self, samples: &EmbeddedSamples) -> Result<()> {
        let mut out = stdout().lock();
        let (_, d) = samples.embedded.shape();
        // Equal samples are embedded once.
        let (computed, total) = (samples.embedded.computed(), self.total);
        writeln!(out, "Tried: {} of {total}", samples.found())?;
        for note in &samples.notes {
            writeln!(out, "  note         {}", one_line(note))?;
        }
        for line in samples.worth() {
            writeln!(out, "  {}", one_line(&line))?;
        }
        let rate = computed as f64 / self.seconds.max(1e-3);
        let all = duration(self.loading + total as f64 / rate.max(1e-9));
        writeln!(out, "\n{d} numbers a row; {rate:.1} samples a second on {} threads", self.cores)?;
        writeln!(out, "All {total}: about {all}, and {:.1} MB of rows", (4 * d * total) as f64 / 1e6)?;
        if let Some(bytes) = peak_memory() {
            writeln!(out, "Memory so far: {:.0} MB at most; more samples need hardly more", bytes as f64 / 1e6)?;
        }
        Ok(out.flush()?)
    }
}

/// Seconds as one says them.
fn duration(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 90.0 => format!("{seconds:.0} s"),
        seconds if seconds < 5400.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3600.0),
    }
}
