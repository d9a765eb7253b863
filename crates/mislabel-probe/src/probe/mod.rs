//! Every sample predicted by a model that did not see its label.

pub(crate) mod method;
pub(crate) mod prediction;
pub(crate) mod room;
