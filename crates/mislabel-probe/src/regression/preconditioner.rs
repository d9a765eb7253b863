//! The metric of the feature space in which the softmax objective is nearly round.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{LltParams, cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::cholesky::llt::solve::solve_in_place;
use faer::linalg::matmul::matmul;
use faer::prelude::default;
use faer::{Accum, Auto, Mat, MatMut, Par, Spec};
use mislabel_core::Result;
use rayon::prelude::*;

use crate::regression::design::{BlockSpace, Design, ROW_BLOCK};

/// Up to this many columns the second moments are a full matrix; beyond, its p³/3 operations cost more than they save
/// and only the diagonal is kept.
const MOST_COLUMNS: usize = 4096;

/// Rows per column that suffice to know the second moments well enough.
const ROWS_PER_COLUMN: usize = 8;

/// Columns of one task.
const PANEL: usize = 128;

/// Least eigenvalue of a preconditioner relative to its mean one; keeps directions without data or penalty finite.
const RIDGE: f64 = 1e-9;

/// Weighted second moments (1/N) Σ w x xᵀ of a design, or their diagonal.
pub(crate) enum Gram {
    Full(Mat<f64>),
    Diagonal(Vec<f64>),
}

impl Gram {
    /// Second moments over every s-th row, with s such that about eight rows per column remain.
    pub(crate) fn of(design: &Design<'_>) -> Result<Self> {
        let columns = design.columns();
        if columns > MOST_COLUMNS {
            return Ok(Self::Diagonal(diagonal(design)?));
        }
        let stride = (design.rows() / (ROWS_PER_COLUMN * columns)).max(1);
        let sample = Sample::of(design, stride)?;
        let mut gram = Mat::zeros(columns, columns);
        let starts: Vec<usize> = (0..columns).step_by(PANEL).collect();
        let panels: Vec<Vec<f32>> = starts.par_iter().map(|start| sample.panel(*start)).collect();
        for (start, panel) in starts.into_iter().zip(panels) {
            let height = columns - start;
            for (offset, column) in panel.chunks_exact(height).enumerate() {
                let lower = column.iter().enumerate().skip(offset);
                lower.for_each(|(i, value)| gram[(start + i, start + offset)] = f64::from(*value) / sample.weight);
            }
        }
        Ok(Self::Full(gram))
    }

    /// (`curvature` · moments + `penalty` · I)⁻¹, the intercept being free of the penalty.
    pub(crate) fn preconditioner(&self, curvature: f64, penalty: f64) -> Preconditioner {
        match self {
            Self::Diagonal(diagonal) => {
                let ridge = RIDGE * (curvature * mean(diagonal.iter().copied()) + penalty);
                let last = diagonal.len() - 1;
                let penalty_of = |i: usize| if i < last { penalty } else { 0.0 };
                let entries = diagonal.iter().enumerate();
                let inverse = entries.map(|(i, moment)| (curvature * moment + penalty_of(i) + ridge).recip()).collect();
                Preconditioner::Diagonal { inverse, curvature }
            }
            Self::Full(gram) => {
                let mean = mean((0..gram.nrows()).map(|i| gram[(i, i)]));
                let mut ridge = RIDGE * (curvature * mean + penalty);
                loop {
                    if let Some(factor) = factor(gram, curvature, penalty, ridge) {
                        return Preconditioner::Full { factor, curvature };
                    }
                    ridge *= 100.0;
                }
            }
        }
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// The Cholesky factor of `curvature` · `gram` + `penalty` · I + `ridge` · I; `None` where rounding made it indefinite.
fn factor(gram: &Mat<f64>, curvature: f64, penalty: f64, ridge: f64) -> Option<Mat<f64>> {
    let size = gram.nrows();
    let mut matrix = gram * faer::Scale(curvature);
    for i in 0..size {
        matrix[(i, i)] += ridge + if i + 1 < size { penalty } else { 0.0 };
    }
    let params: Spec<LltParams, f64> = <LltParams as Auto<f64>>::auto().into();
    let mut memory = MemBuffer::new(cholesky_in_place_scratch::<f64>(size, Par::Seq, params));
    let done = cholesky_in_place(matrix.as_mut(), default(), Par::Seq, MemStack::new(&mut memory), params);
    done.is_ok().then_some(matrix)
}

fn diagonal(design: &Design<'_>) -> Result<Vec<f64>> {
    let sums_of = |space: &mut BlockSpace, number: usize| -> Result<Vec<f64>> {
        let block = design.block(number, space)?;
        let square = |column: usize| {
            let values = block.weights.iter().enumerate();
            values.map(|(row, w)| w * f64::from(block.matrix[(row, column)]).powi(2)).sum()
        };
        Ok((0..design.columns()).map(square).collect())
    };
    let partial = (0..design.blocks()).into_par_iter().map_init(BlockSpace::default, sums_of);
    let partial = partial.collect::<Result<Vec<Vec<f64>>>>()?;
    let total = design.total_weight();
    Ok((0..design.columns()).map(|column| partial.iter().map(|sums| sums[column]).sum::<f64>() / total).collect())
}

/// Every s-th row of a design times the root of its weight, `(rows, columns)` column-major.
struct Sample {
    values: Mat<f32>,
    weight: f64,
}

impl Sample {
    fn of(design: &Design<'_>, stride: usize) -> Result<Self> {
        let chosen: Vec<usize> = (0..design.rows()).step_by(stride).collect();
        let blocks = chosen.chunk_by(|a, b| a / ROW_BLOCK == b / ROW_BLOCK);
        let weight: f64 = blocks.map(|rows| rows.iter().map(|row| design.weights[*row]).sum::<f64>()).sum();
        Ok(Self { values: design.weighted_rows(&chosen)?, weight: if weight > 0.0 { weight } else { 1.0 } })
    }

    /// Columns `start..start + PANEL` of the product with its own transpose, rows from `start` on.
    fn panel(&self, start: usize) -> Vec<f32> {
        let columns = self.values.ncols();
        let (height, width) = (columns - start, PANEL.min(columns - start));
        let mut panel = vec![0.0; height * width];
        let product = MatMut::from_column_major_slice_mut(&mut panel, height, width);
        let left = self.values.subcols(start, height).transpose();
        matmul(product, Accum::Replace, left, self.values.subcols(start, width), 1.0, Par::Seq);
        panel
    }
}

/// The inverse of (curvature · second moments + penalty), applied to the parameters of every class.
pub(crate) enum Preconditioner {
    Full { factor: Mat<f64>, curvature: f64 },
    Diagonal { inverse: Vec<f64>, curvature: f64 },
}

impl Preconditioner {
    /// The curvature it was made for.
    pub(crate) fn curvature(&self) -> f64 {
        match self {
            Self::Full { curvature, .. } | Self::Diagonal { curvature, .. } => *curvature,
        }
    }

    /// Applies the inverse to every class's part of `vector`, `(k, d + 1)` row-major, in place.
    pub(crate) fn apply(&self, vector: &mut [f64]) {
        match self {
            Self::Full { factor, .. } => {
                let (size, classes) = (factor.nrows(), vector.len() / factor.nrows());
                let right = MatMut::from_column_major_slice_mut(vector, size, classes);
                solve_in_place(factor.as_ref(), right, Par::Seq, MemStack::new(&mut []));
            }
            Self::Diagonal { inverse, .. } => {
                let parts = vector.chunks_exact_mut(inverse.len());
                parts.for_each(|part| part.iter_mut().zip(inverse).for_each(|(value, inverse)| *value *= inverse));
            }
        }
    }
}
