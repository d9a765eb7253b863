//! All classes' errors of all rows, on one device or several, the rows streaming from the host.

use mislabel_core::{EmbeddingSource, Labels, Run, Stage};
use mislabel_reconstruct::{BlockSummary, ClassRow, ScoredRows, Scorer};
use ndarray::ArrayViewMut2;
use rayon::prelude::*;

use crate::device::buffer::{DeviceBuffer, PinnedBuffer};
use crate::device::cuda::Cuda;
use crate::error::{Error, Result};
use crate::products::precision::TensorPrecision;
use crate::products::rows::{self, Planes};
use crate::products::shape::{ROWS, padded};
use crate::scoring::class_scores::{self, Scores};
use crate::scoring::class_table::{ClassColumns, ClassTable};

/// Blocks of threads that each multiprocessor works through per block of rows: enough for the last ones, with idle
/// neighbors, not to count.
const WAVES: usize = 4;

/// Most samples whose scores lie on the device before they are fetched.
const SPAN: usize = 1 << 26;

/// Rows read by one task on the host.
const READ: usize = 1024;

/// Scores rows under all classes on NVIDIA GPUs: the CPU's formula in products on the tensor cores, of which only the
/// summary of each row ever reaches the device's memory.
///
/// Rows are read from the source in blocks into page-locked memory, copied beside the computation of the block before,
/// scaled and rounded on the device; so neither the rows nor k times anything need fit the device, only the class table
/// (2·terms·d bytes for every mean and direction). Several devices share the rows out evenly. The result is the same
/// for any number of devices of one kind.
///
/// The operations are 2·n·d·Σ_c (r_c + 1) for each of [`TensorPrecision::products`], r_c the directions of class c.
#[derive(Clone, Debug)]
pub struct CudaScorer {
    /// The devices; one at least.
    pub devices: Vec<Cuda>,
    /// How exact the products are.
    pub precision: TensorPrecision,
}

impl Scorer for CudaScorer {
    fn summary(
        &self,
        classes: &[ClassRow<'_>],
        rows: &ScoredRows<'_>,
        given: &Labels,
        run: &Run<'_>,
    ) -> mislabel_core::Result<BlockSummary> {
        let (n, d) = rows.source.shape();
        mislabel_core::checks::same_length("given labels", n, given.len())?;
        let table = ClassColumns::new(classes, d, self.precision)?;
        let stage = run.stage("scoring", n);
        let job = Job { table: &table, rows, labels: given.values(), precision: self.precision, stage: &stage };
        let parts = shares(n, self.devices.len()).into_iter().zip(&self.devices);
        let summaries = std::thread::scope(|scope| {
            let workers: Vec<_> = parts.map(|(part, cuda)| scope.spawn(|| job.run(cuda, part))).collect();
            workers.into_iter().map(|worker| worker.join().expect("scoring does not panic")).collect::<Vec<_>>()
        });
        summaries.into_iter().try_fold(BlockSummary::default(), |all, part| Ok(joined(all, part?)))
    }
}

/// `n` rows cut into `parts` ranges of almost the same length.
fn shares(n: usize, parts: usize) -> Vec<std::ops::Range<usize>> {
    (0..parts).map(|part| n * part / parts..n * (part + 1) / parts).collect()
}

fn joined(mut all: BlockSummary, part: BlockSummary) -> BlockSummary {
    all.own.extend(part.own);
    all.least.extend(part.least);
    all.class.extend(part.class);
    all.second.extend(part.second);
    all.sum_others.extend(part.sum_others);
    all
}

/// What all devices work on.
struct Job<'a> {
    table: &'a ClassColumns,
    rows: &'a ScoredRows<'a>,
    labels: &'a [u32],
    precision: TensorPrecision,
    stage: &'a Stage<'a>,
}

impl Job<'_> {
    /// Scores the samples `part`.
    fn run(&self, cuda: &Cuda, part: std::ops::Range<usize>) -> mislabel_core::Result<BlockSummary> {
        let mut all = BlockSummary::default();
        if part.is_empty() {
            return Ok(all);
        }
        let span = SPAN.min(part.len());
        let block = block_rows(cuda, self.bytes_per_row(), self.table.bytes() + span * Scores::BYTES)?.min(part.len());
        let mut stream = Stream::new(cuda, self, block)?;
        for start in part.clone().step_by(span) {
            let samples = start..(start + span).min(part.end);
            let scores = stream.scores(self, samples)?;
            all = joined(all, summary(&scores)?);
        }
        Ok(all)
    }

    /// Device memory for a row: twice raw, in planes, and its length.
    fn bytes_per_row(&self) -> usize {
        let d = self.rows.source.shape().1;
        2 * 4 * d + 2 * self.precision.terms() * padded(d) + 4
    }
}

/// Rows of a block: what fills the device well, or as much as fits beside `taken` bytes.
fn block_rows(cuda: &Cuda, bytes_per_row: usize, taken: usize) -> Result<usize> {
    let free = cuda.free_memory()?;
    // Room for the driver's own needs.
    let room = (free - free / 16).saturating_sub(taken) / bytes_per_row;
    let wanted = WAVES * ROWS * cuda.multiprocessors() as usize;
    match room.min(wanted) / ROWS * ROWS {
        0 => Err(Error::Memory { what: "the class table", needed: taken + ROWS * bytes_per_row, free }),
        rows => Ok(rows),
    }
}

/// Blocks of rows on their way through one device.
struct Stream<'a> {
    cuda: &'a Cuda,
    table: ClassTable,
    center: DeviceBuffer<f64>,
    /// Two of each, used in turn: one is filled while the other is copied and computed on.
    host: [PinnedBuffer<f32>; 2],
    raw: [DeviceBuffer<f32>; 2],
    planes: Planes,
    block: usize,
}

impl<'a> Stream<'a> {
    fn new(cuda: &'a Cuda, job: &Job<'_>, block: usize) -> Result<Self> {
        let d = job.rows.center.len();
        let host = || PinnedBuffer::zeros(cuda, block * d);
        let raw = || DeviceBuffer::unwritten(cuda, "the rows", block * d);
        Ok(Self {
            cuda,
            table: ClassTable::new(cuda, job.table)?,
            center: DeviceBuffer::of(cuda, "the center", job.rows.center)?,
            host: [host()?, host()?],
            raw: [raw()?, raw()?],
            planes: Planes::zeros(cuda, block, d, job.precision.terms())?,
            block,
        })
    }

    /// Scores `samples`. The device may still be at it on return.
    fn scores(&mut self, job: &Job<'_>, samples: std::ops::Range<usize>) -> mislabel_core::Result<Scores> {
        let mut scores = Scores::new(self.cuda, &job.labels[samples.clone()])?;
        for (turn, start) in samples.clone().step_by(self.block).enumerate() {
            let count = self.block.min(samples.end - start);
            self.block(job, turn % 2, start..start + count, start - samples.start, &mut scores)?;
            job.stage.advance(count)?;
        }
        Ok(scores)
    }

    fn block(
        &mut self,
        job: &Job<'_>,
        turn: usize,
        samples: std::ops::Range<usize>,
        place: usize,
        scores: &mut Scores,
    ) -> mislabel_core::Result<()> {
        let (host, raw, count) = (&mut self.host[turn], &mut self.raw[turn], samples.len());
        read(job.rows.source, samples.start, count, host.values()?)?;
        raw.upload_beside("the rows", host)?;
        rows::prepare(self.cuda, raw, count, &self.center, job.rows.unit, &mut self.planes)?;
        class_scores::score(self.cuda, &self.planes, count, &self.table, job.precision, place, scores)?;
        Ok(())
    }
}

/// Reads `count` rows from `start` on into the beginning of `buffer`, in parallel.
fn read(source: &dyn EmbeddingSource, start: usize, count: usize, buffer: &mut [f32]) -> mislabel_core::Result<()> {
    let d = source.shape().1;
    buffer[..count * d].par_chunks_mut(READ * d).enumerate().try_for_each(|(chunk, values)| {
        let rows = values.len() / d;
        let out = ArrayViewMut2::from_shape((rows, d), values).expect("the chunk is whole rows");
        source.read_rows(start + chunk * READ, out)
    })
}

/// Fetches the scores, when they are done.
fn summary(scores: &Scores) -> Result<BlockSummary> {
    Ok(BlockSummary {
        own: scores.own.download()?,
        least: scores.least.download()?,
        class: scores.nearest.download()?,
        second: scores.second.download()?,
        sum_others: scores.sum.download()?.into_iter().map(f64::from).collect(),
    })
}

#[cfg(test)]
mod tests;
