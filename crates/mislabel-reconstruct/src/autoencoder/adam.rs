//! Adam.

use super::params::Autoencoder;

/// Keeps a step finite where gradients vanish; Adam's usual value.
const EPSILON: f32 = 1e-8;

/// Adam's state for one network (Kingma & Ba 2015, algorithm 1).
pub(crate) struct Adam {
    first: Vec<f32>,
    second: Vec<f32>,
    betas: [f64; 2],
    steps: i32,
}

impl Adam {
    pub(crate) fn new(method: &Autoencoder, parameters: usize) -> Self {
        Self { first: vec![0.0; parameters], second: vec![0.0; parameters], betas: method.betas, steps: 0 }
    }

    /// One step down the `gradient`, with the derivative 2·`penalty`·w of the penalty added for the first `weights`.
    pub(crate) fn step(&mut self, parameters: &mut [f32], gradient: &[f32], rate: f64, penalty: f64, weights: usize) {
        self.steps = self.steps.saturating_add(1);
        let [one, two] = self.betas;
        let rate = (rate / (1.0 - one.powi(self.steps))) as f32;
        let root = (1.0 - two.powi(self.steps)).sqrt().recip() as f32;
        let (one, two) = (one as f32, two as f32);
        let update = |penalty: f32, p: &mut [f32], g: &[f32], first: &mut [f32], second: &mut [f32]| {
            for (((p, g), first), second) in p.iter_mut().zip(g).zip(first).zip(second) {
                let g = g + penalty * *p;
                *first = one * *first + (1.0 - one) * g;
                *second = two * *second + (1.0 - two) * g * g;
                *p -= rate * *first / (second.sqrt() * root + EPSILON);
            }
        };
        let (w, b) = parameters.split_at_mut(weights);
        let (first_w, first_b) = self.first.split_at_mut(weights);
        let (second_w, second_b) = self.second.split_at_mut(weights);
        update(2.0 * penalty as f32, w, &gradient[..weights], first_w, second_w);
        update(0.0, b, &gradient[weights..], first_b, second_b);
    }
}
