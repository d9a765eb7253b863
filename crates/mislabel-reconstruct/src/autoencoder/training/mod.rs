//! Training one network.

pub(crate) mod adam;
pub(crate) mod batch_slice;
pub(crate) mod minibatches;
pub(crate) mod network_training;
