//! Where the kernels find a network's layers, its weights in bf16, and what its layers put out.

use mislabel_reconstruct::Activation;
use mislabel_reconstruct::backend::{Architecture, Layer};

use crate::error::{Result, counted};

/// Values of a row in bf16 memory are a multiple of this: copies move 16 bytes.
pub(crate) const PAD: usize = 8;

/// No decoder layer uses the weights, too.
const NONE: u32 = u32::MAX;

/// The layers as `autoencoder_network.cuh` reads them, and the sizes that follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Eleven numbers per layer.
    pub(crate) words: Vec<u32>,
    pub(crate) layers: u32,
    /// Weights of a network in bf16, with their padding.
    pub(crate) plain: usize,
    /// Values per row that a block of threads keeps.
    pub(crate) scratch: usize,
}

/// What a layout is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Training, with noise added to the rows or not; biases are found among all parameters.
    Training { noise: bool },
    /// Scoring; biases are found among the biases alone.
    Scoring,
}

impl Layout {
    /// # Errors
    /// [`Error::Size`](crate::Error::Size) where a network is beyond what the kernels count with.
    pub(crate) fn new(architecture: &Architecture, purpose: Use) -> Result<Self> {
        let layers = architecture.layers();
        let (mut words, mut plains, mut plain) = (Vec::new(), Vec::new(), 0);
        for layer in layers {
            plains.push(if layer.transposed { plains[mirror(layers, plains.len())] } else { plain });
            plain += if layer.transposed { 0 } else { layer.inputs * layer.outputs.next_multiple_of(PAD) };
        }
        let noisy = purpose == Use::Training { noise: true };
        let mut scratch = if noisy { architecture.features().next_multiple_of(PAD) } else { 0 };
        let first_bias = if purpose == Use::Scoring { architecture.weights() } else { 0 };
        for (index, layer) in layers.iter().enumerate() {
            let output = scratch;
            scratch += if index + 1 < layers.len() { layer.outputs.next_multiple_of(PAD) } else { 0 };
            let delta = scratch;
            scratch += if purpose == Use::Scoring { 0 } else { layer.outputs.next_multiple_of(PAD) };
            let partner = if layer.shared { mirror(layers, index) as u32 } else { NONE };
            words.extend([
                counted("a layer's inputs", layer.inputs)?,
                counted("a layer's outputs", layer.outputs)?,
                counted("a network's weights", layer.weights)?,
                counted("a network's padded weights", plains[index])?,
                u32::from(layer.transposed),
                partner,
                counted("a network's parameters", layer.bias - first_bias)?,
                activation_number(layer.activation),
                u32::from(layer.hidden),
                counted("a row's values in all layers", output)?,
                counted("a row's values in all layers", delta)?,
            ]);
        }
        counted("a network's padded weights", plain)?;
        counted("a row's values in all layers", scratch)?;
        Ok(Self { words, layers: layers.len() as u32, plain, scratch })
    }

    /// A network's weights in bf16, in rows of a multiple of [`PAD`], into `out`, which is [`plain`](Self::plain) long
    /// and 0.
    pub(crate) fn round(architecture: &Architecture, parameters: &[f32], out: &mut [u16]) {
        let mut rest = out;
        for layer in architecture.layers().iter().filter(|layer| !layer.transposed) {
            let width = layer.outputs.next_multiple_of(PAD);
            let (own, after) = rest.split_at_mut(layer.inputs * width);
            let weights = &parameters[layer.weights..][..layer.inputs * layer.outputs];
            for (out, weights) in own.chunks_exact_mut(width).zip(weights.chunks_exact(layer.outputs)) {
                round_into(weights, out);
            }
            rest = after;
        }
    }
}

/// The layer whose weights are those of layer `index`, transposed, or would be.
fn mirror(layers: &[Layer], index: usize) -> usize {
    layers.len() - 1 - index
}

/// As the kernels number them.
pub(crate) fn activation_number(activation: Activation) -> u32 {
    match activation {
        Activation::Identity => 0,
        Activation::Relu => 1,
        Activation::Tanh => 2,
        Activation::Sigmoid => 3,
    }
}

/// bf16 of `values`, to nearest, ties to even, into the first of `out`.
pub(crate) fn round_into(values: &[f32], out: &mut [u16]) {
    out.iter_mut().zip(values).for_each(|(out, value)| *out = bf16(*value));
}

/// bf16 of a finite value, as its bits.
pub(crate) fn bf16(value: f32) -> u16 {
    let bits = value.to_bits();
    (bits.wrapping_add(0x7FFF + (bits >> 16 & 1)) >> 16) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_reconstruct::Autoencoder;

    #[test]
    fn tied_layers_share_weights_and_name_their_partner() {
        let method = Autoencoder { hidden: vec![10], latent: 3, ..Autoencoder::default() };
        let architecture = Architecture::of(&method, 21);
        let layout = Layout::new(&architecture, Use::Training { noise: true }).unwrap();
        let word = |layer: usize, word: usize| layout.words[11 * layer + word];
        assert_eq!((layout.layers, layout.plain), (4, 21 * 16 + 10 * 8));
        assert_eq!((0..4).map(|layer| word(layer, 3)).collect::<Vec<_>>(), [0, 21 * 16, 21 * 16, 0]);
        assert_eq!((0..4).map(|layer| word(layer, 5)).collect::<Vec<_>>(), [3, 2, NONE, NONE]);
        // The noisy rows, then outputs and derivatives of every layer; the last layer's outputs are not kept.
        assert_eq!((0..4).map(|layer| word(layer, 9)).collect::<Vec<_>>(), [24, 56, 72, 104]);
        assert_eq!((0..4).map(|layer| word(layer, 10)).collect::<Vec<_>>(), [40, 64, 88, 104]);
        assert_eq!(layout.scratch, 128);
    }

    #[test]
    fn rounding_is_to_the_nearest_and_ties_go_to_even() {
        // Halfway between two neighbors, and just above.
        let [even, odd, above] = [0x3F80_8000_u32, 0x3F81_8000, 0x3F80_8001].map(f32::from_bits);
        for (value, bits) in [(1.0, 0x3F80), (even, 0x3F80), (odd, 0x3F82), (above, 0x3F81), (-1.0, 0xBF80), (0.0, 0)] {
            assert_eq!(bf16(value), bits, "{value}");
        }
    }

    #[test]
    fn weights_lie_in_padded_rows() {
        let method = Autoencoder { hidden: vec![], latent: 3, tied: false, ..Autoencoder::default() };
        let architecture = Architecture::of(&method, 5);
        let layout = Layout::new(&architecture, Use::Scoring).unwrap();
        let parameters: Vec<f32> = (0..architecture.parameters()).map(|i| i as f32 + 1.0).collect();
        let mut out = vec![0; layout.plain];
        Layout::round(&architecture, &parameters, &mut out);
        assert_eq!(out[8..12], [bf16(4.0), bf16(5.0), bf16(6.0), 0]);
        assert_eq!(out[5 * 8..][..6], [16.0, 17.0, 18.0, 19.0, 20.0, 0.0].map(bf16));
    }
}
