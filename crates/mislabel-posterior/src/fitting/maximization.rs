//! The next parameters, from the sums under the last ones.

use ndarray::{Array2, Axis};

use crate::fitting::empirical_bayes::{direction_strength, rate_strength};
use crate::fitting::parameters::{FEATURES, LEAST, Parameters, logit};
use crate::fitting::sums::Sums;

/// As if one more class were known to have a bias of ±1: with few classes, biases tell little of how far they spread.
const KNOWN_BIASES: f64 = 1.0;

/// Jeffreys' prior of the mean rate, Beta(½, ½): a single wrong label that lies apart is as likely without any noise, under
/// a classifier that is less sure of everything, as it is under noise. The rate must not settle at 0 then.
const UNSEEN_FLIPS: f64 = 0.5;

/// Beyond this, rows are told apart so well that a steeper classifier changes nothing.
const STEEPEST: f64 = 1e6;

/// Greatest and least share of a class that gets another label.
const RATES: std::ops::RangeInclusive<f64> = 1e-7..=0.95;

/// The penalized objective that steps are judged by, for biases of a prior of `precision`.
pub(crate) fn objective(sums: &Sums, bias: &[f64], precision: f64) -> f64 {
    sums.likelihood - precision / 2.0 * squares(bias)
}

fn squares(bias: &[f64]) -> f64 {
    bias.iter().map(|bias| bias * bias).sum()
}

/// A Newton step of biases and steepness, (Δb, Δw) for w = (β, γ). The curvature between biases is left out: a bias mostly
/// competes with all others together, and steps that go too far are shortened.
pub(crate) struct Step {
    bias: Vec<f64>,
    steepness: [f64; FEATURES],
}

impl Step {
    /// Solves the arrow system [diag(h) C; Cᵀ V] (Δb, Δw) = slope.
    pub(crate) fn new(sums: &Sums, bias: &[f64], precision: f64) -> Self {
        let n = sums.samples();
        let slope = |class: usize| sums.bias_slope[class] - precision * bias[class];
        let curvature = |class: usize| sums.bias_curvature[class] + precision;
        let classes = bias.len();
        let mut whole = sums.steepness_curvature;
        (0..FEATURES).for_each(|one| whole[one][one] += 1e-8 + 1e-9 * n);
        let (mut pivot, mut right) = (whole, sums.steepness_slope);
        for class in 0..classes {
            let cross = [sums.cross_curvature[0][class], sums.cross_curvature[1][class]];
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
            false => sums.cross_curvature.iter().zip(&steepness).map(|(cross, step)| cross[class] * step).sum(),
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

/// How many true samples of each class, of those that are labeled otherwise, and the mean rate under Jeffreys' prior; `counts` by given label
/// (row) and true class (column).
fn flips(counts: &Array2<f64>) -> (Vec<f64>, Vec<f64>, f64) {
    let all: Vec<f64> = counts.sum_axis(Axis(0)).to_vec();
    let flips: Vec<f64> = all.iter().enumerate().map(|(class, all)| (all - counts[[class, class]]).max(0.0)).collect();
    let mean = (flips.iter().sum::<f64>() + UNSEEN_FLIPS) / (all.iter().sum::<f64>() + 2.0 * UNSEEN_FLIPS);
    (all, flips, mean)
}

/// The share of every class that gets another label, `(k,)`, drawn to the mean rate as if by `strength` more samples.
pub(crate) fn flip_rates(counts: &Array2<f64>, strength: f64) -> Vec<f64> {
    let (all, flips, mean) = flips(counts);
    let rate =
        |(flips, all): (&f64, &f64)| ((flips + strength * mean) / (all + strength)).clamp(*RATES.start(), *RATES.end());
    flips.iter().zip(&all).map(rate).collect()
}

/// D, `(k, k)`, row = given label, column = true class: which other label, drawn to all alike as if by `strength` more
/// samples; the diagonal is 0.
pub(crate) fn directions(counts: &Array2<f64>, strength: f64) -> Array2<f64> {
    let classes = counts.nrows();
    let mut directions = counts + strength / (classes - 1) as f64;
    directions.diag_mut().fill(0.0);
    let totals = directions.sum_axis(Axis(0));
    directions / totals
}

/// `parameters` with the label noise that the sums speak for, and the strengths of its priors that are likeliest.
pub(crate) fn with_noise(parameters: &Parameters, sums: &Sums) -> Parameters {
    let (all, flips, mean) = flips(&sums.counts);
    let strengths = Parameters {
        direction_strength: direction_strength(sums.directed(), parameters.direction_strength),
        rate_strength: rate_strength(&flips, &all, mean, parameters.rate_strength),
        bias_precision: bias_precision(parameters, sums),
        ..parameters.clone()
    };
    let flip_logit = match parameters.boundary == 0.0 {
        true => flip_rates(&sums.counts, strengths.rate_strength).into_iter().map(logit).collect(),
        false => stepped_logits(&strengths, sums),
    };
    strengths.with_noise(flip_logit, directions(sums.directed(), strengths.direction_strength))
}

/// 1/τ² under which the biases are likeliest, by MacKay's fixed point (Bayesian interpolation, 1992): the number of biases
/// that the labels determine over the sum of squared biases.
fn bias_precision(parameters: &Parameters, sums: &Sums) -> f64 {
    let last = parameters.bias_precision;
    let determined: f64 = sums.bias_curvature.iter().map(|curvature| curvature / (curvature + last)).sum();
    (determined + KNOWN_BIASES) / (squares(&parameters.bias) + KNOWN_BIASES)
}

/// A Newton step of every logit, at most 1 far: with a boundary term the rate has no closed form. The prior counts as so
/// many samples without that term.
fn stepped_logits(parameters: &Parameters, sums: &Sums) -> Vec<f64> {
    let (all, flips, _) = flips(&sums.counts);
    let strength = parameters.rate_strength;
    let rates: Vec<f64> = parameters.kept_odds.iter().map(|odds| (1.0 + odds).recip()).collect();
    let mean = rates.iter().zip(&all).map(|(rate, all)| rate * all).sum::<f64>() / all.iter().sum::<f64>().max(LEAST);
    let step = |class: usize| {
        let rate = rates[class];
        let slope = flips[class] - sums.expected_flips[class] + strength * (mean - rate);
        let curvature = sums.flip_curvature[class] + strength * rate * (1.0 - rate);
        (slope / (curvature + 1e-3)).clamp(-1.0, 1.0)
    };
    let bounds = (logit(*RATES.start()), logit(*RATES.end()));
    let moved = parameters.flip_logit.iter().enumerate().map(|(class, logit)| logit + step(class));
    moved.map(|logit| logit.clamp(bounds.0, bounds.1)).collect()
}

/// `parameters` by which only samples that are at least as sure as the others of their class tell of directions.
pub(crate) fn with_sureness(parameters: &Parameters, sums: &Sums) -> Parameters {
    let counted = sums.counts.sum_axis(Axis(0));
    // Where all are as sure, rounding must not leave any out.
    let sure = |(sum, all): (&f64, &f64)| sum / all.max(LEAST) * (1.0 - 1e-9);
    Parameters { sure: sums.sureness.iter().zip(&counted).map(sure).collect(), ..parameters.clone() }
}
