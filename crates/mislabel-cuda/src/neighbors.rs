//! The nearest rows of every row, their products on the device.

#![expect(unsafe_code, reason = "launches kernels")]

use mislabel_core::Run;
use mislabel_neighbors::CandidateSearch;
use ndarray::{Array2, ArrayView2};

use crate::compilation::source::{Grid, Kernel, Source};
use crate::device::argument::Argument;
use crate::device::buffer::DeviceBuffer;
use crate::device::cuda::Cuda;
use crate::error::{Error, Result, counted, same_length};
use crate::products::precision::TensorPrecision;
use crate::products::rows::{self, Planes};
use crate::products::shape::{ROWS, StageWidth, THREADS};

pub(crate) const SOURCE: Source = Source {
    file: "neighbors.cu",
    text: include_str!("../kernels/neighbors.cu"),
    kernels: &["nearest_rows_64", "nearest_rows_32"],
};

const WIDE: Kernel = Kernel { source: &SOURCE, name: "nearest_rows_64" };
const NARROW: Kernel = Kernel { source: &SOURCE, name: "nearest_rows_32" };

/// Candidates of a row that wait for their turn.
const QUEUE: usize = 16;

/// Shared memory beside the stages: per row the least of its list, a queue of (key, number) and its length.
pub(crate) const BESIDE: u32 = (ROWS * (8 + 8 * QUEUE + 4)) as u32;

/// Blocks of threads that each multiprocessor works through per launch.
const WAVES: usize = 4;

/// Finds neighbors on an NVIDIA GPU: all products of rows on its tensor cores, and of each row only a running list of
/// the best. For [`AssistedSearch`](mislabel_neighbors::AssistedSearch).
///
/// All rows lie on the device: (4 + 2·terms)·n·d bytes while they are prepared, then 2·terms·n·d. 2·n²·d operations for
/// each of [`TensorPrecision::products`].
#[derive(Clone, Debug)]
pub struct CudaCandidates {
    /// The device.
    pub cuda: Cuda,
    /// How exact the products are; [`TensorPrecision::Triple`] for what f32 on the CPU finds.
    pub precision: TensorPrecision,
}

impl CudaCandidates {
    /// On one device, as exact as on the CPU.
    pub fn on(cuda: Cuda) -> Self {
        Self { cuda, precision: TensorPrecision::Triple }
    }

    fn planes(&self, rows: ArrayView2<'_, f32>) -> Result<Planes> {
        let (n, d) = rows.dim();
        let rows = rows.as_standard_layout();
        let values = rows.as_slice().expect("the array is in standard layout");
        let raw = DeviceBuffer::of(&self.cuda, "the rows", values)?;
        let center = DeviceBuffer::of(&self.cuda, "the center", &vec![0.0; d])?;
        let mut planes = Planes::zeros(&self.cuda, n, d, self.precision.terms())?;
        rows::prepare(&self.cuda, &raw, n, &center, Some(1.0), &mut planes)?;
        Ok(planes)
    }
}

impl CandidateSearch for CudaCandidates {
    fn candidates(
        &self,
        rows: ArrayView2<'_, f32>,
        half_squares: &[f32],
        width: usize,
        run: &Run<'_>,
    ) -> mislabel_core::Result<Array2<u32>> {
        let n = rows.nrows();
        mislabel_core::checks::same_length("half squares", n, half_squares.len())?;
        if width == 0 || width >= n {
            let (name, value) = ("width", width as f64);
            return Err(mislabel_core::Error::parameter(name, value, "from 1 to n − 1"));
        }
        let planes = self.planes(rows)?;
        let half_squares = DeviceBuffer::of(&self.cuda, "half squares", half_squares)?;
        let block = (WAVES * ROWS * self.cuda.multiprocessors() as usize).min(n);
        let mut lists = DeviceBuffer::unwritten(&self.cuda, "the lists of neighbors", block * width)?;
        let stage = run.stage("searching neighbors", n);
        let mut candidates = Vec::with_capacity(n * width);
        for first in (0..n).step_by(block) {
            let count = block.min(n - first);
            nearest(&self.cuda, &planes, &half_squares, self.precision, first, count, width, &mut lists)?;
            candidates.extend(lists.download()?[..count * width].iter().map(|[_, number]| *number));
            stage.advance(count)?;
        }
        Ok(Array2::from_shape_vec((n, width), candidates).expect("every block gives its rows' lists"))
    }
}

/// Finds the `width` nearest rows of `count` rows from `first` on: (key as bits, number), `(count, width)`, nearest
/// first.
#[expect(clippy::too_many_arguments, reason = "they are the kernel's")]
fn nearest(
    cuda: &Cuda,
    rows: &Planes,
    half_squares: &DeviceBuffer<f32>,
    precision: TensorPrecision,
    first: usize,
    count: usize,
    width: usize,
    lists: &mut DeviceBuffer<[u32; 2]>,
) -> Result<()> {
    same_length("planes of the rows", precision.terms(), rows.terms)?;
    same_length("half squares", rows.rows, half_squares.len())?;
    if first + count > rows.rows || count * width > lists.len() || width == 0 || width >= rows.rows {
        return Err(Error::Length { what: "the lists of neighbors", expected: count * width, found: lists.len() });
    }
    let stage = StageWidth::of(cuda, BESIDE);
    let kernel = if stage == StageWidth::Wide { &WIDE } else { &NARROW };
    let blocks = counted("rows", count.div_ceil(ROWS))?;
    let grid = Grid { blocks: [blocks, 1, 1], threads: THREADS, shared: stage.shared() + BESIDE };
    let arguments = &mut [
        rows.values.read(),
        half_squares.read(),
        Argument::U32(counted("rows", first)?),
        Argument::U32(counted("rows", count)?),
        Argument::U32(counted("rows", rows.rows)?),
        Argument::U32(counted("features", rows.padded)?),
        Argument::U32(precision.products() as u32),
        Argument::U32(precision.codes()),
        Argument::U32(counted("width", width)?),
        lists.write(),
    ];
    // SAFETY: the rows exist, the lists have room for `count` of `width`, both checked above; `Planes` keeps its
    // lengths.
    unsafe { cuda.launch(kernel, grid, arguments) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::{Embeddings, Run};
    use mislabel_neighbors::{AssistedSearch, Distance, ExactSearch, NeighborSearch};
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn the_kernel_finds_the_neighbors_that_the_cpu_finds() {
        let Some(cuda) = Cuda::emulated() else { return };
        let Some(small) = Cuda::emulated_with(99 * 1024, 1 << 30) else { return };
        for (cuda, n, d, k, distance) in [
            (&cuda, 260, 20, 33, Distance::Cosine),
            (&small, 131, 70, 1, Distance::Euclidean),
            (&cuda, 5, 3, 50, Distance::Euclidean),
            (&cuda, 2, 1, 1, Distance::Cosine),
        ] {
            let mut random = ChaCha8Rng::seed_from_u64(n as u64);
            let mut rows = Array2::from_shape_fn((n, d), |_| random.random_range(-1.0..1.0_f32));
            // Copies, whose keys tie.
            let first = rows.row(0).to_owned();
            (n / 2..n / 2 + n / 10).for_each(|row| rows.row_mut(row).assign(&first));
            let embeddings = Embeddings::new(rows.view()).unwrap();
            let expected = ExactSearch { distance }.neighbors(&embeddings, k, &Run::quiet()).unwrap();
            let machine = CudaCandidates::on(cuda.clone());
            let found = AssistedSearch { distance, machine }.neighbors(&embeddings, k, &Run::quiet()).unwrap();
            assert_eq!(found, expected, "{n} {d} {k}");
        }
    }

    #[test]
    fn impossible_numbers_of_neighbors_are_refused() {
        let Some(cuda) = Cuda::emulated() else { return };
        let rows = Array2::zeros((3, 2));
        for width in [0, 3] {
            let outcome = CudaCandidates::on(cuda.clone()).candidates(rows.view(), &[0.0; 3], width, &Run::quiet());
            assert!(outcome.unwrap_err().to_string().starts_with("parameter width"));
        }
    }
}
