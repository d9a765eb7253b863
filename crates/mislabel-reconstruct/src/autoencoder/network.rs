//! Forward and backward through a network, for a batch of rows, without allocating.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::architecture::{Architecture, Layer};
use super::params::Activation;
use crate::scaling::square_norm;

/// The buffers for batches of at most so many rows.
pub(crate) struct Workspace {
    /// What every layer puts out, `(outputs, rows)` in columns.
    outputs: Vec<Vec<f32>>,
    /// What dropout multiplied every layer's output by; empty where there is none.
    masks: Vec<Vec<f32>>,
    /// Derivatives of the loss by a layer's sums, and by the sums of the layer below.
    delta: Vec<f32>,
    below: Vec<f32>,
    /// Derivatives of the loss by the parameters.
    pub(crate) gradient: Vec<f32>,
}

/// Random units to switch off.
pub(crate) struct Dropout<'a> {
    /// Share switched off.
    pub(crate) share: f64,
    /// Where chance comes from.
    pub(crate) random: &'a mut ChaCha8Rng,
}

impl Workspace {
    /// Buffers for forward passes.
    pub(crate) fn forward(network: &Architecture, rows: usize) -> Self {
        let outputs = network.layers.iter().map(|layer| vec![0.0; layer.outputs * rows]).collect();
        Self { outputs, masks: vec![], delta: vec![], below: vec![], gradient: vec![] }
    }

    /// Buffers for training.
    pub(crate) fn training(network: &Architecture, rows: usize, dropout: bool) -> Self {
        let mask = |layer: &Layer| vec![1.0; if dropout && layer.hidden { layer.outputs * rows } else { 0 }];
        let widest = network.widest() * rows;
        Self {
            masks: network.layers.iter().map(mask).collect(),
            delta: vec![0.0; widest],
            below: vec![0.0; widest],
            gradient: vec![0.0; network.parameters],
            ..Self::forward(network, rows)
        }
    }
}

impl Architecture {
    /// The reconstructions of the rows of `input`, one after another.
    pub(crate) fn reconstruct<'w>(
        &self,
        parameters: &[f32],
        input: &[f32],
        workspace: &'w mut Workspace,
        mut dropout: Option<Dropout<'_>>,
    ) -> &'w mut [f32] {
        let rows = input.len() / self.features();
        for (i, layer) in self.layers.iter().enumerate() {
            let (before, after) = workspace.outputs.split_at_mut(i);
            let below = before.last().map_or(input, |below| &below[..layer.inputs * rows]);
            let out = &mut after[0][..layer.outputs * rows];
            layer.sums(parameters, below, out);
            layer.activation.apply(out);
            if let Some(dropout) = dropout.as_mut().filter(|_| layer.hidden) {
                dropout.apply(out, &mut workspace.masks[i]);
            }
        }
        let last = self.layers.len() - 1;
        &mut workspace.outputs[last][..input.len()]
    }

    /// Squared errors ‖x − x̂‖² of the rows of `input`, into `squared`.
    pub(crate) fn squared_errors(
        &self,
        parameters: &[f32],
        input: &[f32],
        workspace: &mut Workspace,
        squared: &mut Vec<f64>,
    ) {
        let output = self.reconstruct(parameters, input, workspace, None);
        output.iter_mut().zip(input).for_each(|(out, x)| *out -= x);
        squared.clear();
        squared.extend(output.chunks_exact(self.features()).map(square_norm));
    }

    /// Mean squared error per feature of the rows of `input`.
    pub(crate) fn loss(&self, parameters: &[f32], input: &[f32], workspace: &mut Workspace) -> f64 {
        let output = self.reconstruct(parameters, input, workspace, None);
        output.iter_mut().zip(input).for_each(|(out, x)| *out -= x);
        square_norm(output) / input.len() as f64
    }

    /// Mean squared error per feature between the reconstructions of `input` and `target`; its derivatives by the
    /// parameters into the workspace's gradient.
    pub(crate) fn gradient(
        &self,
        parameters: &[f32],
        input: &[f32],
        target: &[f32],
        workspace: &mut Workspace,
        dropout: Option<Dropout<'_>>,
    ) -> f64 {
        let rows = input.len() / self.features();
        self.reconstruct(parameters, input, workspace, dropout);
        let Workspace { outputs, masks, delta, below, gradient } = workspace;
        gradient.fill(0.0);
        let last = self.layers.len() - 1;
        let residual = &mut delta[..target.len()];
        residual.iter_mut().zip(&outputs[last]).zip(target).for_each(|((delta, out), x)| *delta = out - x);
        let loss = square_norm(residual) / target.len() as f64;
        let scale = 2.0 / target.len() as f32;
        residual.iter_mut().for_each(|delta| *delta *= scale);
        for (i, layer) in self.layers.iter().enumerate().rev() {
            let sums = &mut delta[..layer.outputs * rows];
            layer.activation.differentiate(sums, &outputs[i], &masks[i]);
            let source = if i == 0 { input } else { &outputs[i - 1][..layer.inputs * rows] };
            layer.add_gradient(sums, source, gradient);
            if i > 0 {
                let out = MatMut::from_column_major_slice_mut(&mut below[..layer.inputs * rows], layer.inputs, rows);
                let sums = MatRef::from_column_major_slice(sums, layer.outputs, rows);
                matmul(out, Accum::Replace, layer.matrix(parameters).transpose(), sums, 1.0, Par::Seq);
                std::mem::swap(delta, below);
            }
        }
        loss
    }
}

impl Layer {
    /// W·a + b.
    fn sums(&self, parameters: &[f32], below: &[f32], out: &mut [f32]) {
        let rows = out.len() / self.outputs;
        let bias = self.biases(parameters);
        out.chunks_exact_mut(self.outputs).for_each(|out| out.copy_from_slice(bias));
        let below = MatRef::from_column_major_slice(below, self.inputs, rows);
        let out = MatMut::from_column_major_slice_mut(out, self.outputs, rows);
        matmul(out, Accum::Add, self.matrix(parameters), below, 1.0, Par::Seq);
    }

    /// Adds this layer's share, from the derivatives by its sums, `delta`, and what came in.
    fn add_gradient(&self, delta: &[f32], below: &[f32], gradient: &mut [f32]) {
        let rows = delta.len() / self.outputs;
        let sums = &mut gradient[self.bias..][..self.outputs];
        for delta in delta.chunks_exact(self.outputs) {
            sums.iter_mut().zip(delta).for_each(|(sum, delta)| *sum += delta);
        }
        let delta = MatRef::from_column_major_slice(delta, self.outputs, rows);
        let below = MatRef::from_column_major_slice(below, self.inputs, rows);
        let weights = &mut gradient[self.weights..][..self.inputs * self.outputs];
        if self.transposed {
            let weights = MatMut::from_column_major_slice_mut(weights, self.inputs, self.outputs);
            return matmul(weights, Accum::Add, below, delta.transpose(), 1.0, Par::Seq);
        }
        let weights = MatMut::from_column_major_slice_mut(weights, self.outputs, self.inputs);
        matmul(weights, Accum::Add, delta, below.transpose(), 1.0, Par::Seq);
    }
}

impl Activation {
    fn apply(self, values: &mut [f32]) {
        match self {
            Self::Identity => {}
            Self::Relu => values.iter_mut().for_each(|z| *z = z.max(0.0)),
            Self::Tanh => values.iter_mut().for_each(|z| *z = z.tanh()),
            Self::Sigmoid => values.iter_mut().for_each(|z| *z = (1.0 + (-*z).exp()).recip()),
        }
    }

    /// From derivatives by the outputs to derivatives by the sums; `mask` as dropout left it, or empty.
    fn differentiate(self, delta: &mut [f32], outputs: &[f32], mask: &[f32]) {
        if mask.is_empty() {
            return delta.iter_mut().zip(outputs).for_each(|(delta, out)| *delta *= self.slope(*out));
        }
        for ((delta, out), &mask) in delta.iter_mut().zip(outputs).zip(mask) {
            *delta = if mask > 0.0 { *delta * mask * self.slope(out / mask) } else { 0.0 };
        }
    }

    /// The derivative, by the value of the function.
    fn slope(self, out: f32) -> f32 {
        match self {
            Self::Identity => 1.0,
            Self::Relu => f32::from(u8::from(out > 0.0)),
            Self::Tanh => 1.0 - out * out,
            Self::Sigmoid => out * (1.0 - out),
        }
    }
}

impl Dropout<'_> {
    /// Switches units off and scales up the others, so that the mean stays.
    fn apply(&mut self, values: &mut [f32], mask: &mut [f32]) {
        let limit = (self.share * 2.0_f64.powi(32)) as u32;
        let rest = (1.0 - self.share).recip() as f32;
        for (value, mask) in values.iter_mut().zip(mask) {
            *mask = if self.random.next_u32() < limit { 0.0 } else { rest };
            *value *= *mask;
        }
    }
}
