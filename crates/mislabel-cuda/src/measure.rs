//! What the benches measure: the scoring kernel, the same step in cuBLAS calls, and cuBLAS alone. Feature `measure`.

#![expect(unsafe_code, reason = "calls cuBLAS and launches a kernel on what it leaves")]

use cudarc::cublas::sys::{self as cublas, cublasOperation_t as Operation};
use cudarc::cublas::{CudaBlas, result};
use cudarc::driver::{DevicePtr, DevicePtrMut};
use mislabel_reconstruct::ClassRow;

pub use crate::autoencoder::{ScoringBlock, TrainingWork};
use crate::class_scores::{self, Scores};
use crate::class_table::{ClassColumns, ClassTable};
use crate::device::{Cuda, Device, Machine};
use crate::error::{Error, Result, counted, while_};
use crate::memory::{Argument, DeviceBuffer, Memory};
use crate::precision::Precision;
use crate::product::COLUMNS;
use crate::rows::{self, Planes};
use crate::source::{Grid, Kernel, Source};

pub(crate) const SOURCE: Source = Source {
    file: "library_scores.cu",
    text: include_str!("../kernels/library_scores.cu"),
    kernels: &["summarise_products"],
};

const SUMMARISE: Kernel = Kernel { source: &SOURCE, name: "summarise_products" };

/// Rows of one block of the kernel above.
const ROWS: usize = 128;

/// Columns that cuBLAS multiplies per call: their products lie in memory until they are summarised.
const COLUMNS_PER_CALL: usize = 16 * COLUMNS;

/// A block of random rows on a device, random classes, and room for the scores: what both ways of scoring are run on.
#[derive(Debug)]
pub struct ScoringWork {
    cuda: Cuda,
    planes: Planes,
    table: ClassTable,
    precision: Precision,
    scores: Scores,
    products: DeviceBuffer<f32>,
    class_sum: DeviceBuffer<f32>,
    carry: DeviceBuffer<f32>,
}

impl ScoringWork {
    /// `raw` rows, `(n, d)` in standard layout, to be scored under `classes`.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn new(cuda: &Cuda, raw: &[f32], classes: &[ClassRow<'_>], precision: Precision) -> Result<Self> {
        let features = classes.first().map_or(1, |class| class.mean.len());
        let n = raw.len() / features;
        let mut planes = Planes::zeros(cuda, n, features, precision.terms())?;
        let raw = DeviceBuffer::of(cuda, "the rows", &raw[..n * features])?;
        rows::prepare(cuda, &raw, n, &DeviceBuffer::of(cuda, "the centre", &vec![0.0; features])?, None, &mut planes)?;
        let labels: Vec<u32> = (0..n).map(|row| classes[row % classes.len()].class as u32).collect();
        Ok(Self {
            cuda: cuda.clone(),
            planes,
            table: ClassTable::new(cuda, &ClassColumns::new(classes, features, precision)?)?,
            precision,
            scores: Scores::new(cuda, &labels)?,
            products: DeviceBuffer::zeros(cuda, "products", n * COLUMNS_PER_CALL)?,
            class_sum: DeviceBuffer::zeros(cuda, "the scores", n)?,
            carry: DeviceBuffer::zeros(cuda, "the scores", n)?,
        })
    }

    /// Multiplications and additions of the products that the formula asks for, not those with padding or further terms.
    pub fn operations(&self, classes: &[ClassRow<'_>]) -> f64 {
        let width: usize = classes.iter().map(|class| 1 + class.directions.len() / class.mean.len()).sum();
        let features = classes.first().map_or(0, |class| class.mean.len());
        2.0 * self.planes.rows as f64 * width as f64 * features as f64
    }

    /// Starts scoring all rows by the kernel.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn score_by_kernel(&mut self) -> Result<()> {
        let n = self.planes.rows;
        class_scores::score(&self.cuda, &self.planes, n, &self.table, self.precision, 0, &mut self.scores)
    }

    /// Starts scoring all rows by cuBLAS products that go through memory, and a kernel that summarises them.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn score_by_library(&mut self, library: &Library) -> Result<()> {
        let columns = self.table.columns;
        for first in (0..columns).step_by(COLUMNS_PER_CALL) {
            let count = COLUMNS_PER_CALL.min(columns - first);
            library.multiply(&self.planes, &self.table, self.precision, first, count, &mut self.products)?;
            self.summarise(first, count)?;
        }
        Ok(())
    }

    fn summarise(&mut self, first: usize, count: usize) -> Result<()> {
        let n = self.planes.rows;
        let grid = Grid { blocks: [counted("rows", n.div_ceil(ROWS))?, 1, 1], threads: ROWS as u32, shared: 0 };
        let arguments = &mut [
            self.products.read(),
            self.planes.norms.read(),
            self.scores.labels.read(),
            self.table.coefficients.read(),
            self.table.groups.read(),
            self.table.constants.read(),
            self.table.classes.read(),
            Argument::U32(counted("rows", n)?),
            Argument::U32(counted("table rows", first)?),
            Argument::U32(counted("table rows", count)?),
            self.scores.own.write(),
            self.scores.least.write(),
            self.scores.second.write(),
            self.scores.sum.write(),
            self.scores.nearest.write(),
            self.class_sum.write(),
            self.carry.write(),
        ];
        // SAFETY: `new` made all buffers for n rows, the products for as many columns, the table's for whole tiles.
        unsafe { self.cuda.launch(&SUMMARISE, grid, arguments) }
    }

    /// Least squared errors under another class, `(n,)`, of whichever way ran last.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn least(&self) -> Result<Vec<f32>> {
        self.scores.least.download()
    }

    /// The same by the CPU's emulation of cuBLAS, for tests.
    #[cfg(test)]
    fn score_by_products(&mut self, products: impl Fn(usize, usize) -> Vec<f32>) -> Result<()> {
        let columns = self.table.columns;
        for first in (0..columns).step_by(COLUMNS_PER_CALL) {
            let count = COLUMNS_PER_CALL.min(columns - first);
            let mut values = products(first, count);
            values.resize(self.products.len(), f32::NAN);
            self.products.upload("products", &values)?;
            self.summarise(first, count)?;
        }
        Ok(())
    }
}

/// cuBLAS on one device.
#[derive(Debug)]
pub struct Library {
    cuda: Cuda,
    handle: CudaBlas,
}

impl Library {
    pub(crate) fn handle(&self) -> &CudaBlas {
        &self.handle
    }

    /// `None` where the library is not installed.
    ///
    /// # Errors
    /// [`Error::Compiler`] with cuBLAS's own word when it refuses to start.
    pub fn find(cuda: &Cuda) -> Result<Option<Self>> {
        // SAFETY: loads a library by its well-known name; its initialisers have no preconditions.
        let present = unsafe { cublas::is_culib_present() };
        match cuda.machine() {
            Machine::Device(device) if present => {
                let handle = named("cublasCreate", CudaBlas::new(device.compute.clone()))?;
                Ok(Some(Self { cuda: cuda.clone(), handle }))
            }
            _ => Ok(None),
        }
    }

    /// Starts the product of a square matrix of random bf16 with itself, `size` by `size`: the rate to be measured against.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn multiply_square(&self, matrix: &SquareMatrix, product: &mut SquareProduct) -> Result<()> {
        let size = matrix.size;
        if product.0.len() != size * size {
            return Err(Error::Length { what: "the product", expected: size * size, found: product.0.len() });
        }
        let device = device(&self.cuda)?;
        let (values, _values) = bytes(&matrix.values).device_ptr(&device.compute);
        let (out, _out) = bytes_mut(&mut product.0).device_ptr_mut(&device.compute);
        self.gemm(device, (size, size, size), (values, size), (values, size), 0.0, (out, size))
    }

    /// Starts the products of all rows with `count` columns of the table from `first` on: `(count, n)`.
    fn multiply(
        &self,
        rows: &Planes,
        table: &ClassTable,
        precision: Precision,
        first: usize,
        count: usize,
        products: &mut DeviceBuffer<f32>,
    ) -> Result<()> {
        let device = device(&self.cuda)?;
        let (left, _left) = bytes(&rows.values).device_ptr(&device.compute);
        let (right, _right) = bytes(&table.values).device_ptr(&device.compute);
        let (out, _out) = bytes_mut(products).device_ptr_mut(&device.compute);
        let at = |start: u64, values: usize| start + 2 * values as u64;
        for (index, (a, b)) in precision.pairs().iter().enumerate() {
            let left = at(left, *a as usize * rows.rows * rows.padded);
            let right = at(right, (*b as usize * table.columns + first) * rows.padded);
            let (shape, padded) = ((rows.rows, count, rows.padded), rows.padded);
            let kept = if index == 0 { 0.0 } else { 1.0 };
            self.gemm(device, shape, (left, padded), (right, padded), kept, (out, rows.rows))?;
        }
        Ok(())
    }

    /// C = AᵀB + `kept`·C in columns: A `(k, m)`, B `(k, n)` bf16, C `(m, n)` f32, each with its leading dimension.
    fn gemm(
        &self,
        device: &Device,
        (m, n, k): (usize, usize, usize),
        (a, a_step): (u64, usize),
        (b, b_step): (u64, usize),
        kept: f32,
        (c, c_step): (u64, usize),
    ) -> Result<()> {
        let size = |value: usize| counted("a matrix", value).map(|value| value as i32);
        let (bf16, f32_) = (cublas::cudaDataType_t::CUDA_R_16BF, cublas::cudaDataType_t::CUDA_R_32F);
        let one = 1.0_f32;
        while_("computing", device.context.bind_to_thread())?;
        // SAFETY: the pointers are to buffers of this device with at least the sizes given (the callers' checks), the
        // factors are f32 on the host as the type of computation says.
        let outcome = unsafe {
            result::gemm_ex(
                *self.handle.handle(),
                Operation::CUBLAS_OP_T,
                Operation::CUBLAS_OP_N,
                size(m)?,
                size(n)?,
                size(k)?,
                (&raw const one).cast(),
                a as *const _,
                bf16,
                size(a_step)?,
                b as *const _,
                bf16,
                size(b_step)?,
                (&raw const kept).cast(),
                c as *mut _,
                f32_,
                size(c_step)?,
                cublas::cublasComputeType_t::CUBLAS_COMPUTE_32F,
                cublas::cublasGemmAlgo_t::CUBLAS_GEMM_DEFAULT,
            )
        };
        named("cublasGemmEx", outcome)
    }
}

/// A square matrix of bf16 on a device.
#[derive(Debug)]
pub struct SquareMatrix {
    values: DeviceBuffer<u16>,
    size: usize,
}

impl SquareMatrix {
    /// Of f32 `values`, `(size, size)`, rounded.
    ///
    /// # Errors
    /// [`Error::Length`], and those of using the device.
    pub fn new(cuda: &Cuda, values: &[f32], size: usize) -> Result<Self> {
        crate::error::same_length("a square matrix", size * size, values.len())?;
        let mut term = [0];
        let rounded: Vec<u16> = values
            .iter()
            .map(|value| {
                crate::precision::split(*value, &mut term);
                term[0]
            })
            .collect();
        Ok(Self { values: DeviceBuffer::of(cuda, "a matrix", &rounded)?, size })
    }
}

/// Room for a product of square matrices, in f32.
#[derive(Debug)]
pub struct SquareProduct(DeviceBuffer<f32>);

impl SquareProduct {
    /// `(size, size)`.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn new(cuda: &Cuda, size: usize) -> Result<Self> {
        DeviceBuffer::zeros(cuda, "a matrix", size * size).map(Self)
    }
}

/// Seconds that the device takes for the work that `start` gives it, by its own clock; the median of `repeats` after three
/// that do not count.
///
/// # Errors
/// Those of `start`, and of using the device.
pub fn device_seconds(cuda: &Cuda, repeats: usize, mut start: impl FnMut() -> Result<()>) -> Result<f64> {
    const WARM_UP: usize = 3;
    let device = device(cuda)?;
    let event = || {
        let flags = Some(cudarc::driver::sys::CUevent_flags::CU_EVENT_DEFAULT);
        while_("taking the time", device.compute.record_event(flags))
    };
    (0..WARM_UP).try_for_each(|_| start())?;
    cuda.synchronize()?;
    let mut seconds = Vec::with_capacity(repeats.max(1));
    for _ in 0..repeats.max(1) {
        let before = event()?;
        start()?;
        let after = event()?;
        seconds.push(f64::from(while_("taking the time", before.elapsed_ms(&after))?) / 1e3);
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[seconds.len() / 2])
}

pub(crate) fn device(cuda: &Cuda) -> Result<&Device> {
    match cuda.machine() {
        Machine::Device(device) => Ok(device),
        #[cfg(test)]
        Machine::Emulated(_) => Err(Error::NoDriver),
    }
}

pub(crate) fn bytes<T: bytemuck::Pod>(buffer: &DeviceBuffer<T>) -> &cudarc::driver::CudaSlice<u8> {
    match buffer.memory() {
        Memory::Device(slice) => slice,
        #[cfg(test)]
        Memory::Host(_) => unreachable!("only devices are measured"),
    }
}

pub(crate) fn bytes_mut<T: bytemuck::Pod>(buffer: &mut DeviceBuffer<T>) -> &mut cudarc::driver::CudaSlice<u8> {
    match buffer.memory_mut() {
        Memory::Device(slice) => slice,
        #[cfg(test)]
        Memory::Host(_) => unreachable!("only devices are measured"),
    }
}

pub(crate) fn named<T>(operation: &'static str, outcome: std::result::Result<T, result::CublasError>) -> Result<T> {
    outcome.map_err(|error| Error::Compiler { operation, code: format!("{:?}", error.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_scoring_give_the_same_scores() {
        let Some(cuda) = Cuda::emulated() else { return };
        let (n, d) = (5, 12);
        let wave = |i: usize| (i as f32 * 1.3 + (i * i % 7) as f32).sin();
        let means: Vec<Vec<f32>> = (0..6).map(|class| (0..d).map(|j| wave(class * d + j) / 2.0).collect()).collect();
        let directions: Vec<f32> = (0..9 * d).map(|i| wave(i + 3) / 9.0).collect();
        let class = |class: usize| ClassRow {
            class,
            scale: 1.0,
            constant: means[class].iter().map(|m| m * m).sum(),
            mean: &means[class],
            directions: &directions[..(class + 3) * d],
        };
        let classes: Vec<ClassRow<'_>> = (0..6).map(class).collect();
        let raw: Vec<f32> = (0..n * d).map(|i| wave(i + 50)).collect();
        let mut work = ScoringWork::new(&cuda, &raw, &classes, Precision::Single).unwrap();
        work.score_by_kernel().unwrap();
        let kernel = work.least().unwrap();

        let float = |bits: &u16| f64::from(f32::from_bits(u32::from(*bits) << 16));
        let (rows, table) = (work.planes.values.download().unwrap(), work.table.values.download().unwrap());
        let padded = work.planes.padded;
        let product = |column: usize, row: usize| -> f32 {
            let (row, column) = (&rows[row * padded..][..padded], &table[column * padded..][..padded]);
            row.iter().zip(column).map(|(a, b)| float(a) * float(b)).sum::<f64>() as f32
        };
        let products = |first: usize, count: usize| {
            (first..first + count)
                .flat_map(|column| (0..n).map(move |row| (column, row)))
                .map(|(c, r)| product(c, r))
                .collect()
        };
        work.score_by_products(products).unwrap();
        let library = work.least().unwrap();
        assert!(kernel.iter().zip(&library).all(|(a, b)| (a - b).abs() <= 1e-5 * b), "{kernel:?} {library:?}");
        assert_eq!(work.operations(&classes), 2.0 * 5.0 * 12.0 * (4 + 5 + 6 + 7 + 8 + 9) as f64);
    }
}
