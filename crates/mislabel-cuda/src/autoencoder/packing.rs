//! Trained networks as the scoring kernels read them.

use mislabel_reconstruct::backend::Architecture;
use mislabel_reconstruct::{Activation, AutoencoderModel};
use rayon::prelude::*;

use crate::autoencoder::kernels::{ScoringNetworks, Shallow};
use crate::autoencoder::layout::{Layout, PAD, Use, activation_number, bf16, round_into};
use crate::device::buffer::DeviceBuffer;
use crate::device::cuda::Cuda;
use crate::error::{Result, counted};

/// The widest inner layer whose values stay in registers.
const WIDEST: usize = 96;

/// How the networks of a model are scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// One inner layer: rows in shared memory, inner values in registers.
    Shallow(Shallow),
    /// Any layers.
    General(Layout),
}

impl Packing {
    /// The fastest that fits a device with so much shared memory for a block.
    pub(crate) fn new(architecture: &Architecture, shared_memory: usize) -> Result<Self> {
        if let Some(shallow) = shallow(architecture, shared_memory) {
            return Ok(Self::Shallow(shallow));
        }
        Ok(Self::General(Layout::new(architecture, Use::Scoring)?))
    }

    /// Values of a row with their padding.
    pub(crate) fn width(&self, architecture: &Architecture) -> usize {
        match self {
            Self::Shallow(shallow) => shallow.whole,
            Self::General(_) => architecture.features().next_multiple_of(PAD),
        }
    }

    /// Weights in bf16 and biases of a network.
    pub(crate) fn counts(&self, architecture: &Architecture) -> (usize, usize) {
        match self {
            Self::Shallow(shallow) => (shallow.plain(), shallow.width + shallow.whole),
            Self::General(layout) => (layout.plain, architecture.parameters() - architecture.weights()),
        }
    }

    /// Scratch memory of a block of threads, in values per row.
    pub(crate) fn scratch(&self) -> usize {
        match self {
            Self::Shallow(_) => 0,
            Self::General(layout) => layout.scratch,
        }
    }

    /// Bytes of a network on the device.
    pub(crate) fn bytes(&self, architecture: &Architecture) -> usize {
        let (plain, biases) = self.counts(architecture);
        2 * plain + 4 * biases
    }

    /// Writes the network with these `parameters` into `plain` and `biases`, both 0 and of the lengths of
    /// [`counts`](Self::counts).
    fn pack(&self, architecture: &Architecture, parameters: &[f32], plain: &mut [u16], biases: &mut [f32]) {
        match self {
            Self::Shallow(shallow) => shallow.pack(architecture, parameters, plain, biases),
            Self::General(_) => {
                Layout::round(architecture, parameters, plain);
                biases.copy_from_slice(&parameters[architecture.weights()..]);
            }
        }
    }

    /// The networks of the `classes` of `model`, for rows less `center`, on the device.
    pub(crate) fn upload(
        &self,
        cuda: &Cuda,
        model: &AutoencoderModel,
        classes: std::ops::Range<usize>,
        center: &[f32],
    ) -> Result<ScoringNetworks> {
        let architecture = model.architecture();
        let (plain_count, bias_count) = self.counts(architecture);
        let networks: Vec<&Vec<f32>> = classes.clone().flat_map(|class| model.networks(class)).collect();
        let mut plain = vec![0; networks.len() * plain_count];
        let mut biases = vec![0.0; networks.len() * bias_count];
        let places = plain.par_chunks_mut(plain_count).zip(biases.par_chunks_mut(bias_count));
        places.zip(&networks).for_each(|((plain, biases), parameters)| {
            let parameters = moved(architecture, parameters, center);
            self.pack(architecture, &parameters, plain, biases);
        });
        let (mut table, mut first) = (Vec::new(), 0);
        for class in classes {
            let count = model.networks(class).len();
            table.extend([counted("networks", first)?, counted("networks", count)?]);
            first += count;
        }
        Ok(ScoringNetworks {
            classes: DeviceBuffer::of(cuda, "the classes", &table)?,
            plain: DeviceBuffer::of(cuda, "the networks", &plain)?,
            biases: DeviceBuffer::of(cuda, "the networks", &biases)?,
            networks: networks.len(),
            plain_count,
            bias_count,
        })
    }
}

/// The network for rows less `center` (none where it is empty), its weights rounded to bf16.
///
/// They are rounded for rows less their own class's mean, of which the last biases are a guess: what rounding leaves of
/// W then multiplies how far a row is from its class, not how far the class is from the center.
fn moved(architecture: &Architecture, parameters: &[f32], center: &[f32]) -> Vec<f32> {
    let mut parameters = parameters.to_vec();
    if center.is_empty() {
        return parameters;
    }
    let last = &architecture.layers()[architecture.layers().len() - 1];
    let mean = parameters[last.bias..][..last.outputs].to_vec();
    architecture.center(&mut parameters, &mean);
    parameters[..architecture.weights()].iter_mut().for_each(|w| *w = f32::from_bits(u32::from(bf16(*w)) << 16));
    let back: Vec<f32> = mean.iter().zip(center).map(|(mean, center)| mean - center).collect();
    architecture.uncenter(&mut parameters, &back);
    parameters
}

/// The kernel for one inner layer, where the network has one and the rows fit.
fn shallow(architecture: &Architecture, shared_memory: usize) -> Option<Shallow> {
    let [encoder, decoder] = architecture.layers() else { return None };
    let whole = encoder.inputs.next_multiple_of(Shallow::PIECE);
    let width = encoder.outputs.next_multiple_of(32);
    // The sigmoid of nothing is not nothing: the padding would count.
    let clean = decoder.activation != Activation::Sigmoid || whole == encoder.inputs;
    if width > WIDEST || !clean {
        return None;
    }
    let activations = [activation_number(encoder.activation), activation_number(decoder.activation)];
    let of = |rows| Shallow { width, whole, rows, tied: decoder.transposed, activations };
    [128, 64].map(of).into_iter().find(|shallow| shallow.shared() <= shared_memory)
}

impl Shallow {
    fn pack(&self, architecture: &Architecture, parameters: &[f32], plain: &mut [u16], biases: &mut [f32]) {
        let [encoder, decoder] = architecture.layers() else { unreachable!("there is one inner layer") };
        let (inner, features) = (encoder.outputs, encoder.inputs);
        let weights = &parameters[encoder.weights..][..features * inner];
        for (out, weights) in plain.chunks_exact_mut(self.width).zip(weights.chunks_exact(inner)) {
            round_into(weights, out);
        }
        if !self.tied {
            // Stored by inner value; the kernel wants a row per feature.
            let weights = &parameters[decoder.weights..][..features * inner];
            let out = plain[self.whole * self.width..].chunks_exact_mut(self.width).take(features).enumerate();
            out.for_each(|(j, out)| (0..inner).for_each(|i| out[i] = bf16(weights[i * features + j])));
        }
        biases[..inner].copy_from_slice(&parameters[encoder.bias..][..inner]);
        biases[self.width..][..features].copy_from_slice(&parameters[decoder.bias..][..features]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_reconstruct::Autoencoder;

    fn packing(method: &Autoencoder, features: usize, shared: usize) -> Packing {
        Packing::new(&Architecture::of(method, features), shared).unwrap()
    }

    #[test]
    fn the_default_at_768_features_has_its_rows_in_shared_memory_of_a_hopper() {
        let Packing::Shallow(shallow) = packing(&Autoencoder::default(), 768, 227 * 1024) else { panic!("general") };
        assert_eq!((shallow.rows, shallow.width, shallow.whole), (128, 96, 768));
        assert_eq!(shallow.shared(), 225_792);
        let Packing::Shallow(shallow) = packing(&Autoencoder::default(), 768, 163 * 1024) else { panic!("general") };
        assert_eq!(shallow.rows, 64);
    }

    #[test]
    fn deep_wide_and_sigmoid_networks_take_the_general_kernel() {
        let wide = Autoencoder { latent: 97, ..Autoencoder::default() };
        let sigmoid = Autoencoder { latent: 8, hidden: vec![], ..Autoencoder::paper() };
        for (method, features) in
            [(&Autoencoder::paper(), 64), (&wide, 64), (&sigmoid, 65), (&Autoencoder::default(), 4_000)]
        {
            assert!(matches!(packing(method, features, 227 * 1024), Packing::General(_)), "{method:?}");
        }
        assert!(matches!(packing(&sigmoid, 64, 227 * 1024), Packing::Shallow(_)));
    }
}
