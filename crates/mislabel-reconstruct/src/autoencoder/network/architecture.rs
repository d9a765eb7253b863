//! The layers of a network and where their parameters lie.

use faer::MatRef;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::autoencoder::params::{Activation, Autoencoder};

/// One fully connected layer: activation(W·a + b).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Layer {
    /// Values in.
    pub inputs: usize,
    /// Values out.
    pub outputs: usize,
    /// First weight; `(outputs, inputs)` in columns, or `(inputs, outputs)` where `transposed`.
    pub weights: usize,
    /// Whether the weights are those of an encoder layer, transposed.
    pub transposed: bool,
    /// Whether a decoder layer uses the weights, too.
    pub shared: bool,
    /// First bias.
    pub bias: usize,
    /// Activation.
    pub activation: Activation,
    /// Whether it is neither the innermost nor the last: dropout may follow.
    pub hidden: bool,
}

/// The layers of every network of a model; the parameters of one network are one slice: weights first, then biases.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    /// What it was made from.
    pub(crate) shape: Shape,
    /// The layers, encoder first.
    pub(crate) layers: Vec<Layer>,
    /// How many of the parameters are weights.
    pub(crate) weights: usize,
    /// Parameters in all.
    pub(crate) parameters: usize,
}

/// What decides the layers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// Widths of the encoder: features, hidden layers, latent values. The decoder has them in reverse.
    pub(crate) widths: Vec<usize>,
    /// Activations of the hidden layers, the innermost and the last.
    pub(crate) activations: [Activation; 3],
    /// Whether the decoder uses the encoder's weights.
    pub(crate) tied: bool,
}

impl Architecture {
    /// The layers that `method` describes, for rows of `features` values.
    pub fn of(method: &Autoencoder, features: usize) -> Self {
        let hidden = method.hidden.iter().copied();
        Self::new(Shape {
            widths: [features].into_iter().chain(hidden).chain([method.latent]).collect(),
            activations: [method.activation, method.latent_activation, method.output],
            tied: method.tied,
        })
    }

    /// The layers of this shape, of at least two widths.
    pub(crate) fn new(shape: Shape) -> Self {
        let depth = shape.widths.len() - 1;
        let width = |i: usize| shape.widths[i.min(2 * depth - i)];
        let (mut layers, mut free) = (Vec::<Layer>::new(), 0);
        for i in 0..2 * depth {
            let (inputs, outputs) = (width(i), width(i + 1));
            let transposed = shape.tied && i >= depth;
            let weights = if transposed { layers[2 * depth - 1 - i].weights } else { free };
            free += if transposed { 0 } else { inputs * outputs };
            let hidden = i + 1 != depth && i + 1 != 2 * depth;
            let place = if hidden { 0 } else { usize::from(i + 1 == depth) + 2 * usize::from(i + 1 == 2 * depth) };
            let activation = shape.activations[place];
            let shared = shape.tied && !transposed;
            layers.push(Layer { inputs, outputs, weights, transposed, shared, bias: 0, activation, hidden });
        }
        let weights = free;
        for layer in &mut layers {
            layer.bias = free;
            free += layer.outputs;
        }
        Self { shape, layers, weights, parameters: free }
    }

    /// The layers, encoder first; at least two.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// How many of a network's parameters are weights: they come first.
    pub fn weights(&self) -> usize {
        self.weights
    }

    /// A network's parameters in all.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// Values in and out.
    pub fn features(&self) -> usize {
        self.layers[0].inputs
    }

    /// The widest layer.
    pub(crate) fn widest(&self) -> usize {
        self.layers.iter().map(|layer| layer.inputs.max(layer.outputs)).max().unwrap_or(0)
    }

    /// First parameters: weights uniform with variance 2/(inputs + outputs) (Glorot & Bengio 2010), biases 0.
    pub(crate) fn start(&self, random: &mut ChaCha8Rng) -> Vec<f32> {
        let mut parameters = vec![0.0; self.parameters];
        for layer in self.layers.iter().filter(|layer| !layer.transposed) {
            let limit = (6.0 / (layer.inputs + layer.outputs) as f32).sqrt();
            let weights = &mut parameters[layer.weights..][..layer.inputs * layer.outputs];
            weights.iter_mut().for_each(|w| *w = limit * (2.0 * random.random::<f32>() - 1.0));
        }
        parameters
    }

    /// From a network for x to the same one for x − `mean`, which reconstructs x − `mean`; the output is the identity.
    pub fn center(&self, parameters: &mut [f32], mean: &[f32]) {
        self.shift(parameters, mean, 1.0);
    }

    /// The reverse of [`center`](Self::center).
    pub fn uncenter(&self, parameters: &mut [f32], mean: &[f32]) {
        self.shift(parameters, mean, -1.0);
    }

    /// Adds `sign`·W·mean to the first layer's biases and takes `sign`·mean from the last one's.
    fn shift(&self, parameters: &mut [f32], mean: &[f32], sign: f32) {
        let [first, .., last] = self.layers.as_slice() else { unreachable!("there are at least two layers") };
        let weights = first.matrix(parameters);
        let dot = |i: usize| (0..first.inputs).map(|j| f64::from(weights[(i, j)]) * f64::from(mean[j])).sum::<f64>();
        let shifts: Vec<f64> = (0..first.outputs).map(dot).collect();
        let biases = &mut parameters[first.bias..][..first.outputs];
        biases.iter_mut().zip(shifts).for_each(|(bias, shift)| *bias += sign * shift as f32);
        let biases = &mut parameters[last.bias..][..last.outputs];
        biases.iter_mut().zip(mean).for_each(|(bias, mean)| *bias -= sign * mean);
    }
}

impl Layer {
    /// W, `(outputs, inputs)`.
    pub(crate) fn matrix<'a>(&self, parameters: &'a [f32]) -> MatRef<'a, f32> {
        let values = &parameters[self.weights..][..self.inputs * self.outputs];
        if self.transposed {
            return MatRef::from_column_major_slice(values, self.inputs, self.outputs).transpose();
        }
        MatRef::from_column_major_slice(values, self.outputs, self.inputs)
    }

    /// b, `(outputs,)`.
    pub(crate) fn biases<'a>(&self, parameters: &'a [f32]) -> &'a [f32] {
        &parameters[self.bias..][..self.outputs]
    }
}
