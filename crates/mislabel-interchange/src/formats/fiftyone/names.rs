//! What things are called there.

pub(super) const NAME: &str = "fiftyone";
/// The field of the label that people see and change.
pub(super) const LABEL: &str = "ground_truth";
/// Tags that say what a label cannot.
pub(super) const UNSURE_TAG: &str = "unsure";
pub(super) const EXCLUDE_TAG: &str = "exclude";
