//! Limited-memory BFGS with a preconditioner (Nocedal & Wright 2006, algorithm 7.4).

use std::collections::VecDeque;

use mislabel_core::Result;

/// Pairs of steps and gradient changes that are kept; scikit-learn's number.
const MEMORY: usize = 10;

/// Sufficient decrease and curvature of an acceptable step (Wolfe; the constants of Nocedal & Wright, section 3.1).
const DECREASE: f64 = 1e-4;
const CURVATURE: f64 = 0.9;

/// Differences of this share of the value are rounding of the f32 products, no increase.
const ROUNDING: f64 = 1e-8;

/// Trial steps of one line search.
const TRIALS: usize = 30;

/// A smooth function to minimize.
pub(crate) trait Problem {
    /// The value at `at`; its gradient goes into `gradient`.
    fn evaluate(&mut self, at: &[f64], gradient: &mut [f64]) -> Result<f64>;

    /// Multiplies `vector` by a positive definite matrix near the inverse of the second derivative.
    fn precondition(&self, vector: &mut [f64]);

    /// The last point evaluated was accepted: the preconditioner may be renewed.
    fn accepted(&mut self) {}
}

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopping {
    /// Largest absolute entry of the gradient at which the minimum counts as found.
    pub(crate) tolerance: f64,
    /// Most steps.
    pub(crate) iterations: usize,
}

/// Where the search ended.
#[derive(Clone, Debug)]
pub(crate) struct Minimum {
    pub(crate) point: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) iterations: usize,
    /// Whether the gradient met the tolerance.
    pub(crate) converged: bool,
}

struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    product: f64,
    /// By how much the preconditioner is too long along the change: the factor of Nocedal & Wright, equation 7.20.
    scale: f64,
}

/// Minimizes `problem` from `start`; `each` is called after every step with the number of steps and may stop the work.
///
/// A line search that finds no lower point ends the search: what is left is rounding.
pub(crate) fn minimize(
    problem: &mut impl Problem,
    start: Vec<f64>,
    stopping: Stopping,
    each: &mut dyn FnMut(usize) -> Result<()>,
) -> Result<Minimum> {
    let mut gradient = vec![0.0; start.len()];
    let value = problem.evaluate(&start, &mut gradient)?;
    problem.accepted();
    let mut minimum = Minimum { point: start, value, iterations: 0, converged: false };
    let mut pairs: VecDeque<Pair> = VecDeque::with_capacity(MEMORY);
    loop {
        minimum.converged = largest(&gradient) <= stopping.tolerance;
        if minimum.converged || minimum.iterations >= stopping.iterations {
            return Ok(minimum);
        }
        let mut direction = direction(problem, &gradient, &pairs);
        if dot(&direction, &gradient) >= 0.0 {
            pairs.clear();
            direction = self::direction(problem, &gradient, &pairs);
        }
        let Some(trial) = line_search(problem, &minimum, &gradient, &direction)? else {
            return Ok(minimum);
        };
        remember(problem, &mut pairs, &minimum.point, &trial, &gradient);
        (minimum.point, minimum.value, gradient) = (trial.point, trial.value, trial.gradient);
        minimum.iterations += 1;
        problem.accepted();
        each(minimum.iterations)?;
    }
}

fn remember(problem: &impl Problem, pairs: &mut VecDeque<Pair>, from: &[f64], trial: &Trial, gradient: &[f64]) {
    let step: Vec<f64> = trial.point.iter().zip(from).map(|(new, old)| new - old).collect();
    let change: Vec<f64> = trial.gradient.iter().zip(gradient).map(|(new, old)| new - old).collect();
    let product = dot(&step, &change);
    if product <= f64::EPSILON * dot(&change, &change) {
        return;
    }
    let mut preconditioned = change.clone();
    problem.precondition(&mut preconditioned);
    let scale = product / dot(&change, &preconditioned);
    if pairs.len() == MEMORY {
        pairs.pop_front();
    }
    pairs.push_back(Pair { step, change, product, scale });
}

/// The two-loop recursion: minus the inverse second derivative, as far as it is known, times the gradient.
fn direction(problem: &impl Problem, gradient: &[f64], pairs: &VecDeque<Pair>) -> Vec<f64> {
    let mut vector: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
    let mut shares = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let share = dot(&pair.step, &vector) / pair.product;
        add(&mut vector, -share, &pair.change);
        shares.push(share);
    }
    problem.precondition(&mut vector);
    if let Some(pair) = pairs.back() {
        vector.iter_mut().for_each(|value| *value *= pair.scale);
    }
    for (pair, share) in pairs.iter().zip(shares.iter().rev()) {
        let correction = share - dot(&pair.change, &vector) / pair.product;
        add(&mut vector, correction, &pair.step);
    }
    vector
}

struct Trial {
    point: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

/// A step of sufficient decrease and curvature, by doubling and the secant (after Lewis & Overton 2013,
/// algorithm 2.6, which halves).
fn line_search(
    problem: &mut impl Problem,
    from: &Minimum,
    gradient: &[f64],
    direction: &[f64],
) -> Result<Option<Trial>> {
    let slope = dot(direction, gradient);
    if slope >= 0.0 || !slope.is_finite() {
        return Ok(None);
    }
    let (mut low, mut high, mut step) = ((0.0, slope), (f64::INFINITY, 0.0), 1.0);
    let slack = ROUNDING * from.value.abs();
    for _ in 0..TRIALS {
        let mut point = from.point.clone();
        add(&mut point, step, direction);
        let mut trial = Trial { point, value: 0.0, gradient: vec![0.0; gradient.len()] };
        trial.value = problem.evaluate(&trial.point, &mut trial.gradient)?;
        let limit = from.value + DECREASE * step * slope + slack;
        let slope_there = dot(direction, &trial.gradient);
        if trial.value.is_nan() || trial.value > limit {
            high = (step, slope_there);
        } else if slope_there < CURVATURE * slope {
            low = (step, slope_there);
        } else {
            return Ok(Some(trial));
        }
        step = between(low, high);
    }
    Ok(None)
}

/// A step between two steps with their slopes: where the slope would be 0 if it were linear, kept off the ends; the
/// middle where it is not known to change sign; twice the lower one where there is no upper.
fn between((low, low_slope): (f64, f64), (high, high_slope): (f64, f64)) -> f64 {
    if !high.is_finite() {
        return 2.0 * low;
    }
    let share = if high_slope > 0.0 && high_slope.is_finite() { low_slope / (low_slope - high_slope) } else { 0.5 };
    low + share.clamp(0.1, 0.9) * (high - low)
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| value.abs().max(largest))
}

fn add(sum: &mut [f64], factor: f64, values: &[f64]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
}

/// Σ aᵢbᵢ, in eight interleaved sums that the compiler keeps in vector registers.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}
