//! Class-wise autoencoders, trained.
//!
//! A method ([`Autoencoder`]) describes the layers and the training; fitting it gives a trained model
//! ([`AutoencoderModel`]) of one network per class and fold, all of one [`network::architecture::Architecture`].

pub mod backend;
mod method;
pub(crate) mod model;
mod network;
#[cfg(test)]
mod network_tests;
pub(crate) mod params;
mod samples;
mod storage;
mod training;
