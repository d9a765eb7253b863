//! The next parameters, from the sums under the last ones.

use ndarray::Array2;

use crate::fitting::expectation::Sums;
use crate::fitting::parameters::{FEATURES, LEAST, Parameters, logit};

/// Penalty on squared biases: a class without samples keeps a finite one.
const RIDGE: f64 = 1e-2;

/// Beyond this, rows are told apart so well that a steeper classifier changes nothing.
const STEEPEST: f64 = 1e6;

/// Greatest and least share of a class that gets another label.
const RATES: std::ops::RangeInclusive<f64> = 1e-7..=0.95;

/// Flips that no near class explains, before any is seen: few errors say nothing of where they go.
const FAR_FLIPS: f64 = 5.0;

/// The most of all flips that go to near classes: beyond, what errors have in common by class is taken for nearness.
const MOST_NEAR: f64 = 0.5;

/// The penalized objective that steps are judged by.
pub(crate) fn objective(sums: &Sums, parameters: &Parameters) -> f64 {
    sums.likelihood - RIDGE / 2.0 * parameters.bias.iter().map(|bias| bias * bias).sum::<f64>()
}

/// A Newton step of biases and steepness, (Δb, Δw) for w = (β, γ). The curvature between biases is left out: a bias mostly
/// competes with all others together, and steps that go too far are shortened.
pub(crate) struct Step {
    bias: Vec<f64>,
    steepness: [f64; FEATURES],
}

impl Step {
    /// Solves the arrow system [diag(h) C; Cᵀ V] (Δb, Δw) = slope.
    pub(crate) fn new(sums: &Sums, parameters: &Parameters) -> Self {
        let n = sums.counts.sum();
        let slope = |class: usize| sums.bias_slope[class] - RIDGE * parameters.bias[class];
        let curvature = |class: usize| sums.bias_curvature[class] + RIDGE;
        let classes = parameters.bias.len();
        let mut whole = sums.steepness_curvature;
        (0..FEATURES).for_each(|one| whole[one][one] += 1e-8 + 1e-9 * n);
        let (mut pivot, mut right) = (whole, sums.steepness_slope);
        for class in 0..classes {
            let cross = sums.cross_curvature[class];
            for one in 0..FEATURES {
                let share = cross[one] / curvature(class);
                right[one] -= share * slope(class);
                (0..FEATURES).for_each(|two| pivot[one][two] -= share * cross[two]);
            }
        }
        // The arrow without the curvature between biases need not be positive; then steepness goes its own way.
        let alone = pivot[0][0] <= 1e-3 * whole[0][0]
            || pivot[1][1] <= 1e-3 * whole[1][1]
            || determinant(&pivot) <= 1e-3 * determinant(&whole);
        let steepness = match alone {
            true => solved(&whole, sums.steepness_slope),
            false => solved(&pivot, right),
        };
        let pull = |class: usize| match alone {
            true => 0.0,
            false => sums.cross_curvature[class].iter().zip(&steepness).map(|(cross, step)| cross * step).sum(),
        };
        let bias = (0..classes).map(|class| (slope(class) - pull(class)) / curvature(class)).collect();
        Self { bias, steepness }
    }

    /// `parameters` after a share of the step.
    pub(crate) fn taken(&self, parameters: &Parameters, share: f64) -> Parameters {
        let bias = parameters.bias.iter().zip(&self.bias).map(|(bias, step)| bias + share * step).collect();
        let moved = |one: usize| (parameters.steepness[one] + share * self.steepness[one]).clamp(0.0, STEEPEST);
        parameters.with_classifier(bias, std::array::from_fn(moved))
    }
}

fn determinant([[a, b], [c, d]]: &[[f64; FEATURES]; FEATURES]) -> f64 {
    a * d - b * c
}

/// x of M x = right, by Cramer's rule; along the diagonal where M is all but singular.
fn solved(matrix: &[[f64; FEATURES]; FEATURES], right: [f64; FEATURES]) -> [f64; FEATURES] {
    let [[a, b], [c, d]] = *matrix;
    let whole = determinant(matrix);
    if whole <= 1e-9 * a * d {
        return [right[0] / a, right[1] / d];
    }
    [(right[0] * d - b * right[1]) / whole, (a * right[1] - c * right[0]) / whole]
}

/// How many true samples of each class, of those that are labeled otherwise, and the mean rate.
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
pub(crate) fn with_noise(parameters: &Parameters, sums: &Sums) -> Parameters {
    let flip_logit = match parameters.boundary == 0.0 {
        true => flip_rates(&sums.counts).into_iter().map(logit).collect(),
        false => stepped_logits(parameters, sums),
    };
    parameters.with_noise(flip_logit, directions(&(&sums.counts - &sums.near_flips)), nearest_class_share(sums))
}

/// ω: the share of all flips that went to near classes.
fn nearest_class_share(sums: &Sums) -> f64 {
    let flips = sums.counts.sum() - sums.counts.diag().sum();
    (sums.near_flips.sum() / (flips + FAR_FLIPS)).min(MOST_NEAR)
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
