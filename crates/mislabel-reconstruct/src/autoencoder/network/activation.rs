//! What layers do to their sums: biases, activations and their slopes, many values at a time.

use crate::autoencoder::params::Activation;

/// Below this |z|, 1 − 2/(e^2z + 1) would lose digits of tanh z.
const SMALL: f32 = 0.25;

impl Activation {
    /// From W·a to activation(W·a + b), for rows of as many values as there are `biases`.
    pub(crate) fn apply(self, biases: &[f32], values: &mut [f32]) {
        match self {
            Self::Identity => each(biases, values, |z| z),
            Self::Relu => each(biases, values, |z| z.max(0.0)),
            Self::Tanh => each(biases, values, tanh),
            Self::Sigmoid => each(biases, values, |z| 1.0 / (1.0 + exp(-z))),
        }
    }

    /// From derivatives by the outputs to derivatives by the sums.
    pub(crate) fn differentiate(self, delta: &mut [f32], outputs: &[f32]) {
        match self {
            Self::Identity => {}
            Self::Relu => each_pair(delta, outputs, |delta, out| if out > 0.0 { delta } else { 0.0 }),
            Self::Tanh => each_pair(delta, outputs, |delta, out| delta * (1.0 - out * out)),
            Self::Sigmoid => each_pair(delta, outputs, |delta, out| delta * out * (1.0 - out)),
        }
    }
}

/// Compiled for the widest vectors of the processor it runs on; products and sums stay two operations, so that
/// results do not depend on which.
fn each(biases: &[f32], values: &mut [f32], function: impl Fn(f32) -> f32) {
    let rows = values.chunks_exact_mut(biases.len());
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || rows.for_each(|row| row.iter_mut().zip(biases).for_each(|(value, bias)| *value = function(*value + bias))),
    );
}

fn each_pair(delta: &mut [f32], outputs: &[f32], function: impl Fn(f32, f32) -> f32) {
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || delta.iter_mut().zip(outputs).for_each(|(delta, out)| *delta = function(*delta, *out)),
    );
}

/// e^x to about an ulp, by steps that compilers turn into vectors: 2ⁿ·e^r with |r| ≤ ½ ln 2, e^r by its Taylor
/// polynomial. Beyond e^±87 it stays there.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Adding it rounds to an integer, which is then in the low bits.
    const ROUNDER: f32 = 12_582_912.0;
    // ln 2 in two parts, the first exact times any n.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = x.clamp(-87.0, 87.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUNDER;
    let n = rounded - ROUNDER;
    let r = x - n * LN_2[0] - n * LN_2[1];
    let series = [1.0 / 5_040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let power = f32::from_bits(rounded.to_bits().wrapping_add(127) << 23);
    series.into_iter().fold(0.0, |sum, term| sum * r + term) * power
}

#[inline(always)]
fn tanh(z: f32) -> f32 {
    let large = 1.0 - 2.0 / (exp(2.0 * z) + 1.0);
    let s = z * z;
    let small = z * (1.0 + s * (-1.0 / 3.0 + s * (2.0 / 15.0 + s * (-17.0 / 315.0 + s * (62.0 / 2835.0)))));
    if z.abs() < SMALL { small } else { large }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few roundings of single precision.
    const ROUNDING: f64 = 4e-7;

    #[test]
    fn activations_are_those_of_the_standard_library_to_a_few_roundings() {
        let z: Vec<f32> = (-4_000..4_000).map(|i| i as f32 * 0.025).chain([1e-20, -1e-3, 0.3, 3e38, -3e38]).collect();
        for activation in [Activation::Tanh, Activation::Sigmoid] {
            let mut found = z.clone();
            activation.apply(&vec![0.0; z.len()], &mut found);
            for (z, found) in z.iter().zip(found) {
                let (z, found) = (f64::from(*z), f64::from(found));
                let expected = if activation == Activation::Tanh { z.tanh() } else { 1.0 / (1.0 + (-z).exp()) };
                // Where e^-z leaves single precision the sigmoid stays at its least value there, e^-87.
                assert!((found - expected).abs() <= ROUNDING * expected.abs() + 1.7e-38, "{activation:?} {z} {found}");
            }
        }
    }

    #[test]
    fn biases_are_added_to_every_row() {
        let mut values = [1.0, -2.0, -3.0, 4.0];
        Activation::Relu.apply(&[0.5, -1.0], &mut values);
        assert_eq!(values, [1.5, 0.0, 0.0, 3.0]);
    }
}
