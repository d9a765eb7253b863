//! One pass over all samples: posteriors, and what the next step needs to know of them.

use mislabel_linalg::exponentiate;
use ndarray::Array2;
use rayon::prelude::*;

use crate::fitting::evidence::{Evidence, Outlook};
use crate::fitting::parameters::{FEATURES, LEAST, Parameters};

/// Samples of one task at least; the partition depends on the data alone, never on threads.
const LEAST_BLOCK: usize = 1024;

/// Numbers that the count matrices of all tasks may take together.
const COUNT_CELLS: usize = 1 << 24;

/// Logits this far below the greatest of their softmax count as −∞: nothing that follows divides a share of 1e-26 by
/// another, which rounding of the greatest one has long made meaningless.
const LEAST_LOGIT: f64 = -60.0;

/// What the classes' shares are measured against.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// The given labels, a share of them spread over all classes: for the start.
    Smoothed(f64),
    /// The posterior under the parameters.
    Posterior,
}

/// Sums over samples; f ranges over the features (−r, v).
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    /// Log-likelihood of the labels under the model, or of the smoothed labels under the classifier.
    pub(crate) likelihood: f64,
    /// Σ Q by true class (row) and given label (column), `(k, k)`.
    pub(crate) counts: Array2<f64>,
    /// Of them, the flips that went to a class because it is near, `(k, k)`.
    pub(crate) near_flips: Array2<f64>,
    /// Σ Q_c e_c and Σ Q_c e_c (1 − e_c), `(k,)` each, e the probability of another label.
    pub(crate) expected_flips: Vec<f64>,
    pub(crate) flip_curvature: Vec<f64>,
    /// Σ (Q_c − p_c), `(k,)`, and Σ_c (Q_c − p_c) f_c.
    pub(crate) bias_slope: Vec<f64>,
    pub(crate) steepness_slope: [f64; FEATURES],
    /// Σ p_c (1 − p_c) and Σ p_c (f_c − E f), `(k,)` each, and Σ Cov f.
    pub(crate) bias_curvature: Vec<f64>,
    pub(crate) cross_curvature: Vec<[f64; FEATURES]>,
    pub(crate) steepness_curvature: [[f64; FEATURES]; FEATURES],
}

impl Sums {
    fn new(classes: usize) -> Self {
        let zeros = || vec![0.0; classes];
        Self {
            likelihood: 0.0,
            counts: Array2::zeros((classes, classes)),
            near_flips: Array2::zeros((classes, classes)),
            expected_flips: zeros(),
            flip_curvature: zeros(),
            bias_slope: zeros(),
            steepness_slope: [0.0; FEATURES],
            bias_curvature: zeros(),
            cross_curvature: vec![[0.0; FEATURES]; classes],
            steepness_curvature: [[0.0; FEATURES]; FEATURES],
        }
    }

    fn add(mut self, other: &Self) -> Self {
        self.likelihood += other.likelihood;
        self.counts += &other.counts;
        self.near_flips += &other.near_flips;
        add(&mut self.expected_flips, &other.expected_flips);
        add(&mut self.flip_curvature, &other.flip_curvature);
        add(&mut self.bias_slope, &other.bias_slope);
        add(&mut self.bias_curvature, &other.bias_curvature);
        add(&mut self.steepness_slope, &other.steepness_slope);
        self.cross_curvature.iter_mut().zip(&other.cross_curvature).for_each(|(sum, other)| add(sum, other));
        self.steepness_curvature.iter_mut().zip(&other.steepness_curvature).for_each(|(sum, other)| add(sum, other));
        self
    }
}

fn add(sum: &mut [f64], other: &[f64]) {
    sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
}

/// One sample under the parameters; its classes as in its [`Outlook`].
#[derive(Default)]
pub(crate) struct View {
    pub(crate) outlook: Outlook,
    /// Logits of p(c | x), and what normalizes them.
    logits: Vec<f64>,
    normalizer: f64,
    /// p(c | x).
    pub(crate) prior: Vec<f64>,
    /// P(true class is c | x, given label); of the smoothed labels while starting.
    pub(crate) posterior: Vec<f64>,
    /// P(another label | c, x), but for the rest.
    flips: Vec<f64>,
    /// The share of those with the given label that took it because it is near, but for the rest.
    near: Vec<f64>,
    likelihood: f64,
}

impl Evidence<'_> {
    /// The sums under `parameters`.
    pub(crate) fn sums(&self, parameters: &Parameters, target: Target) -> Sums {
        let (n, k) = (self.given.len(), self.given.class_count());
        let tasks = (COUNT_CELLS / (2 * k * k)).clamp(1, 64);
        let block = n.div_ceil(tasks).max(LEAST_BLOCK);
        let of_block = |start: usize| {
            let (mut sums, mut view) = (Sums::new(k), View::default());
            for row in start..n.min(start + block) {
                let weight = self.weight(row);
                if weight > 0.0 {
                    self.see(row, parameters, target, &mut view);
                    view.add_to(&mut sums, self.given.class(row), weight);
                }
            }
            sums
        };
        let starts: Vec<usize> = (0..n).step_by(block).collect();
        let blocks: Vec<Sums> = starts.into_par_iter().map(of_block).collect();
        blocks.iter().fold(Sums::new(k), Sums::add)
    }

    /// Sample `row` under `parameters`.
    pub(crate) fn see(&self, row: usize, parameters: &Parameters, target: Target, view: &mut View) {
        self.look(row, &mut view.outlook);
        let Outlook { classes, features, rest } = &view.outlook;
        let Parameters { bias, steepness: [beta, gamma], .. } = parameters;
        let biases = classes.iter().map(|class| bias[*class as usize]);
        let of_rest = (*rest > 0).then(|| (*rest as f64).ln() + parameters.mean_bias);
        view.logits.clear();
        view.logits.extend(biases.chain(of_rest).zip(features).map(|(bias, [r, v])| bias + beta * r + gamma * v));
        view.prior.clone_from(&view.logits);
        view.normalizer = normalize(&mut view.prior);
        match target {
            Target::Smoothed(share) => view.smooth(share, self.given.class_count()),
            Target::Posterior => view.judge(parameters),
        }
    }
}

impl View {
    /// The given label, a `share` of it spread over all `k` classes.
    fn smooth(&mut self, share: f64, k: usize) {
        let (even, looked_at) = (share / k as f64, self.outlook.classes.len());
        self.posterior.clear();
        self.posterior.resize(looked_at, even);
        self.posterior[0] += 1.0 - share;
        if self.outlook.rest > 0 {
            self.posterior.push(even * self.outlook.rest as f64);
        }
        for none in [&mut self.flips, &mut self.near] {
            none.clear();
            none.resize(looked_at, 0.0);
        }
        self.likelihood = self.posterior.iter().zip(&self.logits).map(|(q, logit)| q * (logit - self.normalizer)).sum();
    }

    /// The posterior by Bayes' rule. No product underflows to nothing: the likeliest class has a prior of at least 1/(m + 2), and
    /// the smoothed rates and directions leave it some of any label.
    fn judge(&mut self, parameters: &Parameters) {
        let Parameters { near, boundary, .. } = *parameters;
        let classes = &self.outlook.classes;
        let (given, of_given) = (classes[0] as usize, self.prior[0]);
        let surest = self.prior[..classes.len()].iter().fold(0.0_f64, |most, p| most.max(*p));
        let eased = (-boundary * (1.0 - surest).max(0.0).sqrt()).exp();
        // p(given | x, another class than c): how near the given class is to a sample of c.
        let nearness = |of_class: f64| of_given / (1.0 - of_class).max(of_given).max(LEAST);
        self.posterior.clear();
        self.flips.clear();
        self.near.clear();
        for (place, (&class, &prior)) in classes.iter().zip(&self.prior).enumerate() {
            let class = class as usize;
            let odds = parameters.kept_odds[class] * eased;
            let flip = (1.0 + odds).recip();
            self.flips.push(flip);
            if place == 0 {
                self.near.push(0.0);
                self.posterior.push(prior * odds * flip);
                continue;
            }
            let by_nearness = near * nearness(prior);
            let label = (1.0 - near) * parameters.direction[[class, given]] + by_nearness;
            self.near.push(by_nearness / label.max(LEAST));
            self.posterior.push(prior * flip * label);
        }
        if let Some(prior) = self.prior.get(classes.len()) {
            let even = 1.0 / parameters.bias.len() as f64;
            let flip = (1.0 + parameters.mean_kept_odds * eased).recip();
            self.posterior.push(prior * flip * ((1.0 - near) * even + near * nearness(*prior)));
        }
        let total = self.posterior.iter().sum::<f64>().max(LEAST);
        self.posterior.iter_mut().for_each(|joint| *joint /= total);
        self.likelihood = total.ln();
    }

    fn add_to(&self, sums: &mut Sums, given: usize, weight: f64) {
        sums.likelihood += weight * self.likelihood;
        let features = &self.outlook.features;
        let mut expected = [0.0; FEATURES];
        for (p, f) in self.prior.iter().zip(features) {
            (0..FEATURES).for_each(|one| expected[one] += p * f[one]);
        }
        for (place, ((q, p), f)) in self.posterior.iter().zip(&self.prior).zip(features).enumerate() {
            let (q, p) = (weight * q, weight * p);
            let off: [f64; FEATURES] = std::array::from_fn(|one| p * (f[one] - expected[one]));
            for (one, off) in off.iter().enumerate() {
                sums.steepness_slope[one] += (q - p) * f[one];
                (0..FEATURES).for_each(|two| sums.steepness_curvature[one][two] += off * f[two]);
            }
            let Some(&class) = self.outlook.classes.get(place) else { continue };
            let (class, flip, near) = (class as usize, self.flips[place], self.near[place]);
            sums.bias_slope[class] += q - p;
            sums.bias_curvature[class] += p * (1.0 - self.prior[place]);
            add(&mut sums.cross_curvature[class], &off);
            sums.counts[[class, given]] += q;
            sums.near_flips[[class, given]] += q * near;
            sums.expected_flips[class] += q * flip;
            sums.flip_curvature[class] += q * flip * (1.0 - flip);
        }
    }
}

/// From logarithms l to shares e^l/Σ e^l, in place; ln Σ e^l.
fn normalize(values: &mut [f64]) -> f64 {
    let most = values.iter().fold(f64::NEG_INFINITY, |most, log| most.max(*log));
    exponentiate(values, most, LEAST_LOGIT);
    let total: f64 = values.iter().sum();
    values.iter_mut().for_each(|value| *value /= total);
    most + total.ln()
}
