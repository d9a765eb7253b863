//! Class-wise autoencoders, trained.
//!
//! A method ([`Autoencoder`]) describes the layers and the training; fitting it gives a trained model
//! ([`AutoencoderModel`]) of one network per class and fold, all of one [`architecture::Architecture`].

mod activation;
mod adam;
mod architecture;
pub mod backend;
mod dropout;
mod folds;
mod identity;
mod inputs;
mod method;
mod minibatches;
mod model;
mod network;
#[cfg(test)]
mod network_tests;
mod params;
mod part;
mod storage;
mod training;

pub use model::AutoencoderModel;
pub use params::{Activation, Autoencoder, EarlyStopping, InputStep, TrainingLength};
