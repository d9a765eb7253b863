//! The parameters of the model.

use ndarray::Array2;

use crate::fitting::empirical_bayes::ALL_ALIKE;

/// The least probability of a label, so that no label is impossible.
pub(crate) const LEAST: f64 = 1e-300;

/// What a sample says of a class beside its bias: −r, the distance, and v, the logarithm of the neighbors' share.
pub(crate) const FEATURES: usize = 2;

/// p(c | x) = softmax_c(b_c − β r_c + γ v_c), and how true classes are given labels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parameters {
    /// b, `(k,)`.
    pub(crate) bias: Vec<f64>,
    /// Their mean, which stands for classes that are not looked at one by one.
    pub(crate) mean_bias: f64,
    /// How strongly biases are drawn to 0: 1/τ² of their prior N(0, τ²).
    pub(crate) bias_precision: f64,
    /// β and γ, at least 0.
    pub(crate) steepness: [f64; FEATURES],
    /// logit η_c, `(k,)`: how often class c gets another label where it is certain.
    pub(crate) flip_logit: Vec<f64>,
    /// The odds of the mean logit, which stand for classes that are not looked at one by one.
    pub(crate) mean_kept_odds: f64,
    /// e^−logit η_c, `(k,)`: the odds that class c keeps its label where nothing is added to the logit.
    pub(crate) kept_odds: Vec<f64>,
    /// P(label | class), `(k, k)`: row = given label, column = true class.
    pub(crate) labels: Array2<f64>,
    /// a and s: how strongly directions are drawn to all classes alike, and rates to one rate, in samples.
    pub(crate) direction_strength: f64,
    pub(crate) rate_strength: f64,
    /// The least p(c | x) of a sample of class c that tells of directions, `(k,)`; empty: all tell.
    pub(crate) sure: Vec<f64>,
    /// κ: how much more often labels are wrong where classes are hard to tell apart.
    pub(crate) boundary: f64,
}

impl Parameters {
    /// Every class flips to every other alike, a share of `rate`.
    pub(crate) fn start(classes: usize, rate: f64, boundary: f64) -> Self {
        let none = Self {
            bias: vec![0.0; classes],
            mean_bias: 0.0,
            bias_precision: 1.0,
            steepness: [1.0, 0.0],
            flip_logit: Vec::new(),
            mean_kept_odds: 1.0,
            kept_odds: Vec::new(),
            labels: Array2::zeros((0, 0)),
            direction_strength: ALL_ALIKE,
            rate_strength: ALL_ALIKE,
            sure: Vec::new(),
            boundary,
        };
        none.with_noise(vec![logit(rate); classes], Array2::from_elem((classes, classes), 1.0 / (classes - 1) as f64))
    }

    /// Of a fit that is over: (b, its mean, (β, γ)), (logit η, the odds of the mean logit, P(label | class)), and κ. What only a fit
    /// asks for is that of a start.
    pub(crate) fn for_judging(
        (bias, mean_bias, steepness): (Vec<f64>, f64, [f64; FEATURES]),
        (flip_logit, mean_kept_odds, labels): (Vec<f64>, f64, Array2<f64>),
        boundary: f64,
    ) -> Self {
        Self {
            bias,
            mean_bias,
            bias_precision: 1.0,
            steepness,
            kept_odds: kept_odds(&flip_logit),
            flip_logit,
            mean_kept_odds,
            labels,
            direction_strength: ALL_ALIKE,
            rate_strength: ALL_ALIKE,
            sure: Vec::new(),
            boundary,
        }
    }

    /// The same classifier with other label noise: logit η_c, `(k,)`, and D, `(k, k)`, row = given label, column = true
    /// class, of those that get another label; its diagonal does not count.
    pub(crate) fn with_noise(&self, flip_logit: Vec<f64>, mut directions: Array2<f64>) -> Self {
        let kept_odds = kept_odds(&flip_logit);
        for (class, (mut column, odds)) in directions.columns_mut().into_iter().zip(&kept_odds).enumerate() {
            let flip = (1.0 + odds).recip();
            column.mapv_inplace(|direction| direction * flip);
            column[class] = odds * flip;
        }
        Self {
            bias: self.bias.clone(),
            mean_kept_odds: (-mean(&flip_logit)).exp(),
            kept_odds,
            flip_logit,
            labels: directions,
            sure: self.sure.clone(),
            ..*self
        }
    }

    /// Another classifier with the same label noise.
    pub(crate) fn with_classifier(&self, bias: Vec<f64>, steepness: [f64; FEATURES]) -> Self {
        Self { mean_bias: mean(&bias), bias, steepness, ..self.clone() }
    }
}

fn kept_odds(flip_logit: &[f64]) -> Vec<f64> {
    flip_logit.iter().map(|z| (-z).exp()).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub(crate) fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}
