//! Options of what is trained: autoencoders and the probe.

use clap::Args;

use crate::value_parsers::{count, not_negative};

const HEADING: &str = "Options of autoencoder, confident, mistakenness and coreset (loss)";

/// How models are trained on the embeddings; of no use with --pred-probs and --logits.
#[derive(Args)]
pub(crate) struct TrainingOptions {
    /// Parts that the data is split into, so that no model judges a sample it was trained on [default: 5; autoencoder: 4]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) folds: Option<usize>,
    /// Judge samples by models that were trained on them
    #[arg(long, conflicts_with = "folds", help_heading = HEADING)]
    pub(crate) in_sample: bool,
    /// L2 penalty on the weights of the probe, scikit-learn's 1/C [default: by held-out likelihood], or of autoencoders
    #[arg(long, value_name = "L", value_parser = not_negative, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) l2: Option<f64>,
    /// Train the probe once, on all samples. By default labels that confident learning flags are left out and the probe is
    /// retrained, twice
    #[arg(long, help_heading = HEADING)]
    pub(crate) no_prune: bool,
}
