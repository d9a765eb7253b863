//! Class-wise autoencoders, trained.
//!
//! A method ([`Autoencoder`](params::Autoencoder)) describes the layers and the training; fitting it gives a trained
//! model ([`AutoencoderModel`](model::AutoencoderModel)) of one network per class and fold, all of one
//! [`Architecture`](network::architecture::Architecture).

pub mod backend;
mod method;
pub(crate) mod model;
mod network;
#[cfg(test)]
mod network_tests;
pub(crate) mod params;
mod row_summary;
mod samples;
mod storage;
mod training;
