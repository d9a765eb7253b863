//! A fitted multinomial logistic regression.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use mislabel_core::checks::same_length;
use mislabel_core::{EmbeddingSource, Result};
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use crate::regression::design::{Moments, ROW_BLOCK, scaled_block};
use crate::regression::lbfgs::Minimum;
use crate::regression::softmax::normalize;
use crate::training::classifier::{ProbabilityModel, TrainingSet};

/// A fitted [`SoftmaxRegression`](crate::SoftmaxRegression).
#[derive(Clone, Debug)]
pub struct SoftmaxModel {
    /// Class by class d weights and the intercept, for scaled rows.
    parameters: Vec<f64>,
    moments: Moments,
    present: Vec<u32>,
    classes: usize,
    l2: f64,
    objective: f64,
    iterations: usize,
    converged: bool,
}

impl SoftmaxModel {
    pub(crate) fn new(minimum: Minimum, moments: Moments, present: Vec<u32>, classes: usize, l2: f64) -> Self {
        let Minimum { point: parameters, value: objective, iterations, converged } = minimum;
        Self { parameters, moments, present, classes, l2, objective, iterations, converged }
    }

    /// The model that [`to_bytes`](ProbabilityModel::to_bytes) wrote; `None` unless it is one for `training`.
    pub(crate) fn from_bytes(bytes: &[u8], training: &TrainingSet<'_>) -> Option<Self> {
        let (words, []) = bytes.as_chunks::<8>() else { return None };
        let (counts, words) = words.split_first_chunk::<4>()?;
        let [iterations, converged, features, present] = counts.map(|word| u64::from_le_bytes(word) as usize);
        let (present, words) = words.split_at_checked(present)?;
        let present: Vec<u32> = present.iter().map(|word| u64::from_le_bytes(*word) as u32).collect();
        let values: Vec<f64> = words.iter().map(|word| f64::from_le_bytes(*word)).collect();
        let ([l2, objective, unit, weight], values) = values.split_first_chunk::<4>()?;
        let (center, parameters) = values.split_at_checked(features)?;
        let fits = features == training.shape().1 && parameters.len() == present.len() * (features + 1);
        (fits && present == training.present_classes()).then(|| Self {
            parameters: parameters.to_vec(),
            moments: Moments { center: center.to_vec(), unit: *unit, weight: *weight },
            classes: training.labels().class_count(),
            l2: *l2,
            objective: *objective,
            iterations,
            converged: converged == 1,
            present,
        })
    }

    /// The L2 strength λ in use: as given, or as chosen.
    pub fn l2(&self) -> f64 {
        self.l2
    }

    /// The objective over Σ w: mean loss in nats plus penalty.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// Steps that the last fit took.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// Whether the gradient met the tolerance. If not, steps ran out, or f32 rounding ended the search before.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// The classes of the model, ascending; the others have probability 0.
    pub fn present_classes(&self) -> &[u32] {
        &self.present
    }

    /// The weights W of the present classes, `(present, d)`, for rows as they came.
    pub fn coefficients(&self) -> Array2<f64> {
        let features = self.moments.center.len();
        Array2::from_shape_fn((self.present.len(), features), |(class, feature)| {
            self.parameters[class * (features + 1) + feature] / self.moments.unit
        })
    }

    /// The intercepts b of the present classes, `(present,)`, for rows as they came.
    pub fn intercepts(&self) -> Array1<f64> {
        let features = self.moments.center.len();
        let parts = self.parameters.chunks_exact(features + 1);
        let intercept = |part: &[f64]| {
            let shift = part.iter().zip(&self.moments.center).map(|(weight, center)| weight * center).sum::<f64>();
            part[features] - shift / self.moments.unit
        };
        parts.map(intercept).collect()
    }

    /// Softmax of the logits of `rows`, at most [`ROW_BLOCK`] of them, into `out`, `(rows, k)`.
    fn predict_block(&self, weights: &[f32], rows: ArrayView2<'_, f32>, mut out: ArrayViewMut2<'_, f64>) {
        let block = scaled_block(rows, &self.moments);
        let weights = MatRef::from_column_major_slice(weights, block.ncols(), self.present.len());
        let mut logits = Mat::zeros(block.nrows(), weights.ncols());
        matmul(logits.as_mut(), Accum::Replace, block.as_ref(), weights, 1.0, Par::Seq);
        let mut row_logits = vec![0.0; logits.ncols()];
        for (row, mut out) in out.outer_iter_mut().enumerate() {
            row_logits.iter_mut().enumerate().for_each(|(class, z)| *z = f64::from(logits[(row, class)]));
            normalize(&mut row_logits);
            self.present.iter().zip(&row_logits).for_each(|(class, p)| out[*class as usize] = *p);
        }
    }
}

impl ProbabilityModel for SoftmaxModel {
    fn probabilities(&self, rows: ArrayView2<'_, f32>) -> Result<Array2<f64>> {
        same_length("a row to predict", self.moments.center.len(), rows.ncols())?;
        let weights: Vec<f32> = self.parameters.iter().map(|w| *w as f32).collect();
        let mut out = Array2::zeros((rows.nrows(), self.classes));
        let blocks = out.axis_chunks_iter_mut(Axis(0), ROW_BLOCK).into_par_iter();
        let inputs = rows.axis_chunks_iter(Axis(0), ROW_BLOCK).into_par_iter();
        blocks.zip(inputs).for_each(|(out, rows)| self.predict_block(&weights, rows, out));
        Ok(out)
    }

    fn to_bytes(&self) -> Option<Vec<u8>> {
        let Moments { center, unit, weight } = &self.moments;
        let numbers = [self.l2, self.objective, *unit, *weight];
        let counts = [self.iterations, usize::from(self.converged), center.len(), self.present.len()];
        let mut bytes: Vec<u8> = counts.iter().flat_map(|count| (*count as u64).to_le_bytes()).collect();
        bytes.extend(self.present.iter().flat_map(|class| u64::from(*class).to_le_bytes()));
        bytes.extend(numbers.iter().chain(center).chain(&self.parameters).flat_map(|value| value.to_le_bytes()));
        Some(bytes)
    }
}
