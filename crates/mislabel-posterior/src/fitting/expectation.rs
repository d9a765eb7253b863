//! One pass over all samples: posteriors, and what the next step needs to know of them.

use mislabel_linalg::exponentiate;
use rayon::prelude::*;

use crate::fitting::evidence::{Evidence, Outlook};
use crate::fitting::parameters::{LEAST, Parameters};
use crate::fitting::sums::Sums;
use crate::fitting::view::View;

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
                    sums.take(&view, &parameters.sure, weight);
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
        let View { outlook: Outlook { classes, distance, share, rest }, prior, .. } = &mut *view;
        let Parameters { bias, steepness: [beta, gamma], .. } = parameters;
        prior.clear();
        prior.extend(classes.iter().zip(&*distance).map(|(class, r)| bias[*class as usize] - beta * r));
        if *rest > 0 {
            let r = distance.last().copied().unwrap_or(0.0);
            prior.push((*rest as f64).ln() + parameters.mean_bias - beta * r);
        }
        prior.iter_mut().zip(share).for_each(|(logit, v)| *logit += gamma * *v);
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
        self.flips.clear();
        let expected: f64 = self.posterior.iter().zip(&self.prior).map(|(q, logit)| q * logit).sum();
        self.likelihood = expected - self.posterior.iter().sum::<f64>() * normalize(&mut self.prior);
    }

    /// The posterior by Bayes' rule. No product underflows to nothing: the likeliest class has a prior of at least 1/(m + 2), and
    /// the smoothed rates and directions leave it some of any label.
    fn judge(&mut self, parameters: &Parameters) {
        normalize(&mut self.prior);
        let classes = &self.outlook.classes;
        let of_given = parameters.labels.row(classes[0] as usize);
        self.posterior.clear();
        self.posterior.extend(classes.iter().zip(&self.prior).map(|(class, prior)| prior * of_given[*class as usize]));
        if let Some(prior) = self.prior.get(classes.len()) {
            let flip = (1.0 + parameters.mean_kept_odds).recip();
            self.posterior.push(prior * flip / parameters.bias.len() as f64);
        }
        self.flips.clear();
        if parameters.boundary > 0.0 {
            self.ease(parameters);
        }
        let total = self.posterior.iter().sum::<f64>().max(LEAST);
        let share = total.recip();
        self.posterior.iter_mut().for_each(|joint| *joint *= share);
        self.likelihood = total.ln();
    }

    /// Makes labels wrong more often, by κ·√(1 − max p) of log odds, where classes are hard to tell apart.
    fn ease(&mut self, parameters: &Parameters) {
        let classes = &self.outlook.classes;
        let surest = self.prior[..classes.len()].iter().fold(0.0_f64, |most, p| most.max(*p));
        let eased = (-parameters.boundary * (1.0 - surest).max(0.0).sqrt()).exp();
        for (place, class) in classes.iter().enumerate() {
            let odds = parameters.kept_odds[*class as usize];
            let flip = (1.0 + odds * eased).recip();
            self.flips.push(flip);
            // From 1/(1 + odds) of flips, or odds/(1 + odds) of kept labels, to those with eased odds.
            self.posterior[place] *= if place == 0 { eased } else { 1.0 } * (1.0 + odds) * flip;
        }
        if let Some(joint) = self.posterior.get_mut(classes.len()) {
            *joint *= (1.0 + parameters.mean_kept_odds) / (1.0 + parameters.mean_kept_odds * eased);
        }
    }
}

/// From logarithms l to shares e^l/Σ e^l, in place; ln Σ e^l.
fn normalize(values: &mut [f64]) -> f64 {
    let most = values.iter().fold(f64::NEG_INFINITY, |most, log| most.max(*log));
    exponentiate(values, most, LEAST_LOGIT);
    let total: f64 = values.iter().sum();
    let share = total.recip();
    values.iter_mut().for_each(|value| *value *= share);
    most + total.ln()
}
