//! Fitting one class: its leave-one-out errors and its reconstructor.

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatMut, MatRef, Par};
use mislabel_core::Result;
use ndarray::Array2;
use rayon::prelude::*;

use crate::leave_one_out::{ScatterFactor, from_gram};
use crate::moments::ClassMoments;
use crate::scaling::{CHUNK, ScaledRows};
use crate::spectrum::{Spectrum, leading_eigenpairs};

/// Columns of a scatter matrix that one task accumulates.
const PANEL: usize = 256;

/// How one class reconstructs: Δ²(x) = ‖x − m‖² − Σ_j (aᵀ_j (x − m))², a_j = √f_j·v_j.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClassModel {
    /// The shrunk directions a_j, one per row of d values.
    pub(crate) directions: Vec<f32>,
    /// Squared leave-one-out error of every member, in the members' order; empty where none was asked for.
    pub(crate) leave_one_out: Vec<f64>,
}

/// What a class is fitted with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shrinkage {
    /// α in units of the scaled rows, positive.
    pub(crate) alpha: f64,
    /// Most directions kept.
    pub(crate) components: usize,
}

/// Fits the class with the given `members` (at least two) and `moments`.
pub(crate) fn fit_class(
    rows: &ScaledRows<'_>,
    members: &[u32],
    moments: &ClassMoments,
    shrinkage: Shrinkage,
    seed: u64,
) -> Result<ClassModel> {
    if members.len() <= rows.shape().1 {
        from_few_rows(rows, members, moments, shrinkage, seed)
    } else {
        from_many_rows(rows, members, moments, shrinkage, seed)
    }
}

/// n_c ≤ d: everything through the n_c x n_c Gram matrix.
fn from_few_rows(
    rows: &ScaledRows<'_>,
    members: &[u32],
    moments: &ClassMoments,
    shrinkage: Shrinkage,
    seed: u64,
) -> Result<ClassModel> {
    let centred = centred(rows, members, moments)?;
    let matrix = row_major(&centred);
    let mut gram = Mat::zeros(members.len(), members.len());
    add_lower(&mut gram, matrix, matrix.transpose());
    let leave_one_out = from_gram(gram.as_ref(), shrinkage.alpha);
    let spectrum = leading_eigenpairs(gram.as_ref(), shrinkage.components, seed);
    // v_j = Bᵀu_j/√w_j
    let mut directions = Mat::<f64>::zeros(matrix.ncols(), spectrum.values.len());
    matmul(directions.as_mut(), Accum::Replace, matrix.transpose(), spectrum.vectors.as_ref(), 1.0, Par::Seq);
    let factors = spectrum.values.iter().map(|w| (shrink(*w, members.len(), shrinkage.alpha) / w).sqrt());
    Ok(ClassModel { directions: scaled_columns(&directions, factors), leave_one_out })
}

/// n_c > d: everything through the d x d scatter matrix, reading the rows in chunks.
fn from_many_rows(
    rows: &ScaledRows<'_>,
    members: &[u32],
    moments: &ClassMoments,
    shrinkage: Shrinkage,
    seed: u64,
) -> Result<ClassModel> {
    let d = rows.shape().1;
    let mut scatter = Mat::zeros(d, d);
    for chunk in members.chunks(CHUNK) {
        let centred = centred(rows, chunk, moments)?;
        let matrix = row_major(&centred);
        add_lower(&mut scatter, matrix.transpose(), matrix);
    }
    let factor = ScatterFactor::new(scatter.as_ref(), members.len(), shrinkage.alpha);
    let errors = |chunk: &[u32]| {
        let centred = centred(rows, chunk, moments)?;
        Ok(factor.errors(row_major(&centred).transpose().to_owned()))
    };
    let chunks: Vec<&[u32]> = members.chunks(CHUNK).collect();
    let leave_one_out = chunks.into_par_iter().map(errors).collect::<Result<Vec<_>>>()?.concat();
    let Spectrum { values, vectors } = leading_eigenpairs(scatter.as_ref(), shrinkage.components, seed);
    let factors = values.iter().map(|w| shrink(*w, members.len(), shrinkage.alpha).sqrt());
    Ok(ClassModel { directions: scaled_columns(&vectors, factors), leave_one_out })
}

/// f = w/(w + n·α): the share of a direction that the reconstructor keeps.
fn shrink(eigenvalue: f64, n: usize, alpha: f64) -> f64 {
    eigenvalue / (eigenvalue + n as f64 * alpha)
}

fn centred(rows: &ScaledRows<'_>, members: &[u32], moments: &ClassMoments) -> Result<Array2<f64>> {
    let mut x = rows.gather(members)?;
    x.outer_iter_mut().for_each(|mut row| row.iter_mut().zip(&moments.mean).for_each(|(x, mean)| *x -= mean));
    Ok(x)
}

fn row_major(array: &Array2<f64>) -> MatRef<'_, f64> {
    let slice = array.as_slice().expect("the array was made in standard layout");
    MatRef::from_row_major_slice(slice, array.nrows(), array.ncols())
}

/// Adds the lower triangle of `left · right` to `sum`, panel by panel: the panels do not depend on threads.
fn add_lower(sum: &mut Mat<f64>, left: MatRef<'_, f64>, right: MatRef<'_, f64>) {
    panels(sum.as_mut()).into_par_iter().for_each(|(start, panel)| {
        let (size, width) = panel.shape();
        let (_, below) = panel.split_at_row_mut(start);
        let (square, rest) = below.split_at_row_mut(width);
        let (lower, full) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
        let columns = right.subcols(start, width);
        triangular::matmul(square, lower, Accum::Add, left.subrows(start, width), full, columns, full, 1.0, Par::Seq);
        let below = left.subrows(start + width, size - start - width);
        matmul(rest, Accum::Add, below, columns, 1.0, Par::Seq);
    });
}

/// The matrix cut into panels of [`PANEL`] columns, each with the number of its first column.
fn panels(mut matrix: MatMut<'_, f64>) -> Vec<(usize, MatMut<'_, f64>)> {
    let mut panels = Vec::new();
    let mut start = 0;
    while matrix.ncols() > 0 {
        let width = PANEL.min(matrix.ncols());
        let (panel, rest) = matrix.split_at_col_mut(width);
        panels.push((start, panel));
        start += width;
        matrix = rest;
    }
    panels
}

/// Every column times its factor, as rows of d values in f32.
fn scaled_columns(columns: &Mat<f64>, factors: impl Iterator<Item = f64>) -> Vec<f32> {
    let scaled = |(column, factor): (faer::ColRef<'_, f64>, f64)| {
        column.iter().map(|value| (value * factor) as f32).collect::<Vec<f32>>()
    };
    columns.col_iter().zip(factors).flat_map(scaled).collect()
}
