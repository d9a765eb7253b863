//! What things are called there.

pub(super) const NAME: &str = "label-studio";
/// The control of the label in the configuration.
pub(super) const CONTROL: &str = "label";
/// Results of the choices that are no class.
pub(super) const UNSURE: &str = "mislabel:unsure";
pub(super) const EXCLUDE: &str = "mislabel:exclude";
