//! Fitting one class: its leave-one-out errors and its reconstructor.

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use mislabel_core::Result;
use ndarray::Array2;
use rayon::prelude::*;

use crate::cholesky::ridged_factor;
use crate::leave_one_out::{LeftOut, MemberFactor, from_gram, spread};
use crate::moments::ClassMoments;
use crate::scaling::{CHUNK, ScaledRows};
use crate::subspace::{leading_basis, product, random_directions, symmetric_product};

/// A ridge of at least this share of a class's variance keeps its matrices definite in f64.
const DEFINITE: f64 = 1e-11;

/// Columns of a scatter matrix that one task accumulates.
const PANEL: usize = 256;

/// How one class reconstructs: Δ²(x) = ‖x − m‖² − Σ_j (aᵀ_j (x − m))².
///
/// With Q an orthonormal basis of the leading eigenvectors and Y the rows projected on it (S ≈ YYᵀ, YᵀY = T), the
/// push-through identity S(S + nαI)⁻¹ = Y(T + nαI)⁻¹Yᵀ gives a_j as the columns of Y·L⁻ᵀ with LLᵀ = T + nαI; for exact
/// eigenvectors they are √f_j·v_j up to a rotation. Only the r x r matrix T is ever decomposed, and only where the rows
/// are too many to project.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClassModel {
    /// The shrunk directions a_j, one per row of d values.
    pub(crate) directions: Vec<f32>,
    /// What the class would say of every member without it, in the members' order; empty for fewer than two members.
    pub(crate) leave_one_out: Vec<LeftOut>,
    /// log det(C + αI) − d·log α, at least 0; 0 unless it was asked for.
    pub(crate) spread: f64,
    /// What is added to every squared error under this class.
    pub(crate) penalty: f64,
}

/// What a class is fitted with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shrinkage {
    /// α in units of the scaled rows, positive.
    pub(crate) alpha: f64,
    /// Most directions kept.
    pub(crate) components: usize,
    /// Whether the class's [`ClassModel::spread`] is wanted.
    pub(crate) spread: bool,
}

impl Shrinkage {
    /// α for a class whose scatter or Gram matrix has this trace. The common value, unless the class varies so much more
    /// than the others that nothing of α would be left after rounding.
    fn for_class(mut self, matrix: &Mat<f64>, count: usize) -> Self {
        let trace: f64 = matrix.diagonal().column_vector().iter().sum();
        self.alpha = self.alpha.max(DEFINITE * trace / count as f64);
        self
    }
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
    let centred = rows.gather(members, &moments.mean)?;
    let matrix = row_major(&centred);
    let mut gram = Mat::zeros(members.len(), members.len());
    add_lower(&mut gram, matrix, matrix.transpose());
    let shrinkage = shrinkage.for_class(&gram, members.len());
    // Started from the rows' products with random directions, which move with the rows when those are reordered.
    let start = || product(matrix, random_directions(matrix.ncols(), shrinkage.components, seed).as_ref());
    let basis = leading_basis(gram.as_ref(), shrinkage.components, start);
    // Y = BᵀQ, so that YᵀY = QᵀGQ.
    let inner = product(basis.transpose(), symmetric_product(gram.as_ref(), basis.as_ref()).as_ref());
    let projected = product(matrix.transpose(), basis.as_ref());
    drop(centred);
    let ridge = members.len() as f64 * shrinkage.alpha;
    let directions = shrunk_directions(projected, inner, ridge);
    let spread = if shrinkage.spread { spread(gram.clone(), ridge) } else { 0.0 };
    Ok(ClassModel { directions, leave_one_out: from_gram(gram, shrinkage.alpha), spread, penalty: 0.0 })
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
        let centred = rows.gather(chunk, &moments.mean)?;
        let matrix = row_major(&centred);
        add_lower(&mut scatter, matrix.transpose(), matrix);
    }
    let shrinkage = shrinkage.for_class(&scatter, members.len());
    let start = || random_directions(d, shrinkage.components, seed);
    let basis = leading_basis(scatter.as_ref(), shrinkage.components, start);
    let inner = product(basis.transpose(), symmetric_product(scatter.as_ref(), basis.as_ref()).as_ref());
    let ridge = members.len() as f64 * shrinkage.alpha;
    let directions = rotated_directions(&basis, &inner, ridge);
    let spread = if shrinkage.spread { spread(scatter.clone(), ridge) } else { 0.0 };

    let factor = MemberFactor::new(scatter, members.len(), shrinkage.alpha);
    let left_out = |chunk: &[u32]| {
        let centred = rows.gather(chunk, &moments.mean)?;
        Ok(factor.of_rows(row_major(&centred).transpose().to_owned()))
    };
    let chunks: Vec<&[u32]> = members.chunks(CHUNK).collect();
    let leave_one_out = chunks.into_par_iter().map(left_out).collect::<Result<Vec<_>>>()?.concat();
    Ok(ClassModel { directions, leave_one_out, spread, penalty: 0.0 })
}

/// The columns of Y·L⁻ᵀ, LLᵀ = YᵀY + `ridge`·I, as rows of d values; `inner` is YᵀY.
fn shrunk_directions(projected: Mat<f64>, inner: Mat<f64>, ridge: f64) -> Vec<f32> {
    let factor = ridged_factor(inner, ridge);
    let mut directions = projected;
    solve_lower_triangular_in_place(factor.as_ref(), directions.transpose_mut(), Par::Seq);
    let mut rows = Vec::with_capacity(directions.nrows() * directions.ncols());
    directions.col_iter().for_each(|column| rows.extend(column.iter().map(|value| *value as f32)));
    rows
}

/// The directions √f_j·Q·r_j as rows of d values, (w_j, r_j) the eigenpairs of `inner` = QᵀSQ and f_j = w_j/(w_j + `ridge`).
fn rotated_directions(basis: &Mat<f64>, inner: &Mat<f64>, ridge: f64) -> Vec<f32> {
    if basis.ncols() == 0 {
        return Vec::new();
    }
    let decomposition = inner.self_adjoint_eigen(Side::Lower).expect("the decomposition of a finite matrix converges");
    let rotated = basis * decomposition.U();
    let mut rows = Vec::with_capacity(rotated.nrows() * rotated.ncols());
    for (column, eigenvalue) in rotated.col_iter().zip(decomposition.S().column_vector().iter()) {
        let root = (eigenvalue.max(0.0) / (eigenvalue.max(0.0) + ridge)).sqrt();
        rows.extend(column.iter().map(|value| (value * root) as f32));
    }
    rows
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
