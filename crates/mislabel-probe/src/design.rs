//! The design matrix: training rows as the optimiser reads them.

use faer::{Mat, MatRef};
use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;

use crate::classifier::TrainingSet;

/// Rows of one block: its logits and residuals under 100 classes stay in a core's second-level cache. A multiple of
/// the 96 rows of the f32 kernel, and no power of two, whose columns would compete for the same cache lines.
pub(crate) const ROW_BLOCK: usize = 960;

/// Beyond this no scaled feature goes: the greatest whose products with weights f32 holds.
const LARGEST: f64 = 1e15;

/// Where the rows lie and how far they spread. The objective does not change when rows are moved by `centre` (the
/// intercept takes it up) nor when they are divided by `unit` (the penalty is multiplied), but f32 arithmetic gains.
#[derive(Clone, Debug)]
pub(crate) struct Moments {
    pub(crate) centre: Vec<f64>,
    pub(crate) unit: f64,
    /// The mean sample weight, by which weights are divided so that they fit into f32.
    pub(crate) weight: f64,
}

impl Moments {
    /// The mean row, the root of the total variance (1 where all rows are equal) and the mean weight.
    pub(crate) fn of(training: &TrainingSet<'_>) -> Self {
        let rows = training.rows();
        let count = rows.nrows() as f64;
        let mut centre = column_sums(rows, |x, _| x, &[]);
        centre.iter_mut().for_each(|sum| *sum /= count);
        let squares = column_sums(rows, |x, centre| (x - centre) * (x - centre), &centre);
        let variance = squares.iter().sum::<f64>() / count;
        let weight = training.weights().map_or(1.0, |weights| weights.iter().map(|weight| weight / count).sum());
        Self { centre, unit: if variance > 0.0 { variance.sqrt() } else { 1.0 }, weight }
    }

    pub(crate) fn scaled(&self, x: f32, column: usize) -> f32 {
        ((f64::from(x) - self.centre[column]) / self.unit).clamp(-LARGEST, LARGEST) as f32
    }
}

/// Σ over rows of `term(x, offset)` per column; chunks of rows are summed in parallel, then in order.
fn column_sums(rows: ArrayView2<'_, f32>, term: impl Fn(f64, f64) -> f64 + Sync, offsets: &[f64]) -> Vec<f64> {
    let sums_of = |start: usize| {
        let mut sums = vec![0.0; rows.ncols()];
        for row in start..(start + ROW_BLOCK).min(rows.nrows()) {
            for (column, (sum, &x)) in sums.iter_mut().zip(rows.row(row)).enumerate() {
                *sum += term(f64::from(x), offsets.get(column).copied().unwrap_or(0.0));
            }
        }
        sums
    };
    let starts: Vec<usize> = (0..rows.nrows()).step_by(ROW_BLOCK).collect();
    let partial: Vec<Vec<f64>> = starts.into_par_iter().map(sums_of).collect();
    let mut total = vec![0.0; rows.ncols()];
    for sums in &partial {
        total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
    }
    total
}

/// Scaled rows with a last column of ones for the intercept, in column-major blocks of [`ROW_BLOCK`] rows; with the
/// class of every row as a position among the present ones, and its weight
/// relative to the mean. (d + 2) · 4 + 8 bytes per row.
pub(crate) struct Design {
    values: Vec<f32>,
    columns: usize,
    pub(crate) targets: Vec<u32>,
    pub(crate) weights: Vec<f64>,
    pub(crate) classes: usize,
}

impl Design {
    /// The rows numbered `rows` of `training`; `present` lists the classes, and a row of another class must have
    /// weight 0 (its target is then 0).
    pub(crate) fn new(training: &TrainingSet<'_>, rows: &[u32], present: &[u32], moments: &Moments) -> Self {
        let columns = training.rows().ncols() + 1;
        let mut values = vec![0.0; rows.len() * columns];
        let blocks = values.par_chunks_mut(ROW_BLOCK * columns).zip(rows.par_chunks(ROW_BLOCK));
        blocks.for_each(|(block, rows)| fill(block, training.rows(), rows, moments));
        let mut position = vec![0; training.labels().classes()];
        for (place, &class) in present.iter().enumerate() {
            position[class as usize] = place as u32;
        }
        let targets = rows.iter().map(|row| position[training.labels().class(*row as usize)]).collect();
        let weights = rows.iter().map(|row| training.weight(*row as usize) / moments.weight).collect();
        Self { values, columns, targets, weights, classes: present.len() }
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

    /// Block `number`, `(rows, d + 1)`, with the targets and weights of its rows.
    pub(crate) fn block(&self, number: usize) -> Block<'_> {
        let start = number * ROW_BLOCK;
        let rows = ROW_BLOCK.min(self.rows() - start);
        let values = &self.values[start * self.columns..][..rows * self.columns];
        Block {
            matrix: MatRef::from_column_major_slice(values, rows, self.columns),
            targets: &self.targets[start..start + rows],
            weights: &self.weights[start..start + rows],
        }
    }
}

/// Some rows of a [`Design`].
pub(crate) struct Block<'a> {
    pub(crate) matrix: MatRef<'a, f32>,
    pub(crate) targets: &'a [u32],
    pub(crate) weights: &'a [f64],
}

/// Writes the scaled rows numbered `rows` into `block`, column-major, with ones in the last column.
fn fill(block: &mut [f32], source: ArrayView2<'_, f32>, rows: &[u32], moments: &Moments) {
    for (i, &row) in rows.iter().enumerate() {
        fill_row(block, i, rows.len(), source.row(row as usize), moments);
    }
}

fn fill_row(block: &mut [f32], i: usize, stride: usize, row: ArrayView1<'_, f32>, moments: &Moments) {
    for (column, &x) in row.iter().enumerate() {
        block[column * stride + i] = moments.scaled(x, column);
    }
    block[row.len() * stride + i] = 1.0;
}

/// All rows of `rows`, scaled like a design: one block, `(m, d + 1)`.
pub(crate) fn scaled_block(rows: ArrayView2<'_, f32>, moments: &Moments) -> Mat<f32> {
    let intercept = rows.ncols();
    let scaled = |i: usize, j: usize| if j == intercept { 1.0 } else { moments.scaled(rows[[i, j]], j) };
    Mat::from_fn(rows.nrows(), intercept + 1, scaled)
}
