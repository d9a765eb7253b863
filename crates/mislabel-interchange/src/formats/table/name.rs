//! What the format is called.

pub(super) const NAME: &str = "a table";
