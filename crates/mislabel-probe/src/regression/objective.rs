//! The penalized cross-entropy of a design, its gradient, and the metric in which it is nearly round.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use mislabel_core::Result;
use rayon::prelude::*;

use crate::regression::design::{Block, BlockSpace, Design};
use crate::regression::lbfgs::Problem;
use crate::regression::preconditioner::{Gram, Preconditioner};
use crate::regression::softmax::{BlockLoss, residuals};

/// Tasks of one evaluation: enough to occupy a machine, few enough that a gradient for each is little memory. How
/// blocks of rows are shared out depends on this alone, never on the number of threads.
const TASKS: usize = 16;

/// Factor by which the curvature may leave that of the preconditioner before it is factored anew.
const STALE: f64 = 2.0;

/// (1/N) Σ_i w_i (log Σ_c e^{z_ic} − z_iy) + (penalty/2) Σ_c ‖W_c‖² with z = W x + b, N = Σ w.
///
/// Parameters are class by class: the d weights, then the intercept, which is not penalized.
pub(crate) struct Objective<'a> {
    design: &'a Design<'a>,
    gram: &'a Gram,
    penalty: f64,
    total_weight: f64,
    preconditioner: Preconditioner,
    curvature: f64,
}

/// Value and curvature at a point.
pub(crate) struct Evaluation {
    /// The objective.
    pub(crate) value: f64,
    /// The mean over samples and classes of p (1 − p), by which x xᵀ enters the second derivative.
    pub(crate) curvature: f64,
}

struct TaskSums {
    loss: f64,
    uncertainty: f64,
    gradient: Vec<f64>,
}

impl<'a> Objective<'a> {
    pub(crate) fn new(design: &'a Design<'a>, gram: &'a Gram, penalty: f64) -> Self {
        let share = 1.0 / design.classes as f64;
        let curvature = (share * (1.0 - share)).max(LEAST_CURVATURE);
        let total_weight = design.total_weight();
        let preconditioner = gram.preconditioner(curvature, penalty);
        Self { design, gram, penalty, total_weight, preconditioner, curvature }
    }

    /// The number of parameters, k (d + 1).
    pub(crate) fn parameters(&self) -> usize {
        self.design.classes * self.design.columns()
    }

    /// The objective at `parameters`; writes its gradient into `gradient`.
    pub(crate) fn evaluate(&self, parameters: &[f64], gradient: &mut [f64]) -> Result<Evaluation> {
        let weights: Vec<f32> = parameters.iter().map(|w| *w as f32).collect();
        let blocks: Vec<usize> = (0..self.design.blocks()).collect();
        let tasks = blocks.par_chunks(blocks.len().div_ceil(TASKS));
        let sums = tasks.map(|blocks| self.task_sums(&weights, blocks)).collect::<Result<Vec<TaskSums>>>()?;
        gradient.fill(0.0);
        for task in &sums {
            gradient.iter_mut().zip(&task.gradient).for_each(|(sum, part)| *sum += part);
        }
        gradient.iter_mut().for_each(|sum| *sum /= self.total_weight);
        let uncertainty = sums.iter().map(|task| task.uncertainty).sum::<f64>() / self.total_weight;
        let loss = sums.iter().map(|task| task.loss).sum::<f64>() / self.total_weight;
        let value = loss + self.penalize(parameters, gradient);
        Ok(Evaluation { value, curvature: (uncertainty / self.design.classes as f64).max(LEAST_CURVATURE) })
    }

    fn task_sums(&self, weights: &[f32], blocks: &[usize]) -> Result<TaskSums> {
        let mut sums = TaskSums { loss: 0.0, uncertainty: 0.0, gradient: vec![0.0; weights.len()] };
        let mut gradient = vec![0.0_f32; weights.len()];
        let (mut values, mut space) = (Vec::new(), BlockSpace::default());
        for &number in blocks {
            let block = self.design.block(number, &mut space)?;
            logits(&block, weights, self.design.classes, &mut values);
            let BlockLoss { loss, uncertainty } = residuals(&mut values, block.targets, block.weights);
            sums.loss += loss;
            sums.uncertainty += uncertainty;
            let (rows, columns) = block.matrix.shape();
            let residual = MatRef::from_column_major_slice(&values, rows, self.design.classes);
            let product = MatMut::from_column_major_slice_mut(&mut gradient, columns, self.design.classes);
            matmul(product, Accum::Replace, block.matrix.transpose(), residual, 1.0, Par::Seq);
            sums.gradient.iter_mut().zip(&gradient).for_each(|(sum, part)| *sum += f64::from(*part));
        }
        Ok(sums)
    }

    /// Adds the gradient of the penalty and returns the penalty.
    fn penalize(&self, parameters: &[f64], gradient: &mut [f64]) -> f64 {
        let columns = self.design.columns();
        let mut squares = 0.0;
        for (weights, gradient) in parameters.chunks_exact(columns).zip(gradient.chunks_exact_mut(columns)) {
            let penalized = columns - 1;
            for (weight, slope) in weights[..penalized].iter().zip(&mut gradient[..penalized]) {
                squares += weight * weight;
                *slope += self.penalty * weight;
            }
        }
        0.5 * self.penalty * squares
    }
}

/// Below this the curvature counts as this: where every sample is certain, the loss is flat.
const LEAST_CURVATURE: f64 = 1e-6;

/// The logits of a block, `(rows, classes)` column-major, into `values`.
fn logits(block: &Block<'_>, weights: &[f32], classes: usize, values: &mut Vec<f32>) {
    let (rows, columns) = block.matrix.shape();
    values.resize(rows * classes, 0.0);
    let weights = MatRef::from_column_major_slice(weights, columns, classes);
    let product = MatMut::from_column_major_slice_mut(values, rows, classes);
    matmul(product, Accum::Replace, block.matrix, weights, 1.0, Par::Seq);
}

/// The mean loss, without penalty, of `parameters` on `design`; only the rows of classes that `known` holds count.
/// `None` when no row counts.
pub(crate) fn mean_loss(design: &Design<'_>, parameters: &[f64], known: &[bool]) -> Result<Option<f64>> {
    let weights: Vec<f32> = parameters.iter().map(|w| *w as f32).collect();
    let numbers: Vec<usize> = (0..design.blocks()).collect();
    let sums = numbers.into_par_iter().map_init(BlockSpace::default, |space, number| {
        let block = design.block(number, space)?;
        let mut values = Vec::new();
        logits(&block, &weights, design.classes, &mut values);
        let counted = block.targets.iter().zip(block.weights);
        let counted: Vec<f64> = counted.map(|(y, w)| if known[*y as usize] { *w } else { 0.0 }).collect();
        Ok((residuals(&mut values, block.targets, &counted).loss, counted.iter().sum::<f64>()))
    });
    let sums = sums.collect::<Result<Vec<(f64, f64)>>>()?;
    let (loss, weight) = sums.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    Ok((weight > 0.0).then(|| loss / weight))
}

impl Problem for Objective<'_> {
    fn evaluate(&mut self, at: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let Evaluation { value, curvature } = Self::evaluate(self, at, gradient)?;
        self.curvature = curvature;
        Ok(value)
    }

    fn precondition(&self, vector: &mut [f64]) {
        self.preconditioner.apply(vector);
    }

    fn accepted(&mut self) {
        let ratio = self.curvature / self.preconditioner.curvature();
        if !(STALE.recip()..=STALE).contains(&ratio) {
            self.preconditioner = self.gram.preconditioner(self.curvature, self.penalty);
        }
    }
}

#[cfg(test)]
mod tests {
    use mislabel_core::{Labels, split_seed};
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::regression::design::Moments;
    use crate::training::classifier::TrainingSet;

    /// Values are sums of f32 exponentials, wrong by 1e-7 or so; over twice the step of 1e-2 that is 1e-5, and the
    /// third derivative adds the square of the step.
    const STEP: f64 = 1e-2;
    const SLOPE: f64 = 1e-4;

    fn uniform(seed: u64, i: usize, j: usize) -> f64 {
        2.0 * (split_seed(seed, &[i as u64, j as u64]) as f64 / u64::MAX as f64) - 1.0
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Some cases have rows enough for several blocks and tasks.
        #[test]
        fn the_gradient_is_that_of_finite_differences(
            n in prop_oneof![2..30_usize, 2000..2100_usize], d in 1..5_usize, k in 2..5_usize,
            penalty in 0.0..0.5_f64, size in 0.0..3.0_f64, room in 0..60_000_u64, seed: u64,
        ) {
            let rows = Array2::from_shape_fn((n, d), |(i, j)| uniform(seed, i, j) as f32);
            let labels = Labels::new((0..n).map(|i| (i % k) as u32).collect(), k).expect("labels below k");
            let weights: Vec<f64> = (0..n).map(|i| 1.1 + uniform(seed, i, 99)).collect();
            let training = TrainingSet::new(rows.view(), &labels, Some(&weights)).expect("a training set");
            let numbers: Vec<u32> = (0..n as u32).collect();
            let moments = Moments::of(&training).expect("rows in memory");
            let design = Design::new(&training, numbers, &training.present_classes(), &moments, room).expect("rows in memory");
            let gram = Gram::of(&design).expect("rows in memory");
            let objective = Objective::new(&design, &gram, penalty);
            let parameters: Vec<f64> = (0..objective.parameters()).map(|i| size * uniform(seed, i, 100)).collect();
            let mut gradient = vec![0.0; parameters.len()];
            let mut unused = gradient.clone();
            objective.evaluate(&parameters, &mut gradient).expect("rows in memory");
            for (i, slope) in gradient.iter().enumerate() {
                let [above, below] = [STEP, -STEP].map(|step| {
                    let mut moved = parameters.clone();
                    moved[i] += step;
                    objective.evaluate(&moved, &mut unused).expect("rows in memory").value
                });
                let expected = (above - below) / (2.0 * STEP);
                prop_assert!((slope - expected).abs() < SLOPE, "parameter {}: {} is not {}", i, slope, expected);
            }
        }
    }
}
