//! Options of class-wise autoencoders.

use clap::{ArgAction, Args, ValueEnum};
use mislabel::reconstruct::{Activation, InputScaling};

use crate::value_parsers::{count, not_negative, positive, proper_share};

const HEADING: &str = "Options of autoencoder";

/// Architecture and training; what is not given is the preset's.
#[derive(Args)]
pub(crate) struct NetworkOptions {
    /// What the other options change [default: default]
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    pub(crate) preset: Option<Preset>,
    /// Widths of the encoder's hidden layers, comma-separated; the decoder has them in reverse
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = count, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) hidden: Option<Vec<usize>>,
    /// Width of the innermost layer
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) latent: Option<usize>,
    /// Activation of the hidden layers
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    pub(crate) activation: Option<ActivationName>,
    /// Activation of the last layer; sigmoid wants --input-scaling min-max, and only identity has rows centered by class
    #[arg(long = "output-activation", value_name = "NAME", help_heading = HEADING)]
    pub(crate) output: Option<ActivationName>,
    /// Whether the decoder uses the encoder's weights
    #[arg(long, value_name = "WHETHER", action = ArgAction::Set, help_heading = HEADING)]
    pub(crate) tied: Option<bool>,
    /// Share of hidden units switched off in every step
    #[arg(long, value_name = "R", value_parser = proper_share, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) dropout: Option<f64>,
    /// Standard deviation of the noise added to the network's input in training
    #[arg(long = "input-noise", alias = "noise", value_name = "SD", value_parser = not_negative, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) noise: Option<f64>,
    /// Passes over every class
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) epochs: Option<usize>,
    /// Mini-batches per network, whatever the size of its class
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, conflicts_with = "epochs", help_heading = HEADING)]
    pub(crate) steps: Option<usize>,
    /// Samples per mini-batch
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) batch: Option<usize>,
    /// Adam's step size
    #[arg(long, value_name = "RATE", value_parser = positive, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) learning_rate: Option<f64>,
    /// Hold a tenth of every class out and stop after so many epochs without a lower loss on it
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) patience: Option<usize>,
    /// What is done to the embeddings first, step by step, comma-separated
    #[arg(long = "input-scaling", alias = "inputs", value_name = "STEP,...", value_delimiter = ',', help_heading = HEADING)]
    inputs: Option<Vec<InputName>>,
}

/// A recipe to start from.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Preset {
    /// The recipe that ranked best: tied, rectified latent layer, shrunk, 4 folds, two trims
    Default,
    /// The published architecture and training: 256 relu, 10, 256 relu, sigmoid, in-sample
    Paper,
}

/// What a layer does to its sums.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ActivationName {
    /// Nothing
    Identity,
    /// max(0, z)
    Relu,
    /// tanh z
    Tanh,
    /// 1/(1 + exp(-z))
    Sigmoid,
}

#[derive(Clone, Copy, ValueEnum)]
enum InputName {
    /// Divide every row by its L2 norm
    UnitNorm,
    /// Every feature to mean 0 and deviation 1
    #[value(alias = "standardise")]
    Standardize,
    /// Every feature to the range from 0 to 1
    MinMax,
    /// Divide by one number, so that the median class has variance 1 per feature
    ClassVariance,
}

impl NetworkOptions {
    /// The steps, where they were given.
    pub(crate) fn inputs(&self, preset: Vec<InputScaling>) -> Vec<InputScaling> {
        let Some(names) = &self.inputs else { return preset };
        let step = |name: &InputName| match name {
            InputName::UnitNorm => InputScaling::UnitNorm,
            InputName::Standardize => InputScaling::Standardize,
            InputName::MinMax => InputScaling::MinMax,
            InputName::ClassVariance => InputScaling::ClassVariance,
        };
        names.iter().map(step).collect()
    }
}

impl From<ActivationName> for Activation {
    fn from(name: ActivationName) -> Self {
        match name {
            ActivationName::Identity => Self::Identity,
            ActivationName::Relu => Self::Relu,
            ActivationName::Tanh => Self::Tanh,
            ActivationName::Sigmoid => Self::Sigmoid,
        }
    }
}
