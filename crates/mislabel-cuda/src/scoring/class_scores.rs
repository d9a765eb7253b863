//! Errors of rows under every class, summarized on the chip.

#![expect(unsafe_code, reason = "launches kernels")]

use crate::compilation::source::{Grid, Kernel, Source};
use crate::device::argument::Argument;
use crate::device::buffer::DeviceBuffer;
use crate::device::cuda::Cuda;
use crate::error::{Error, Result, counted, same_length};
use crate::products::precision::TensorPrecision;
use crate::products::rows::Planes;
use crate::products::shape::{COLUMNS, ROWS, StageWidth, THREADS};
use crate::scoring::class_table::ClassTable;

pub(crate) const SOURCE: Source = Source {
    file: "class_scores.cu",
    text: include_str!("../../kernels/class_scores.cu"),
    kernels: &["score_rows_64", "score_rows_32"],
};

const WIDE: Kernel = Kernel { source: &SOURCE, name: "score_rows_64" };
const NARROW: Kernel = Kernel { source: &SOURCE, name: "score_rows_32" };

/// Shared memory beside the stages: a partial sum per row and group of 8 columns.
pub(crate) const BESIDE: u32 = (ROWS * COLUMNS / 8 * 4) as u32;

/// What is known of every sample, `(samples,)` each: squared errors, and the sum of their roots under other classes.
#[derive(Debug)]
pub(crate) struct Scores {
    pub(crate) labels: DeviceBuffer<u32>,
    pub(crate) own: DeviceBuffer<f32>,
    pub(crate) least: DeviceBuffer<f32>,
    pub(crate) second: DeviceBuffer<f32>,
    pub(crate) sum: DeviceBuffer<f32>,
    pub(crate) nearest: DeviceBuffer<u32>,
}

impl Scores {
    /// Bytes per sample.
    pub(crate) const BYTES: usize = 24;

    pub(crate) fn new(cuda: &Cuda, labels: &[u32]) -> Result<Self> {
        const WHAT: &str = "the scores";
        let column = || DeviceBuffer::unwritten(cuda, WHAT, labels.len());
        Ok(Self {
            labels: DeviceBuffer::of(cuda, "the labels", labels)?,
            own: column()?,
            least: column()?,
            second: column()?,
            sum: column()?,
            nearest: DeviceBuffer::unwritten(cuda, WHAT, labels.len())?,
        })
    }
}

/// Scores the first `count` of `rows`, which are the samples from `place` on, under all classes of `table`.
pub(crate) fn score(
    cuda: &Cuda,
    rows: &Planes,
    count: usize,
    table: &ClassTable,
    precision: TensorPrecision,
    place: usize,
    scores: &mut Scores,
) -> Result<()> {
    same_length("planes of the rows", precision.terms(), rows.terms)?;
    same_length("the class table", rows.terms * table.columns * rows.padded, table.values.len())?;
    let samples = scores.labels.len();
    if count > rows.rows || place + count > samples {
        return Err(Error::Length { what: "the scores", expected: place + count, found: samples.min(rows.rows) });
    }
    let width = StageWidth::of(cuda, BESIDE);
    let kernel = if width == StageWidth::Wide { &WIDE } else { &NARROW };
    let blocks = counted("rows", count.div_ceil(ROWS))?;
    let grid = Grid { blocks: [blocks, 1, 1], threads: THREADS, shared: width.shared() + BESIDE };
    let arguments = &mut [
        rows.values.read(),
        rows.norms.read(),
        scores.labels.read(),
        table.values.read(),
        table.coefficients.read(),
        table.groups.read(),
        table.constants.read(),
        table.classes.read(),
        Argument::U32(counted("samples", place)?),
        Argument::U32(counted("rows", count)?),
        Argument::U32(counted("rows", rows.rows)?),
        Argument::U32(counted("table rows", table.columns)?),
        Argument::U32(counted("features", rows.padded)?),
        Argument::U32(precision.products() as u32),
        Argument::U32(precision.codes()),
        scores.own.write(),
        scores.least.write(),
        scores.second.write(),
        scores.sum.write(),
        scores.nearest.write(),
    ];
    // SAFETY: the lengths of rows, table and scores are checked above or kept by their types.
    unsafe { cuda.launch(kernel, grid, arguments) }
}
