//! Scoring as the benches measure it: by the kernel, and the same step in cuBLAS calls.

#![expect(unsafe_code, reason = "launches a kernel on what cuBLAS leaves")]

use mislabel_reconstruct::ClassRow;

use crate::compilation::source::{Grid, Kernel, Source};
use crate::device::argument::Argument;
use crate::device::buffer::DeviceBuffer;
use crate::device::cuda::Cuda;
use crate::error::{Result, counted};
use crate::measure::library::Library;
use crate::products::precision::TensorPrecision;
use crate::products::rows::{self, Planes};
use crate::products::shape::COLUMNS;
use crate::scoring::class_scores::{self, Scores};
use crate::scoring::class_table::{ClassColumns, ClassTable};

pub(crate) const SOURCE: Source = Source {
    file: "library_scores.cu",
    text: include_str!("../../kernels/library_scores.cu"),
    kernels: &["summarize_products"],
};

const SUMMARIZE: Kernel = Kernel { source: &SOURCE, name: "summarize_products" };

/// Rows of one block of the kernel above.
const ROWS: usize = 128;

/// Columns that cuBLAS multiplies per call: their products lie in memory until they are summarized.
const COLUMNS_PER_CALL: usize = 16 * COLUMNS;

/// A block of random rows on a device, random classes, and room for the scores: what both ways of scoring are run on.
#[derive(Debug)]
pub struct ScoringWork {
    cuda: Cuda,
    planes: Planes,
    table: ClassTable,
    precision: TensorPrecision,
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
    pub fn new(cuda: &Cuda, raw: &[f32], classes: &[ClassRow<'_>], precision: TensorPrecision) -> Result<Self> {
        let features = classes.first().map_or(1, |class| class.mean.len());
        let n = raw.len() / features;
        let mut planes = Planes::zeros(cuda, n, features, precision.terms())?;
        let raw = DeviceBuffer::of(cuda, "the rows", &raw[..n * features])?;
        rows::prepare(cuda, &raw, n, &DeviceBuffer::of(cuda, "the center", &vec![0.0; features])?, None, &mut planes)?;
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

    /// Multiplications and additions of the products that the formula asks for, not those with padding or further
    /// terms.
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

    /// Starts scoring all rows by cuBLAS products that go through memory, and a kernel that summarizes them.
    ///
    /// # Errors
    /// Those of using the device.
    pub fn score_by_library(&mut self, library: &Library) -> Result<()> {
        let columns = self.table.columns;
        for first in (0..columns).step_by(COLUMNS_PER_CALL) {
            let count = COLUMNS_PER_CALL.min(columns - first);
            library.multiply(&self.planes, &self.table, self.precision, first, count, &mut self.products)?;
            self.summarize(first, count)?;
        }
        Ok(())
    }

    fn summarize(&mut self, first: usize, count: usize) -> Result<()> {
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
        unsafe { self.cuda.launch(&SUMMARIZE, grid, arguments) }
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
            self.summarize(first, count)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Products of 12 features and sums over up to 8 directions in f32, in another order.
    const SINGLE: f32 = 1e-5;

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
        let mut work = ScoringWork::new(&cuda, &raw, &classes, TensorPrecision::Single).unwrap();
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
        assert!(kernel.iter().zip(&library).all(|(a, b)| (a - b).abs() <= SINGLE * b), "{kernel:?} {library:?}");
        assert_eq!(work.operations(&classes), 2.0 * 5.0 * 12.0 * (4 + 5 + 6 + 7 + 8 + 9) as f64);
    }
}
