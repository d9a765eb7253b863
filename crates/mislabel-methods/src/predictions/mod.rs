//! Predictions that methods judge by: those of the dataset, or those of a probe of its embeddings.

pub(crate) mod filed_probe;
pub(crate) mod predictor;
