//! Forward and backward through a network, for a batch of rows, without allocating.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rand::rngs::ChaCha8Rng;

use crate::autoencoder::network::architecture::{Architecture, Layer};
use crate::autoencoder::network::dropout::Mask;
use crate::rows::slices::{CHUNK, square_norm};

/// The buffers for batches of at most so many rows.
pub(crate) struct Workspace {
    /// What every layer puts out, `(outputs, rows)` in columns.
    outputs: Vec<Vec<f32>>,
    /// Dropout of every layer that has it.
    pub(crate) masks: Vec<Option<Mask>>,
    /// Derivatives of the loss by a layer's sums, and by the sums of the layer below.
    delta: Vec<f32>,
    below: Vec<f32>,
    /// Derivatives of the loss by the parameters.
    pub(crate) gradient: Vec<f32>,
}

impl Workspace {
    /// Buffers for forward passes.
    pub(crate) fn forward(network: &Architecture, rows: usize) -> Self {
        let outputs = network.layers.iter().map(|layer| vec![0.0; layer.outputs * rows]).collect();
        Self { outputs, masks: vec![], delta: vec![], below: vec![], gradient: vec![] }
    }

    /// Buffers for training with a share `dropout` of the hidden units off.
    pub(crate) fn training(network: &Architecture, rows: usize, dropout: f64) -> Self {
        let mask = |layer: &Layer| (dropout > 0.0 && layer.hidden).then(|| Mask::new(layer.outputs * rows, dropout));
        let widest = network.widest() * rows;
        Self {
            masks: network.layers.iter().map(mask).collect(),
            delta: vec![0.0; widest],
            below: vec![0.0; widest],
            gradient: vec![0.0; network.parameters],
            ..Self::forward(network, rows)
        }
    }

    /// Draws which units are off in the next step.
    pub(crate) fn draw_masks(&mut self, random: &mut ChaCha8Rng) {
        self.masks.iter_mut().flatten().for_each(|mask| mask.draw(random));
    }
}

impl Architecture {
    /// The reconstructions of the rows of `input`, one after another; with every unit on.
    pub(crate) fn reconstruct<'w>(
        &self,
        parameters: &[f32],
        input: &[f32],
        workspace: &'w mut Workspace,
    ) -> &'w mut [f32] {
        self.pass(parameters, input, &mut workspace.outputs, &[]);
        let last = self.layers.len() - 1;
        &mut workspace.outputs[last][..input.len()]
    }

    /// All layers' outputs.
    fn pass(&self, parameters: &[f32], input: &[f32], outputs: &mut [Vec<f32>], masks: &[Option<Mask>]) {
        let rows = input.len() / self.features();
        for (i, layer) in self.layers.iter().enumerate() {
            let (before, after) = outputs.split_at_mut(i);
            let below = before.last().map_or(input, |below| &below[..layer.inputs * rows]);
            let out = &mut after[0][..layer.outputs * rows];
            layer.products(parameters, below, out);
            layer.activation.apply(layer.biases(parameters), out);
            if let Some(Some(mask)) = masks.get(i) {
                mask.apply(out);
            }
        }
    }

    /// Squared errors ‖x − x̂‖² of the rows of `input`, into `squared`.
    pub(crate) fn squared_errors(
        &self,
        parameters: &[f32],
        input: &[f32],
        workspace: &mut Workspace,
        squared: &mut Vec<f64>,
    ) {
        let output = self.reconstruct(parameters, input, workspace);
        output.iter_mut().zip(input).for_each(|(out, x)| *out -= x);
        squared.clear();
        squared.extend(output.chunks_exact(self.features()).map(square_norm));
    }

    /// Mean squared error per feature of the rows of `input`, with every unit on.
    pub(crate) fn loss(&self, parameters: &[f32], input: &[f32], workspace: &mut Workspace) -> f64 {
        let output = self.reconstruct(parameters, input, workspace);
        output.iter_mut().zip(input).for_each(|(out, x)| *out -= x);
        square_norm(output) / input.len() as f64
    }

    /// Squared error per feature between the reconstructions of `input` and `target`, summed over their rows and
    /// divided by the rows of the `batch` that they are part of; its derivatives by the parameters into the workspace's
    /// gradient.
    pub(crate) fn gradient(
        &self,
        parameters: &[f32],
        input: &[f32],
        target: &[f32],
        batch: usize,
        workspace: &mut Workspace,
    ) -> f64 {
        let rows = input.len() / self.features();
        let Workspace { outputs, masks, delta, below, gradient } = workspace;
        self.pass(parameters, input, outputs, masks);
        let values = (batch * self.features()) as f64;
        let loss = residuals(&outputs[self.layers.len() - 1], target, (2.0 / values) as f32, delta) / values;
        for (i, layer) in self.layers.iter().enumerate().rev() {
            let sums = &mut delta[..layer.outputs * rows];
            let out = &mut outputs[i][..layer.outputs * rows];
            if let Some(mask) = &masks[i] {
                mask.apply(sums);
                mask.undo(out);
            }
            layer.activation.differentiate(sums, out);
            let source = if i == 0 { input } else { &mut outputs[i - 1][..layer.inputs * rows] };
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

/// `scale`·(output − target) into `delta`; returns Σ (output − target)².
fn residuals(output: &[f32], target: &[f32], scale: f32, delta: &mut [f32]) -> f64 {
    let rows = output.chunks(CHUNK).zip(target.chunks(CHUNK)).zip(delta.chunks_mut(CHUNK));
    pulp::Arch::new().dispatch(
        #[inline(always)]
        || rows.map(|((output, target), delta)| chunk_residuals(output, target, scale, delta)).sum(),
    )
}

#[inline(always)]
fn chunk_residuals(output: &[f32], target: &[f32], scale: f32, delta: &mut [f32]) -> f64 {
    let mut differences = [0.0_f32; CHUNK];
    for (((difference, out), x), delta) in differences.iter_mut().zip(output).zip(target).zip(delta) {
        *difference = out - x;
        *delta = scale * *difference;
    }
    square_norm(&differences[..target.len()])
}

impl Layer {
    /// W·a.
    fn products(&self, parameters: &[f32], below: &[f32], out: &mut [f32]) {
        let rows = out.len() / self.outputs;
        let below = MatRef::from_column_major_slice(below, self.inputs, rows);
        let out = MatMut::from_column_major_slice_mut(out, self.outputs, rows);
        matmul(out, Accum::Replace, self.matrix(parameters), below, 1.0, Par::Seq);
    }

    /// This layer's share of the gradient, from the derivatives by its sums, `delta`, and what came in. Where weights
    /// are tied, the decoder's share is there first: layers are visited from the last to the first.
    fn add_gradient(&self, delta: &[f32], below: &[f32], gradient: &mut [f32]) {
        let rows = delta.len() / self.outputs;
        let sums = &mut gradient[self.bias..][..self.outputs];
        sums.fill(0.0);
        for delta in delta.chunks_exact(self.outputs) {
            sums.iter_mut().zip(delta).for_each(|(sum, delta)| *sum += delta);
        }
        let delta = MatRef::from_column_major_slice(delta, self.outputs, rows);
        let below = MatRef::from_column_major_slice(below, self.inputs, rows);
        let weights = &mut gradient[self.weights..][..self.inputs * self.outputs];
        if self.transposed {
            let weights = MatMut::from_column_major_slice_mut(weights, self.inputs, self.outputs);
            return matmul(weights, Accum::Replace, below, delta.transpose(), 1.0, Par::Seq);
        }
        let weights = MatMut::from_column_major_slice_mut(weights, self.outputs, self.inputs);
        let start = if self.shared { Accum::Add } else { Accum::Replace };
        matmul(weights, start, delta, below.transpose(), 1.0, Par::Seq);
    }
}
