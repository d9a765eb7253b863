//! The design matrix: training rows as the optimizer reads them.

use faer::{Mat, MatRef};
use mislabel_core::{EmbeddingSource, Result};
use ndarray::{Array2, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use crate::training::classifier::TrainingSet;

/// Rows of one block: its logits and residuals under 100 classes stay in a core's second-level cache. A multiple of
/// the 96 rows of the f32 kernel, and no power of two, whose columns would compete for the same cache lines.
pub(crate) const ROW_BLOCK: usize = 960;

/// Beyond this no scaled feature goes: the greatest whose products with weights f32 holds.
const LARGEST: f64 = 1e15;

/// Where the rows lie and how far they spread. The objective does not change when rows are moved by `center` (the
/// intercept takes it up) nor when they are divided by `unit` (the penalty is multiplied), but f32 arithmetic gains.
#[derive(Clone, Debug)]
pub(crate) struct Moments {
    pub(crate) center: Vec<f64>,
    pub(crate) unit: f64,
    /// The mean sample weight, by which weights are divided so that they fit into f32.
    pub(crate) weight: f64,
}

impl Moments {
    /// The mean row, the root of the total variance (1 where all rows are equal) and the mean weight. Reads all rows
    /// twice.
    pub(crate) fn of(training: &TrainingSet<'_>) -> Result<Self> {
        let count = training.shape().0 as f64;
        let mut center = column_sums(training, |x, _| x, &[])?;
        center.iter_mut().for_each(|sum| *sum /= count);
        let squares = column_sums(training, |x, center| (x - center) * (x - center), &center)?;
        let variance = squares.iter().sum::<f64>() / count;
        let weight = training.weights().map_or(1.0, |weights| weights.iter().map(|weight| weight / count).sum());
        Ok(Self { center, unit: if variance > 0.0 { variance.sqrt() } else { 1.0 }, weight })
    }

    pub(crate) fn scaled(&self, x: f32, column: usize) -> f32 {
        self.moved(x, self.center[column])
    }

    /// Scales a row in place.
    fn scale(&self, row: &mut [f32]) {
        row.iter_mut().zip(&self.center).for_each(|(x, center)| *x = self.moved(*x, *center));
    }

    fn moved(&self, x: f32, center: f64) -> f32 {
        ((f64::from(x) - center) / self.unit).clamp(-LARGEST, LARGEST) as f32
    }
}

/// Σ over rows of `term(x, offset)` per column; chunks of rows are summed in parallel, then in order.
fn column_sums(training: &TrainingSet<'_>, term: impl Fn(f64, f64) -> f64 + Sync, offsets: &[f64]) -> Result<Vec<f64>> {
    let (m, d) = training.shape();
    let sums_of = |start: usize| -> Result<Vec<f64>> {
        let numbers: Vec<u32> = (start as u32..(start + ROW_BLOCK).min(m) as u32).collect();
        let mut rows = Array2::zeros((numbers.len(), d));
        training.gather(&numbers, rows.view_mut())?;
        let mut sums = vec![0.0; d];
        for row in rows.outer_iter() {
            for (column, (sum, &x)) in sums.iter_mut().zip(row).enumerate() {
                *sum += term(f64::from(x), offsets.get(column).copied().unwrap_or(0.0));
            }
        }
        Ok(sums)
    };
    let starts: Vec<usize> = (0..m).step_by(ROW_BLOCK).collect();
    let partial = starts.into_par_iter().map(sums_of).collect::<Result<Vec<Vec<f64>>>>()?;
    let mut total = vec![0.0; d];
    for sums in &partial {
        total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
    }
    Ok(total)
}

/// Scaled rows with a last column of ones for the intercept, in column-major blocks of [`ROW_BLOCK`] rows; with the
/// class of every row as a position among the present ones, and its weight relative to the mean.
///
/// The first blocks lie in memory, as many as there is room for, (d + 1) · 4 bytes a row; the others are read and
/// scaled each time, to the same bits. 16 bytes a row come on top.
pub(crate) struct Design<'a> {
    source: &'a dyn EmbeddingSource,
    moments: &'a Moments,
    rows: Vec<u32>,
    held: Vec<f32>,
    columns: usize,
    pub(crate) targets: Vec<u32>,
    pub(crate) weights: Vec<f64>,
    pub(crate) classes: usize,
}

impl<'a> Design<'a> {
    /// The rows numbered `rows` of `training`, of which `room` bytes may lie in memory; `present` lists the classes,
    /// and a row of another class must have weight 0 (its target is then 0).
    pub(crate) fn new(
        training: &'a TrainingSet<'_>,
        rows: Vec<u32>,
        present: &[u32],
        moments: &'a Moments,
        room: u64,
    ) -> Result<Self> {
        let columns = training.shape().1 + 1;
        let mut position = vec![0; training.labels().class_count()];
        for (place, &class) in present.iter().enumerate() {
            position[class as usize] = place as u32;
        }
        let targets = rows.iter().map(|row| position[training.labels().class(*row as usize)]).collect();
        let weights = rows.iter().map(|row| training.weight(*row as usize) / moments.weight).collect();
        let block_bytes = (ROW_BLOCK * columns * size_of::<f32>()) as u64;
        let held_rows =
            usize::try_from(room / block_bytes).unwrap_or(usize::MAX).saturating_mul(ROW_BLOCK).min(rows.len());
        let mut held = vec![0.0; held_rows * columns];
        let blocks = held.par_chunks_mut(ROW_BLOCK * columns).zip(rows[..held_rows].par_chunks(ROW_BLOCK));
        blocks.try_for_each_init(Vec::new, |gathered, (block, rows)| fill(block, training, rows, moments, gathered))?;
        let classes = present.len();
        Ok(Self { source: training, moments, rows, held, columns, targets, weights, classes })
    }

    pub(crate) fn rows(&self) -> usize {
        self.targets.len()
    }

    /// Σ of the relative weights.
    pub(crate) fn total_weight(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// Features and the intercept: d + 1.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// The number of blocks.
    pub(crate) fn blocks(&self) -> usize {
        self.rows().div_ceil(ROW_BLOCK)
    }

    /// Block `number`, `(rows, d + 1)`, with the targets and weights of its rows; read into `space` unless it lies in
    /// memory.
    pub(crate) fn block<'s>(&'s self, number: usize, space: &'s mut BlockSpace) -> Result<Block<'s>> {
        let start = number * ROW_BLOCK;
        let rows = ROW_BLOCK.min(self.rows() - start);
        let values = match self.held.get(start * self.columns..(start + rows) * self.columns) {
            Some(values) => values,
            None => {
                space.values.resize(rows * self.columns, 0.0);
                let numbers = &self.rows[start..start + rows];
                fill(&mut space.values, self.source, numbers, self.moments, &mut space.gathered)?;
                &space.values
            }
        };
        Ok(Block {
            matrix: MatRef::from_column_major_slice(values, rows, self.columns),
            targets: &self.targets[start..start + rows],
            weights: &self.weights[start..start + rows],
        })
    }

    /// The scaled rows at `places`, each times the root of its weight, `(places.len(), d + 1)`.
    pub(crate) fn weighted_rows(&self, places: &[usize]) -> Result<Mat<f32>> {
        let numbers: Vec<u32> = places.iter().map(|place| self.rows[*place]).collect();
        let mut values = Mat::zeros(places.len(), self.columns);
        let mut gathered = Array2::zeros((places.len(), self.columns - 1));
        self.source.gather(&numbers, gathered.view_mut())?;
        let roots: Vec<f32> = places.iter().map(|place| self.weights[*place].sqrt() as f32).collect();
        for column in 0..self.columns {
            let scaled = |i: usize| {
                if column + 1 == self.columns { 1.0 } else { self.moments.scaled(gathered[[i, column]], column) }
            };
            let target = values.col_as_slice_mut(column).iter_mut().zip(&roots).enumerate();
            target.for_each(|(i, (target, root))| *target = scaled(i) * root);
        }
        Ok(values)
    }
}

/// Memory for a block that is read.
#[derive(Default)]
pub(crate) struct BlockSpace {
    gathered: Vec<f32>,
    values: Vec<f32>,
}

/// Some rows of a [`Design`].
pub(crate) struct Block<'a> {
    pub(crate) matrix: MatRef<'a, f32>,
    pub(crate) targets: &'a [u32],
    pub(crate) weights: &'a [f64],
}

/// Rows whose values of one column are written one after the other: a cache line of them.
const TILE: usize = 16;

/// Writes the scaled rows numbered `rows` into `block`, column-major, with ones in the last column.
fn fill(
    block: &mut [f32],
    source: &dyn EmbeddingSource,
    rows: &[u32],
    moments: &Moments,
    gathered: &mut Vec<f32>,
) -> Result<()> {
    let (count, d) = (rows.len(), source.shape().1);
    gathered.resize(count * d, 0.0);
    let view = ArrayViewMut2::from_shape((count, d), gathered).expect("as many values as the shape says");
    source.gather(rows, view)?;
    let (features, ones) = block.split_at_mut(count * d);
    ones.fill(1.0);
    for (number, tile) in gathered.chunks_mut(TILE * d).enumerate() {
        tile.chunks_exact_mut(d).for_each(|row| moments.scale(row));
        for (column, values) in features.chunks_exact_mut(count).enumerate() {
            let places = values[number * TILE..].iter_mut();
            places.zip(tile[column..].iter().step_by(d)).for_each(|(place, value)| *place = *value);
        }
    }
    Ok(())
}

/// All rows of `rows`, scaled like a design: one block, `(m, d + 1)`.
pub(crate) fn scaled_block(rows: ArrayView2<'_, f32>, moments: &Moments) -> Mat<f32> {
    let intercept = rows.ncols();
    let scaled = |i: usize, j: usize| if j == intercept { 1.0 } else { moments.scaled(rows[[i, j]], j) };
    Mat::from_fn(rows.nrows(), intercept + 1, scaled)
}
