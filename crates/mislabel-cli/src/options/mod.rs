//! The options of the methods.

mod confident;
mod consensus;
mod coreset;
mod flags;
pub(crate) mod given;
pub(crate) mod method;
mod neighbors;
mod network;
pub(crate) mod parsers;
mod predictions;
mod reconstruction;
mod training;
pub(crate) mod understood;

use clap::Args;

pub(crate) use confident::ConfidentOptions;
pub(crate) use consensus::ConsensusOptions;
pub(crate) use coreset::CoresetOptions;
pub(crate) use flags::FlagOptions;
pub(crate) use neighbors::NeighborOptions;
pub(crate) use network::{NetworkOptions, Preset};
pub(crate) use predictions::PredictionOptions;
pub(crate) use reconstruction::ReconstructionOptions;
pub(crate) use training::TrainingOptions;

/// Everything that a method can be told.
#[derive(Args)]
pub(crate) struct MethodOptions {
    #[command(flatten)]
    pub(crate) reconstruction: ReconstructionOptions,
    #[command(flatten)]
    pub(crate) neighbors: NeighborOptions,
    #[command(flatten)]
    pub(crate) predictions: PredictionOptions,
    #[command(flatten)]
    pub(crate) confident: ConfidentOptions,
    #[command(flatten)]
    pub(crate) coreset: CoresetOptions,
    #[command(flatten)]
    pub(crate) flags: FlagOptions,
    #[command(flatten)]
    pub(crate) consensus: ConsensusOptions,
}
