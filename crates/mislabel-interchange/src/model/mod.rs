//! Samples as every tool knows them: identity, labels, opinions of models, decisions of people.

pub(crate) mod classes;
pub(crate) mod decision;
pub(crate) mod sample;
pub(crate) mod sample_set;
pub(crate) mod timestamp;
