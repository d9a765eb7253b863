//! One pass over all samples: posteriors, and what the next step needs to know of them.

use mislabel_core::{Labels, NearestErrors};
use ndarray::Array2;
use rayon::prelude::*;

use crate::parameters::{Flip, Parameters};

/// Samples of one task at least; the partition depends on the data alone, never on threads.
const LEAST_BLOCK: usize = 1024;

/// Numbers that the count matrices of all tasks may take together.
const COUNT_CELLS: usize = 1 << 24;

/// What the classes' shares are measured against.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// The given labels, a share of them spread over all classes: for the start.
    Smoothed(f64),
    /// The posterior under the parameters.
    Posterior,
}

/// The data as the model sees it.
pub(crate) struct Evidence<'a> {
    pub(crate) errors: &'a NearestErrors,
    pub(crate) given: &'a Labels,
    /// s: the root of the median of the least squared errors.
    pub(crate) unit: f64,
    /// κ: how much more often labels are wrong where classes are hard to tell apart.
    pub(crate) boundary: f64,
}

/// Sums over samples.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    /// Log-likelihood of the labels under the model, or of the smoothed labels under the classifier.
    pub(crate) likelihood: f64,
    /// Σ Q by true class (row) and given label (column), `(k, k)`.
    pub(crate) counts: Array2<f64>,
    /// Σ Q_c e_c and Σ Q_c e_c (1 − e_c), `(k,)` each, e the probability of another label.
    pub(crate) expected_flips: Vec<f64>,
    pub(crate) flip_curvature: Vec<f64>,
    /// Σ (Q_c − p_c), `(k,)`, and −Σ_c (Q_c − p_c) r_c.
    pub(crate) bias_slope: Vec<f64>,
    pub(crate) steepness_slope: f64,
    /// Σ p_c (1 − p_c), Σ p_c (r_c − E r), `(k,)` each, and Σ Var r.
    pub(crate) bias_curvature: Vec<f64>,
    pub(crate) cross_curvature: Vec<f64>,
    pub(crate) steepness_curvature: f64,
}

impl Sums {
    fn new(classes: usize) -> Self {
        let zeros = || vec![0.0; classes];
        Self {
            likelihood: 0.0,
            counts: Array2::zeros((classes, classes)),
            expected_flips: zeros(),
            flip_curvature: zeros(),
            bias_slope: zeros(),
            steepness_slope: 0.0,
            bias_curvature: zeros(),
            cross_curvature: zeros(),
            steepness_curvature: 0.0,
        }
    }

    fn add(mut self, other: &Self) -> Self {
        self.likelihood += other.likelihood;
        self.steepness_slope += other.steepness_slope;
        self.steepness_curvature += other.steepness_curvature;
        self.counts += &other.counts;
        let add = |sum: &mut Vec<f64>, other: &[f64]| sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
        add(&mut self.expected_flips, &other.expected_flips);
        add(&mut self.flip_curvature, &other.flip_curvature);
        add(&mut self.bias_slope, &other.bias_slope);
        add(&mut self.bias_curvature, &other.bias_curvature);
        add(&mut self.cross_curvature, &other.cross_curvature);
        self
    }
}

/// One sample under the parameters; the given class comes first, then its nearest others, then all the rest as one.
#[derive(Default)]
pub(crate) struct View {
    /// The classes, but for the rest.
    pub(crate) classes: Vec<u32>,
    /// r of every class, the mean one for the rest.
    distances: Vec<f64>,
    /// ln p(c | x).
    log_prior: Vec<f64>,
    /// p(c | x).
    prior: Vec<f64>,
    /// P(true class is c | x, given label); of the smoothed labels while starting.
    pub(crate) posterior: Vec<f64>,
    /// P(another label | c, x), but for the rest.
    flips: Vec<f64>,
    likelihood: f64,
}

impl Evidence<'_> {
    /// The sums under `parameters`.
    pub(crate) fn sums(&self, parameters: &Parameters, target: Target) -> Sums {
        let (n, k) = (self.given.len(), self.given.classes());
        let tasks = (COUNT_CELLS / (k * k)).clamp(1, 64);
        let block = n.div_ceil(tasks).max(LEAST_BLOCK);
        let of_block = |start: usize| {
            let (mut sums, mut view) = (Sums::new(k), View::default());
            for row in start..n.min(start + block) {
                self.see(row, parameters, target, &mut view);
                view.add_to(&mut sums, self.given.class(row));
            }
            sums
        };
        let starts: Vec<usize> = (0..n).step_by(block).collect();
        let blocks: Vec<Sums> = starts.into_par_iter().map(of_block).collect();
        blocks.iter().fold(Sums::new(k), Sums::add)
    }

    /// Sample `row` under `parameters`.
    pub(crate) fn see(&self, row: usize, parameters: &Parameters, target: Target, view: &mut View) {
        self.measure(row, view);
        let rest = self.rest(view);
        let Parameters { bias, steepness, .. } = parameters;
        view.log_prior.clear();
        let exponents =
            view.classes.iter().zip(&view.distances).map(|(class, r)| bias[*class as usize] - steepness * r);
        view.log_prior.extend(exponents);
        if rest > 0 {
            let distance = view.distances[view.classes.len()];
            view.log_prior.push((rest as f64).ln() + parameters.mean_bias - steepness * distance);
        }
        view.prior.clone_from(&view.log_prior);
        let normaliser = normalise(&mut view.prior);
        view.log_prior.iter_mut().for_each(|exponent| *exponent -= normaliser);
        match target {
            Target::Smoothed(share) => view.smooth(share, self.given.classes(), rest),
            Target::Posterior => view.judge(parameters, self.boundary),
        }
    }

    /// The distances of sample `row`: errors in units of s, less the least.
    fn measure(&self, row: usize, view: &mut View) {
        let (summary, others) = (self.errors.summary(), self.errors.errors(row));
        let own = summary.own()[row];
        let errors = [own].into_iter().chain(others.iter().map(|error| f64::from(*error)));
        let least = errors.clone().fold(f64::INFINITY, f64::min);
        view.classes.clear();
        view.classes.push(self.given.values()[row]);
        view.classes.extend(self.errors.classes(row));
        view.distances.clear();
        view.distances.extend(errors.clone().map(|error| (error - least) / self.unit));
        let rest = self.rest(view);
        if rest > 0 {
            let farthest = view.distances.iter().skip(1).fold(0.0_f64, |most, r| most.max(*r));
            let mean = (summary.sum_or_estimate(row) - errors.sum::<f64>()) / rest as f64;
            // None of the rest is nearer than those that are known, whatever rounding says.
            view.distances.push(((mean - least) / self.unit).max(farthest));
        }
    }

    /// How many classes with samples are not looked at one by one.
    fn rest(&self, view: &View) -> usize {
        self.errors.summary().reconstructors() - view.classes.len()
    }
}

impl View {
    /// The given label, a `share` of it spread over all `k` classes.
    fn smooth(&mut self, share: f64, k: usize, rest: usize) {
        let even = share / k as f64;
        self.posterior.clear();
        self.posterior.resize(self.classes.len(), even);
        self.posterior[0] += 1.0 - share;
        if rest > 0 {
            self.posterior.push(even * rest as f64);
        }
        self.flips.clear();
        self.flips.resize(self.classes.len(), 0.0);
        self.likelihood = self.posterior.iter().zip(&self.log_prior).map(|(q, log)| q * log).sum();
    }

    /// The posterior by Bayes' rule.
    fn judge(&mut self, parameters: &Parameters, boundary: f64) {
        let given = self.classes[0] as usize;
        let surest = self.prior[..self.classes.len()].iter().fold(0.0_f64, |most, p| most.max(*p));
        self.posterior.clear();
        self.flips.clear();
        for (place, (&class, &log)) in self.classes.iter().zip(&self.log_prior).enumerate() {
            let class = class as usize;
            let flip = match boundary == 0.0 {
                true => parameters.flips[class],
                false => Flip::of(parameters.flip_logit[class] + boundary * (1.0 - surest)),
            };
            self.flips.push(flip.share);
            let of_label = match place {
                0 => flip.log_kept,
                _ => flip.log_share + parameters.direction[[class, given]],
            };
            self.posterior.push(log + of_label);
        }
        if let Some(log) = self.log_prior.get(self.classes.len()) {
            let classes = parameters.bias.len() as f64;
            let mean = Flip::of(parameters.mean_flip_logit + boundary * (1.0 - surest));
            self.posterior.push(log + mean.log_share - classes.ln());
        }
        self.likelihood = normalise(&mut self.posterior);
    }

    fn add_to(&self, sums: &mut Sums, given: usize) {
        sums.likelihood += self.likelihood;
        let expected: f64 = self.prior.iter().zip(&self.distances).map(|(p, r)| p * r).sum();
        let squares: f64 = self.prior.iter().zip(&self.distances).map(|(p, r)| p * r * r).sum();
        sums.steepness_curvature += squares - expected * expected;
        for (place, ((q, p), r)) in self.posterior.iter().zip(&self.prior).zip(&self.distances).enumerate() {
            sums.steepness_slope -= (q - p) * r;
            let Some(&class) = self.classes.get(place) else { continue };
            let (class, flip) = (class as usize, self.flips[place]);
            sums.bias_slope[class] += q - p;
            sums.bias_curvature[class] += p * (1.0 - p);
            sums.cross_curvature[class] += p * (r - expected);
            sums.counts[[class, given]] += q;
            sums.expected_flips[class] += q * flip;
            sums.flip_curvature[class] += q * flip * (1.0 - flip);
        }
    }
}

/// From logarithms l to shares e^l/Σ e^l, in place; ln Σ e^l.
fn normalise(values: &mut [f64]) -> f64 {
    let most = values.iter().fold(f64::NEG_INFINITY, |most, log| most.max(*log));
    values.iter_mut().for_each(|value| *value = exponential(*value - most));
    let total: f64 = values.iter().sum();
    values.iter_mut().for_each(|value| *value /= total);
    most + total.ln()
}

/// e^l, and 0 for what is lost beside 1: towards its least numbers the library's function is many times slower.
fn exponential(log: f64) -> f64 {
    const LOST: f64 = -60.0;
    if log < LOST { 0.0 } else { log.exp() }
}
