//! What things are called there.

pub(super) const NAME: &str = "cvat";
