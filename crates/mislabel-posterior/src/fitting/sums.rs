//! What a step needs to know of all samples.

use ndarray::{Array2, ArrayViewMut1};

use crate::fitting::parameters::FEATURES;
use crate::fitting::view::View;

/// Sums over samples; f ranges over the features (−r, v).
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    /// Log-likelihood of the labels under the model, or of the smoothed labels under the classifier.
    pub(crate) likelihood: f64,
    /// Σ Q by given label (row) and true class (column), `(k, k)`.
    pub(crate) counts: Array2<f64>,
    /// Of them, those of samples that are sure; all, where none is asked to be, and then empty.
    pub(crate) sure_counts: Array2<f64>,
    /// Σ Q_c p_c, `(k,)`.
    pub(crate) sureness: Vec<f64>,
    /// Σ Q_c e_c and Σ Q_c e_c (1 − e_c), `(k,)` each, e the probability of another label, where it depends on the sample.
    pub(crate) expected_flips: Vec<f64>,
    pub(crate) flip_curvature: Vec<f64>,
    /// Σ (Q_c − p_c), `(k,)`, and Σ_c (Q_c − p_c) f_c.
    pub(crate) bias_slope: Vec<f64>,
    pub(crate) steepness_slope: [f64; FEATURES],
    /// Σ p_c (1 − p_c) and Σ p_c (f_c − E f), `(k,)` each, and Σ Cov f.
    pub(crate) bias_curvature: Vec<f64>,
    pub(crate) cross_curvature: [Vec<f64>; FEATURES],
    pub(crate) steepness_curvature: [[f64; FEATURES]; FEATURES],
}

impl Sums {
    pub(crate) fn new(classes: usize) -> Self {
        let zeros = || vec![0.0; classes];
        Self {
            likelihood: 0.0,
            counts: Array2::zeros((classes, classes)),
            sure_counts: Array2::zeros((0, 0)),
            sureness: zeros(),
            expected_flips: zeros(),
            flip_curvature: zeros(),
            bias_slope: zeros(),
            steepness_slope: [0.0; FEATURES],
            bias_curvature: zeros(),
            cross_curvature: [zeros(), zeros()],
            steepness_curvature: [[0.0; FEATURES]; FEATURES],
        }
    }

    pub(crate) fn add(mut self, other: &Self) -> Self {
        self.likelihood += other.likelihood;
        self.counts += &other.counts;
        if self.sure_counts.is_empty() {
            self.sure_counts.clone_from(&other.sure_counts);
        } else if !other.sure_counts.is_empty() {
            self.sure_counts += &other.sure_counts;
        }
        add(&mut self.sureness, &other.sureness);
        add(&mut self.expected_flips, &other.expected_flips);
        add(&mut self.flip_curvature, &other.flip_curvature);
        add(&mut self.bias_slope, &other.bias_slope);
        add(&mut self.bias_curvature, &other.bias_curvature);
        add(&mut self.steepness_slope, &other.steepness_slope);
        self.cross_curvature.iter_mut().zip(&other.cross_curvature).for_each(|(sum, other)| add(sum, other));
        self.steepness_curvature.iter_mut().zip(&other.steepness_curvature).for_each(|(sum, other)| add(sum, other));
        self
    }

    /// Adds a sample that counts `weight` times; `sure`, `(k,)`, is the least p(c | x) of sure samples, or empty.
    pub(crate) fn take(&mut self, view: &View, sure: &[f64], weight: f64) {
        self.likelihood += weight * view.likelihood;
        self.take_features(view, weight);
        let classes = &view.outlook.classes;
        let given = classes[0] as usize;
        let mut counts = self.counts.row_mut(given);
        for ((class, q), p) in classes.iter().zip(&view.posterior).zip(&view.prior) {
            let (class, q) = (*class as usize, weight * q);
            counts[class] += q;
            self.sureness[class] += q * p;
            self.bias_slope[class] += q - weight * p;
            self.bias_curvature[class] += weight * p * (1.0 - p);
        }
        if !sure.is_empty() {
            if self.sure_counts.is_empty() {
                self.sure_counts = Array2::zeros(self.counts.raw_dim());
            }
            take_sure(self.sure_counts.row_mut(given), view, sure, weight);
        }
        for ((class, q), flip) in classes.iter().zip(&view.posterior).zip(&view.flips) {
            self.expected_flips[*class as usize] += weight * q * flip;
            self.flip_curvature[*class as usize] += weight * q * flip * (1.0 - flip);
        }
    }

    fn take_features(&mut self, view: &View, weight: f64) {
        let View { outlook, prior, posterior, .. } = view;
        let (distance, share) = (&outlook.distance, &outlook.share);
        let nearness: f64 = -prior.iter().zip(distance).map(|(p, r)| p * r).sum::<f64>();
        for (place, ((p, q), r)) in prior.iter().zip(posterior).zip(distance).enumerate() {
            let off = weight * p * (-r - nearness);
            self.steepness_slope[0] -= weight * (q - p) * r;
            self.steepness_curvature[0][0] -= off * r;
            if let Some(class) = outlook.classes.get(place) {
                self.cross_curvature[0][*class as usize] += off;
            }
        }
        if share.is_empty() {
            return;
        }
        let expected: f64 = prior.iter().zip(share).map(|(p, v)| p * v).sum();
        for (place, ((p, q), (r, v))) in prior.iter().zip(posterior).zip(distance.iter().zip(share)).enumerate() {
            let off = weight * p * (v - expected);
            self.steepness_slope[1] += weight * (q - p) * v;
            self.steepness_curvature[1][1] += off * v;
            self.steepness_curvature[0][1] -= off * r;
            self.steepness_curvature[1][0] -= off * r;
            if let Some(class) = outlook.classes.get(place) {
                self.cross_curvature[1][*class as usize] += off;
            }
        }
    }

    /// How many samples count.
    pub(crate) fn samples(&self) -> f64 {
        self.counts.sum()
    }

    /// What directions are told by.
    pub(crate) fn directed(&self) -> &Array2<f64> {
        if self.sure_counts.is_empty() { &self.counts } else { &self.sure_counts }
    }
}

fn take_sure(mut counts: ArrayViewMut1<'_, f64>, view: &View, sure: &[f64], weight: f64) {
    for ((class, q), p) in view.outlook.classes.iter().zip(&view.posterior).zip(&view.prior) {
        if *p >= sure[*class as usize] {
            counts[*class as usize] += weight * q;
        }
    }
}

fn add(sum: &mut [f64], other: &[f64]) {
    sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
}
