//! Adam.

use rayon::prelude::*;

/// Decay of the mean and of the mean square of gradients, as in the paper.
const DECAY: [f64; 2] = [0.9, 0.999];

/// Far below any gradient here: a step depends on the direction of the gradient, not on the scale of the objective.
const FLOOR: f64 = 1e-30;

/// Parameters per task.
const BLOCK: usize = 1 << 14;

/// Adam (Kingma & Ba 2015, algorithm 1) over one vector of parameters.
pub(crate) struct Adam {
    rate: f64,
    steps: i32,
    mean: Vec<f64>,
    square: Vec<f64>,
}

impl Adam {
    pub(crate) fn new(parameters: usize, rate: f64) -> Self {
        Self { rate, steps: 0, mean: vec![0.0; parameters], square: vec![0.0; parameters] }
    }

    /// Moves `parameters` one step against `gradient`, `(parameters,)`.
    pub(crate) fn step(&mut self, parameters: &mut [f64], gradient: &[f64]) {
        self.steps += 1;
        let [mean_bias, square_bias] = DECAY.map(|decay| 1.0 - decay.powi(self.steps));
        let state = self.mean.par_chunks_mut(BLOCK).zip(self.square.par_chunks_mut(BLOCK));
        let blocks = parameters.par_chunks_mut(BLOCK).zip(gradient.par_chunks(BLOCK)).zip(state);
        blocks.for_each(|((parameters, gradient), (means, squares))| {
            let state = means.iter_mut().zip(squares);
            for ((parameter, g), (mean, square)) in parameters.iter_mut().zip(gradient).zip(state) {
                *mean = DECAY[0] * *mean + (1.0 - DECAY[0]) * g;
                *square = DECAY[1] * *square + (1.0 - DECAY[1]) * g * g;
                *parameter -= self.rate * (*mean / mean_bias) / ((*square / square_bias).sqrt() + FLOOR);
            }
        });
    }
}
