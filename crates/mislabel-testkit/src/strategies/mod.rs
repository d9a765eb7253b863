//! Where cases come from, and how they shrink.

pub(crate) mod labels;
pub(crate) mod numbers;
pub(crate) mod permutations;
pub(crate) mod probabilities;
pub(crate) mod rounding;
pub(crate) mod rows;
pub(crate) mod shrinking;
pub(crate) mod transition;
