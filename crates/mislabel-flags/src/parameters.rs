//! The parameters of the model.

use ndarray::Array2;

/// The least probability of a label, so that no label is impossible.
pub(crate) const LEAST: f64 = 1e-300;

/// p(c | x) = softmax_c(b_c − β r_c), and how true classes are given labels.
#[derive(Clone, Debug)]
pub(crate) struct Parameters {
    /// b, `(k,)`.
    pub(crate) bias: Vec<f64>,
    /// β, at least 0.
    pub(crate) steepness: f64,
    /// logit η_c, `(k,)`: how often class c gets another label where it is certain.
    pub(crate) flip_logit: Vec<f64>,
    /// ln D, `(k, k)`: row = true class, column = given label, of those that get another one.
    pub(crate) direction: Array2<f64>,
}

impl Parameters {
    /// Every class flips to every other alike, a share of `rate`.
    pub(crate) fn start(classes: usize, rate: f64) -> Self {
        let even = -((classes - 1) as f64).ln();
        Self {
            bias: vec![0.0; classes],
            steepness: 1.0,
            flip_logit: vec![logit(rate); classes],
            direction: Array2::from_elem((classes, classes), even),
        }
    }

    /// The mean bias, which stands for classes that are not looked at one by one.
    pub(crate) fn mean_bias(&self) -> f64 {
        self.bias.iter().sum::<f64>() / self.bias.len() as f64
    }
}

pub(crate) fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// 1/(1 + e^−z).
pub(crate) fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// ln(1 + e^z), without overflow.
pub(crate) fn soft_plus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}
