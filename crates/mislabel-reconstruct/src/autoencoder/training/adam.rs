//! Adam.

use rayon::prelude::*;

use crate::autoencoder::params::Autoencoder;

/// Keeps a step finite where gradients vanish; Adam's usual value.
pub const EPSILON: f32 = 1e-8;

/// Parameters moved at a time: all that a step needs of them stays in the first-level cache.
const BLOCK: usize = 1024;

/// Adam's state for one network (Kingma & Ba 2015, algorithm 1).
pub(crate) struct Adam {
    first: Vec<f32>,
    second: Vec<f32>,
    betas: [f64; 2],
    steps: i32,
}

/// Parameters with their first and second moments.
type Moments<'a> = ((&'a mut [f32], &'a mut [f32]), &'a mut [f32]);

/// What one step does to every parameter.
#[derive(Clone, Copy)]
struct Update {
    betas: [f32; 2],
    /// The step size, without the bias of the first moment.
    rate: f32,
    /// What takes the bias from the root of the second moment.
    root: f32,
}

impl Adam {
    pub(crate) fn new(method: &Autoencoder, parameters: usize) -> Self {
        Self { first: vec![0.0; parameters], second: vec![0.0; parameters], betas: method.betas, steps: 0 }
    }

    /// One step down the sum of the `gradients` of a batch's parts, with the derivative 2·`penalty`·w of the penalty
    /// added for the first `weights`. Several parts: block by block on all threads.
    pub(crate) fn step<'g, G>(&mut self, parameters: &mut [f32], gradients: &G, rate: f64, penalty: f64, weights: usize)
    where
        G: Fn(usize) -> Option<&'g [f32]> + Sync,
    {
        self.steps = self.steps.saturating_add(1);
        let [one, two] = self.betas;
        let update = Update {
            betas: [one as f32, two as f32],
            rate: (rate / (1.0 - one.powi(self.steps))) as f32,
            root: (1.0 - two.powi(self.steps)).sqrt().recip() as f32,
        };
        let move_block = |(index, ((p, first), second)): (usize, Moments<'_>)| {
            let mut sums = [0.0; BLOCK];
            let sums = &mut sums[..p.len()];
            pulp::Arch::new().dispatch(
                #[inline(always)]
                || {
                    penalized(gradients, (p, index * BLOCK), penalty as f32, weights, sums);
                    update.apply(p, sums, first, second);
                },
            );
        };
        let (first, second) = (&mut self.first, &mut self.second);
        if gradients(1).is_none() {
            let moments = parameters.chunks_mut(BLOCK).zip(first.chunks_mut(BLOCK)).zip(second.chunks_mut(BLOCK));
            return moments.enumerate().for_each(move_block);
        }
        let blocks = parameters.par_chunks_mut(BLOCK).zip(first.par_chunks_mut(BLOCK));
        blocks.zip(second.par_chunks_mut(BLOCK)).enumerate().with_min_len(8).for_each(move_block);
    }
}

impl Update {
    #[inline(always)]
    fn apply(self, parameters: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32]) {
        let Self { betas: [one, two], rate, root } = self;
        for (((p, g), first), second) in parameters.iter_mut().zip(gradient).zip(first).zip(second) {
            *first = one * *first + (1.0 - one) * g;
            *second = two * *second + (1.0 - two) * g * g;
            *p -= rate * *first / (second.sqrt() * root + EPSILON);
        }
    }
}

/// Adds up what the `gradients` of a batch's parts and the penalty on the first `weights` have for the `parameters`
/// from `start` on.
#[inline(always)]
pub(crate) fn penalized<'g>(
    gradients: &impl Fn(usize) -> Option<&'g [f32]>,
    (parameters, start): (&[f32], usize),
    penalty: f32,
    weights: usize,
    sums: &mut [f32],
) {
    (0..).map_while(gradients).for_each(|gradient| add(&gradient[start..][..sums.len()], sums));
    let weights = weights.saturating_sub(start).min(sums.len());
    sums[..weights].iter_mut().zip(parameters).for_each(|(sum, w)| *sum += 2.0 * penalty * w);
}

#[inline(always)]
fn add(values: &[f32], sums: &mut [f32]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three steps of 0.01 in f32; where gradient and penalty nearly cancel, a step depends on what rounding leaves of
    /// them.
    const STEPPED: f64 = 1e-4;

    #[test]
    fn a_gradient_in_two_parts_moves_as_their_sum_and_as_the_formula_says() {
        let n = 2 * BLOCK + 100;
        let gradient = |scale: f32| (0..n).map(|i| scale * (i as f32).sin()).collect::<Vec<f32>>();
        let (whole, parts) = (gradient(0.75), [gradient(0.5), gradient(0.25)]);
        let method = Autoencoder::default();
        let (mut one, mut two) = (Adam::new(&method, n), Adam::new(&method, n));
        let (mut p, mut q, mut exact) = (vec![1.0_f32; n], vec![1.0_f32; n], vec![1.0_f64; n]);
        let (mut first, mut second) = (vec![0.0_f64; n], vec![0.0_f64; n]);
        for step in 1..4 {
            one.step(&mut p, &|part| (part == 0).then_some(&*whole), 0.01, 0.1, BLOCK + 7);
            two.step(&mut q, &|part| parts.get(part).map(Vec::as_slice), 0.01, 0.1, BLOCK + 7);
            for i in 0..n {
                let penalty = if i < BLOCK + 7 { 0.2 * exact[i] } else { 0.0 };
                let g = f64::from(whole[i]) + penalty;
                first[i] = 0.9 * first[i] + 0.1 * g;
                second[i] = 0.99 * second[i] + 0.01 * g * g;
                let [m, v] = [first[i] / (1.0 - 0.9_f64.powi(step)), second[i] / (1.0 - 0.99_f64.powi(step))];
                exact[i] -= 0.01 * m / (v.sqrt() + 1e-8);
            }
        }
        for i in 0..n {
            assert!(
                (p[i] - q[i]).abs() < STEPPED as f32 && (f64::from(p[i]) - exact[i]).abs() < STEPPED,
                "parameter {i}"
            );
        }
    }
}
