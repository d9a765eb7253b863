//! The layers of a network, forward and back.

pub(crate) mod activation;
pub(crate) mod architecture;
pub(crate) mod dropout;
pub(crate) mod passes;
