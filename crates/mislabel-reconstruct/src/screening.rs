//! Screening for the trim: which samples another class reconstructs clearly better, most classes being ruled out early.
//!
//! The trim asks one thing of a sample: is any Δ_c below τ = Δ_own/threshold? With the r leading components of a class
//! known, Δ_c² lies between e − f_{r+1}·ρ and e, where e is the error so far and ρ the part of ‖x − m‖² that they leave
//! open. Classes far from a sample, which are most, are ruled out by that; the few others are evaluated in full.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use mislabel_core::{Labels, Progress, Result, Stage};
use rayon::prelude::*;

use crate::class_model::ClassModel;
use crate::moments::ClassMoments;
use crate::reconstructors::{ClassSlot, ClassTable, OwnError};
use crate::scaling::ScaledRows;
use crate::scoring::{ROW_BLOCK, Workspace};

/// Components that every class is evaluated with. A third of the default 50 decides all but a few classes per sample.
const LEADING: usize = 16;

/// With fewer classes than this, too large a share of them is near every sample for screening to save anything.
const LEAST_CLASSES: usize = 32;

/// Rounding of an error in f32, relative to the squared distance it is computed from.
const ROUNDING: f32 = 1e-5;

/// The reconstructors with their components sorted and split into leading ones and the rest.
pub(crate) struct Screen {
    leading: ClassTable,
    rests: Vec<Rest>,
}

/// What the leading components of a class leave out.
struct Rest {
    /// 1/f_j of every leading component.
    weights: Vec<f32>,
    /// f of the first component left out; 0 when none is.
    bound: f32,
    /// The directions left out, one per row of d values.
    directions: Vec<f32>,
    /// Their products with the class mean.
    offsets: Vec<f32>,
}

/// A pair of a row and a class that the leading components do not decide.
struct Undecided {
    row: usize,
    error: f32,
}

impl Screen {
    /// Whether screening is worth its own cost.
    pub(crate) fn pays(classes: usize, components: usize) -> bool {
        classes >= LEAST_CLASSES && components >= 2 * LEADING
    }

    /// Sorts and splits the models of all classes that have samples. O(k·d·r²).
    pub(crate) fn new(moments: &[ClassMoments], models: &[ClassModel], features: usize) -> Self {
        let present: Vec<usize> = (0..models.len()).filter(|class| moments[*class].count > 0).collect();
        let split = |&class: &usize| split(&models[class], &moments[class].mean, features);
        let (leading, rests): (Vec<ClassModel>, Vec<Rest>) = present.par_iter().map(split).unzip();
        let mut all = vec![ClassModel::default(); models.len()];
        present.iter().zip(leading).for_each(|(class, model)| all[*class] = model);
        Self { leading: ClassTable::new(moments, all, features), rests }
    }

    /// For every sample whether no other class has Δ_c < Δ_own/`threshold`; `own` must not hold [`OwnError::Plain`].
    pub(crate) fn passed(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        threshold: f64,
        progress: &dyn Progress,
    ) -> Result<Vec<bool>> {
        let (n, d) = rows.shape();
        let stage = Stage::new("screening", n, progress);
        let mut passed = vec![true; n];
        let blocks = passed.par_chunks_mut(ROW_BLOCK).enumerate();
        blocks.try_for_each_init(Workspace::default, |workspace, (index, passed)| {
            let start = index * ROW_BLOCK;
            rows.read(start, workspace.rows(passed.len(), d))?;
            let limit = |own: &OwnError| own.limit(threshold);
            let limits: Vec<f32> = own[start..start + passed.len()].iter().map(limit).collect();
            let labels = &given.values()[start..start + passed.len()];
            self.screen_block(workspace, labels, &limits, passed);
            stage.advance(passed.len())
        })?;
        Ok(passed)
    }

    fn screen_block(&self, workspace: &mut Workspace, labels: &[u32], limits: &[f32], passed: &mut [bool]) {
        let mut undecided: Vec<Vec<Undecided>> = Vec::with_capacity(self.rests.len());
        let mut error = vec![0.0; labels.len()];
        let mut open = vec![0.0; labels.len()];
        workspace.for_each_product(&self.leading, |slot, norms, columns| {
            let rest = &self.rests[undecided.len()];
            bounds(slot, rest, norms, columns, &mut error, &mut open);
            let mut pending = Vec::new();
            for row in 0..labels.len() {
                let least = error[row] - rest.bound * open[row] - ROUNDING * norms[row];
                if least < limits[row] && labels[row] as usize != slot.class && passed[row] {
                    if error[row] < limits[row] {
                        passed[row] = false;
                    } else {
                        pending.push(Undecided { row, error: error[row] });
                    }
                }
            }
            undecided.push(pending);
        });
        for (rest, mut pending) in self.rests.iter().zip(undecided) {
            pending.retain(|pair| passed[pair.row]);
            for (row, error) in rest.evaluate(workspace, &pending) {
                passed[row] &= error >= limits[row];
            }
        }
    }
}

impl Rest {
    /// The full errors of the `pending` rows.
    fn evaluate(&self, workspace: &Workspace, pending: &[Undecided]) -> Vec<(usize, f32)> {
        let (rows, width) = (pending.len(), self.offsets.len());
        if rows == 0 || width == 0 {
            return pending.iter().map(|pair| (pair.row, pair.error)).collect();
        }
        let gathered: Vec<f32> = pending.iter().flat_map(|pair| workspace.row(pair.row)).copied().collect();
        let d = gathered.len() / rows;
        let mut products = vec![0.0_f32; rows * width];
        let product = MatMut::from_column_major_slice_mut(&mut products, width, rows);
        let directions = MatRef::from_row_major_slice(&self.directions, width, d);
        let columns = MatRef::from_column_major_slice(&gathered, d, rows);
        matmul(product, Accum::Replace, directions, columns, 1.0, Par::Seq);
        let energy = |row: &[f32]| row.iter().zip(&self.offsets).map(|(z, o)| (z - o) * (z - o)).sum::<f32>();
        let energies = products.chunks_exact(width).map(energy);
        pending.iter().zip(energies).map(|(pair, energy)| (pair.row, pair.error - energy)).collect()
    }
}

/// The error by the leading components, and what they leave open of the squared distance, for all rows.
fn bounds(slot: &ClassSlot, rest: &Rest, norms: &[f32], columns: &[f32], error: &mut [f32], open: &mut [f32]) {
    let rows = norms.len();
    let (mean, directions) = columns.split_at(rows);
    for ((out, norm), product) in error.iter_mut().zip(norms).zip(mean) {
        *out = slot.open * (norm - 2.0 * product) + slot.constant;
    }
    open.iter_mut().zip(error.iter()).for_each(|(open, error)| *open = error / slot.open);
    let directions = directions.chunks_exact(rows).zip(&slot.offsets).zip(&rest.weights);
    for ((column, offset), weight) in directions {
        for ((error, open), product) in error.iter_mut().zip(open.iter_mut()).zip(column) {
            let energy = (product - offset) * (product - offset);
            *error -= energy;
            *open -= weight * energy;
        }
    }
    open.iter_mut().for_each(|open| *open = open.max(0.0));
}

/// Splits the directions, which are in order.
fn split(model: &ClassModel, mean: &[f64], features: usize) -> (ClassModel, Rest) {
    let (first, rest) = model.directions.split_at(LEADING.min(model.factors.len()) * features);
    let leading = LEADING.min(model.factors.len());
    let offset = |direction: &[f32]| direction.iter().zip(mean).map(|(a, m)| f64::from(*a) * m).sum::<f64>() as f32;
    let weight = |factor: &f64| (1.0 / factor.max(f64::from(f32::MIN_POSITIVE))) as f32;
    let rests = Rest {
        weights: model.factors[..leading].iter().map(weight).collect(),
        bound: model.factors.get(leading).map_or(0.0, |factor| *factor as f32),
        directions: rest.to_vec(),
        offsets: rest.chunks_exact(features).map(offset).collect(),
    };
    (ClassModel { directions: first.to_vec(), tail: model.tail, ..ClassModel::default() }, rests)
}
