//! The next parameters, from the sums under the last ones.

use ndarray::Array2;

use crate::expectation::Sums;
use crate::parameters::{LEAST, Parameters, logit};

/// Penalty on squared biases: a class without samples keeps a finite one.
const RIDGE: f64 = 1e-2;

/// Beyond this, rows are told apart so well that a steeper classifier changes nothing.
const STEEPEST: f64 = 1e6;

/// Greatest and least share of a class that gets another label.
const RATES: std::ops::RangeInclusive<f64> = 1e-7..=0.95;

/// The penalised objective that steps are judged by.
pub(crate) fn objective(sums: &Sums, parameters: &Parameters) -> f64 {
    sums.likelihood - RIDGE / 2.0 * parameters.bias.iter().map(|bias| bias * bias).sum::<f64>()
}

/// A Newton step of biases and steepness, (Δb, Δβ). The curvature between biases is left out: a bias mostly competes with
/// all others together, and steps that go too far are shortened.
pub(crate) struct Step {
    bias: Vec<f64>,
    steepness: f64,
}

impl Step {
    /// Solves the arrow system [diag(h) c; cᵀ v] (Δb, Δβ) = slope.
    pub(crate) fn new(sums: &Sums, parameters: &Parameters) -> Self {
        let n = sums.counts.sum();
        let slope = |class: usize| sums.bias_slope[class] - RIDGE * parameters.bias[class];
        let curvature = |class: usize| sums.bias_curvature[class] + RIDGE;
        let classes = parameters.bias.len();
        let (mut pivot, mut right) = (sums.steepness_curvature + 1e-8 + 1e-9 * n, sums.steepness_slope);
        for class in 0..classes {
            let share = -sums.cross_curvature[class] / curvature(class);
            pivot -= share * -sums.cross_curvature[class];
            right -= share * slope(class);
        }
        // The arrow without the curvature between biases need not be positive; then steepness goes its own way.
        let alone = pivot <= 1e-3 * sums.steepness_curvature;
        let steepness = match alone {
            true => sums.steepness_slope / (sums.steepness_curvature + 1e-8 + 1e-9 * n),
            false => right / pivot,
        };
        let pull = |class: usize| if alone { 0.0 } else { -sums.cross_curvature[class] * steepness };
        let bias = (0..classes).map(|class| (slope(class) - pull(class)) / curvature(class)).collect();
        Self { bias, steepness }
    }

    /// `parameters` after a share of the step.
    pub(crate) fn taken(&self, parameters: &Parameters, share: f64) -> Parameters {
        let bias = parameters.bias.iter().zip(&self.bias).map(|(bias, step)| bias + share * step).collect();
        let steepness = (parameters.steepness + share * self.steepness).clamp(0.0, STEEPEST);
        parameters.with_classifier(bias, steepness)
    }
}

/// How many true samples of each class, of those that are labelled otherwise, and the mean rate.
fn flips(counts: &Array2<f64>) -> (Vec<f64>, Vec<f64>, f64) {
    let all: Vec<f64> = counts.rows().into_iter().map(|row| row.sum()).collect();
    let flips: Vec<f64> = all.iter().enumerate().map(|(class, all)| (all - counts[[class, class]]).max(0.0)).collect();
    let mean = flips.iter().sum::<f64>() / all.iter().sum::<f64>().max(LEAST);
    (all, flips, mean)
}

/// The share of every class that gets another label, `(k,)`, drawn to the mean rate as if by one more sample.
pub(crate) fn flip_rates(counts: &Array2<f64>) -> Vec<f64> {
    let (all, flips, mean) = flips(counts);
    let rate = |(flips, all): (&f64, &f64)| ((flips + mean) / (all + 1.0)).clamp(*RATES.start(), *RATES.end());
    flips.iter().zip(&all).map(rate).collect()
}

/// D, `(k, k)`: which other label, drawn to all alike as if by one more sample; the diagonal is 0.
pub(crate) fn directions(counts: &Array2<f64>) -> Array2<f64> {
    let classes = counts.nrows();
    let mut directions = counts + 1.0 / (classes - 1) as f64;
    for (class, mut row) in directions.outer_iter_mut().enumerate() {
        row[class] = 0.0;
        let total = row.sum();
        row.mapv_inplace(|count| count / total);
    }
    directions
}

/// `parameters` with the label noise that the sums speak for.
pub(crate) fn with_noise(parameters: &Parameters, sums: &Sums, boundary: f64) -> Parameters {
    let flip_logit = match boundary == 0.0 {
        true => flip_rates(&sums.counts).into_iter().map(logit).collect(),
        false => stepped_logits(parameters, sums),
    };
    let direction = directions(&sums.counts).mapv(|share| share.max(LEAST).ln());
    parameters.with_noise(flip_logit, direction)
}

/// A Newton step of every logit, at most 1 far: with a boundary term the rate has no closed form.
fn stepped_logits(parameters: &Parameters, sums: &Sums) -> Vec<f64> {
    let (_, flips, _) = flips(&sums.counts);
    let step = |class: usize| {
        let slope = flips[class] - sums.expected_flips[class];
        (slope / (sums.flip_curvature[class] + 1e-3)).clamp(-1.0, 1.0)
    };
    let bounds = (logit(*RATES.start()), logit(*RATES.end()));
    let moved = parameters.flip_logit.iter().enumerate().map(|(class, logit)| logit + step(class));
    moved.map(|logit| logit.clamp(bounds.0, bounds.1)).collect()
}
