//! From samples to rows, some at a time.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use mislabel_core::{Run, Stage};
use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use crate::embedder::{Embedder, Prepared, Sample};
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::rows::embedded::{Embedded, EmbeddedSample};
use crate::rows::options::EmbedOptions;
use crate::rows::store::{RowStore, Storage, check_folder, key};
use crate::samples::entry::{Content, Entry, Source};
use crate::samples::skipped::{Skip, SkipReason, Skipped};

/// Batches for a thread that are prepared before the embedder sees the first of them, at least.
const BATCHES: usize = 2;
/// Bytes of files that are read before their rows are computed.
const BYTES: u64 = 64 << 20;

/// Embeds the samples of `source` and keeps the rows in `storage`.
///
/// Samples are read and prepared on all threads of the pool, some batches at a time; what they take of memory does not grow with
/// their number, but for their names and texts. Contents that are equal are embedded once; those whose row an earlier run has kept,
/// not at all. A sample that cannot be embedded is [`skipped`](Embedded::skipped). Rows are the same bits on any number of threads.
///
/// # Errors
/// [`Error::NoSamples`] where none has a row, [`Error::TooManyBad`], [`Error::NotFinite`], and whatever keeps samples from being
/// listed, or rows from being kept.
pub fn embed(
    source: &dyn Source,
    embedder: &dyn Embedder,
    storage: &Storage,
    options: &EmbedOptions,
    run: &Run<'_>,
) -> Result<Embedded> {
    let (Storage::Folder(folder) | Storage::Temporary(folder)) = storage;
    check_folder(folder)?;
    let identity = identity(embedder, options);
    let store = RowStore::open(storage, &identity, embedder.dimension())?;
    let total = source.count().unwrap_or(0);
    let mut work = Work {
        embedder,
        options,
        store,
        stage: run.stage("embedding", total),
        total,
        samples: Vec::new(),
        skipped: Vec::new(),
        failed: HashMap::new(),
        computed: 0,
    };
    let ahead = embedder.ahead().max(BATCHES * rayon::current_num_threads() * embedder.batch_size());
    let (mut chunk, mut bytes) = (Vec::new(), 0);
    source.entries(&mut |entry| {
        bytes += entry.content.size();
        chunk.push(entry);
        if chunk.len() < ahead && bytes < BYTES {
            return Ok(());
        }
        bytes = 0;
        work.chunk(std::mem::take(&mut chunk))
    })?;
    work.chunk(chunk)?;
    work.finished(identity)
}

/// The identity of `embedder` with that of the decoder before it.
fn identity(embedder: &dyn Embedder, options: &EmbedOptions) -> Identity {
    #[cfg(feature = "images")]
    let identity = embedder.identity().with("decoding", options.decoding.settings());
    #[cfg(not(feature = "images"))]
    let (identity, _) = (embedder.identity(), options);
    identity
}

/// `error` with the name of the sample in place of its content's.
fn named(error: Error, outcomes: &[Result<EmbeddedSample, Skipped>]) -> Error {
    match error {
        Error::NotFinite { embedder, sample, column, value } => {
            let mut samples = outcomes.iter().flatten();
            let found = samples.find(|one| format!("{:032x}", one.content) == sample);
            let sample = found.map_or(sample, |found| found.name.clone());
            Error::NotFinite { embedder, sample, column, value }
        }
        other => other,
    }
}

/// The work as far as it is done.
struct Work<'a> {
    embedder: &'a dyn Embedder,
    options: &'a EmbedOptions,
    store: RowStore,
    stage: Stage<'a>,
    total: usize,
    samples: Vec<EmbeddedSample>,
    skipped: Vec<Skipped>,
    /// Contents that cannot be embedded.
    failed: HashMap<u128, Skip>,
    computed: usize,
}

/// The rows of a batch, or why there are none.
type BatchRows = Result<Array2<f32>, String>;

/// A sample that was read, and prepared unless its row is known or another sample's too.
struct Reading {
    sample: EmbeddedSample,
    prepared: Option<Prepared>,
}

impl Work<'_> {
    fn chunk(&mut self, entries: Vec<Entry>) -> Result<()> {
        let claimed = Mutex::new(HashSet::new());
        let seen = self.samples.len() + self.skipped.len();
        let read = |(place, entry): (usize, Entry)| {
            let (name, label) = (entry.name.clone(), entry.label.clone());
            let read = self.read(seen + place, entry, &claimed);
            self.stage.advance(1)?;
            Ok::<_, Error>(read.map_err(|(content, skip)| (content, Skipped { name, label, skip })))
        };
        let readings: Vec<Result<Reading, (Option<u128>, Skipped)>> =
            entries.into_par_iter().enumerate().map(read).collect::<Result<_>>()?;
        let mut wanted = Vec::new();
        let mut outcomes = Vec::with_capacity(readings.len());
        for reading in readings {
            match reading {
                Ok(Reading { sample, prepared }) => {
                    wanted.extend(prepared.map(|prepared| (sample.content, prepared)));
                    outcomes.push(Ok(sample));
                }
                Err((content, skipped)) => {
                    self.failed.extend(content.map(|content| (content, skipped.skip.clone())));
                    outcomes.push(Err(skipped));
                }
            }
        }
        self.rows(wanted).map_err(|error| named(error, &outcomes))?;
        for outcome in outcomes {
            self.settle(outcome);
        }
        // Whether a share is too great shows when the whole is known.
        if self.total > 0 { self.check_bad() } else { Ok(()) }
    }

    /// Puts a sample where it belongs: among those with a row, or among the others.
    fn settle(&mut self, outcome: Result<EmbeddedSample, Skipped>) {
        match outcome {
            Ok(sample) => match self.failed.get(&sample.content) {
                Some(skip) => {
                    self.skipped.push(Skipped { name: sample.name, label: sample.label, skip: skip.clone() });
                }
                None => self.samples.push(sample),
            },
            Err(skipped) => self.skipped.push(skipped),
        }
    }

    /// Reads and prepares the sample with this `number`. `claimed` are the contents of this chunk that a sample was prepared for.
    fn read(
        &self,
        number: usize,
        entry: Entry,
        claimed: &Mutex<HashSet<u128>>,
    ) -> Result<Reading, (Option<u128>, Skip)> {
        let Entry { name, label, split, content } = entry;
        let is_text = matches!(content, Content::Text(_));
        let bytes = content.read().map_err(|skip| (None, skip))?;
        let content = key(&bytes);
        let size = if is_text { None } else { self.size(&bytes) };
        let text = is_text.then(|| String::from_utf8_lossy(&bytes).into_owned());
        let sample = EmbeddedSample { number, name, label, split, content, size, text };
        let is_known = self.store.has(content)
            || self.failed.contains_key(&content)
            || !claimed.lock().unwrap_or_else(PoisonError::into_inner).insert(content);
        if is_known {
            return Ok(Reading { sample, prepared: None });
        }
        let failed = |skip| (Some(content), skip);
        let decoded = match &sample.text {
            Some(text) if text.trim().is_empty() => {
                Err(Skip::new(SkipReason::EmptyText, "the text has no visible character"))
            }
            Some(text) => Ok(Sample::Text(text.clone())),
            None => self.decoded(&bytes),
        };
        let prepared = self.embedder.prepare(&decoded.map_err(failed)?).map_err(failed)?;
        Ok(Reading { sample, prepared: Some(prepared) })
    }

    #[cfg(feature = "images")]
    fn decoded(&self, bytes: &[u8]) -> Result<Sample, Skip> {
        self.options.decoding.picture(bytes).map(Sample::Picture)
    }

    #[cfg(not(feature = "images"))]
    fn decoded(&self, _: &[u8]) -> Result<Sample, Skip> {
        let _ = self.options;
        Err(Skip::new(SkipReason::Refused, "this program was built without the feature images of mislabel-embed"))
    }

    #[cfg(feature = "images")]
    fn size(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        self.options.decoding.size(bytes)
    }

    #[cfg(not(feature = "images"))]
    fn size(&self, _: &[u8]) -> Option<(usize, usize)> {
        None
    }

    /// Computes and keeps the rows of `wanted`, contents and what was prepared of them, in batches of one group.
    fn rows(&mut self, mut wanted: Vec<(u128, Prepared)>) -> Result<()> {
        wanted.sort_by_key(|(_, prepared)| prepared.group());
        let (contents, prepared): (Vec<u128>, Vec<Prepared>) = wanted.into_iter().unzip();
        let groups = prepared.chunk_by(|one, other| one.group() == other.group());
        let batches: Vec<&[Prepared]> =
            groups.flat_map(|group| group.chunks(self.embedder.batch_size().max(1))).collect();
        let mut start = 0;
        for (batch, rows) in batches.iter().zip(self.computed(&batches)?) {
            self.settle_batch(&contents[start..start + batch.len()], batch, rows)?;
            start += batch.len();
        }
        Ok(())
    }

    /// The rows of `batches`, which all threads of the pool take one after the other, the last ones first: these take the longest.
    ///
    /// The threads are none of the pool: one of it that waited for the embedder would begin another batch meanwhile.
    fn computed(&self, batches: &[&[Prepared]]) -> Result<Vec<BatchRows>> {
        let left = AtomicUsize::new(batches.len());
        let take = |number: usize| number.checked_sub(1);
        let work = || {
            let mut done = Vec::new();
            while let Ok(number) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
                self.stage.advance(0)?;
                done.push((number - 1, self.computed_rows(batches[number - 1])));
            }
            Ok::<_, Error>(done)
        };
        let threads = rayon::current_num_threads().min(batches.len());
        let done: Vec<Result<Vec<(usize, BatchRows)>>> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
        });
        let mut done: Vec<_> = done.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        done.sort_unstable_by_key(|(number, _)| *number);
        Ok(done.into_iter().map(|(_, rows)| rows).collect())
    }

    /// Keeps the rows of one batch; where there are none, of each of its samples alone.
    fn settle_batch(&mut self, contents: &[u128], batch: &[Prepared], rows: BatchRows) -> Result<()> {
        match (rows, batch.len()) {
            (Ok(rows), _) => contents.iter().zip(rows.outer_iter()).try_for_each(|(key, row)| self.keep(*key, row)),
            (Err(problem), 1) => {
                self.failed.insert(contents[0], Skip::new(SkipReason::Refused, problem));
                Ok(())
            }
            (Err(_), _) => (0..batch.len()).try_for_each(|one| {
                self.stage.advance(0)?;
                let alone = &batch[one..=one];
                self.settle_batch(&contents[one..=one], alone, self.computed_rows(alone))
            }),
        }
    }

    fn computed_rows(&self, batch: &[Prepared]) -> BatchRows {
        let mut rows = Array2::zeros((batch.len(), self.embedder.dimension()));
        // All that an embedder could leave in disorder is dropped with the batch.
        let done = catch_unwind(AssertUnwindSafe(|| self.embedder.embed(batch, rows.view_mut())));
        match done {
            Ok(Ok(())) => Ok(rows),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the embedder stopped at its contradictions".into()),
        }
    }

    fn keep(&mut self, content: u128, row: ArrayView1<'_, f32>) -> Result<()> {
        if let Some(column) = row.iter().position(|value| !value.is_finite()) {
            let embedder = self.embedder.identity().name().to_owned();
            let sample = format!("{content:032x}");
            return Err(Error::NotFinite { embedder, sample, column, value: row[column] });
        }
        self.computed += 1;
        self.store.add(content, row.to_vec())
    }

    /// Refuses to go on when more samples are bad than may be, out of all that there are.
    fn check_bad(&self) -> Result<()> {
        let (bad, seen) = (self.skipped.len(), self.samples.len() + self.skipped.len());
        let samples = self.total.max(seen);
        match self.skipped.first() {
            Some(first) if bad as f64 > self.options.most_bad * samples as f64 => {
                Err(Error::TooManyBad { bad, samples, limit: self.options.most_bad, first: first.clone() })
            }
            _ => Ok(()),
        }
    }

    fn finished(mut self, identity: Identity) -> Result<Embedded> {
        self.store.flush()?;
        self.check_bad()?;
        let Self { samples, skipped, computed, store, .. } = self;
        match samples.is_empty() {
            true => Err(Error::NoSamples { path: "the samples".into(), problem: "none can be embedded".into() }),
            false => Ok(Embedded { identity, samples, skipped, computed, store }),
        }
    }
}
