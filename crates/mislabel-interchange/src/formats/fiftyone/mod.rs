//! FiftyOne: the folder of a `FiftyOneDataset`, and its CSV exports.
//!
//! Written from the documentation of the formats and from what the client accepts; `docs/interchange.md` names the version.

mod document;
mod image_labels;
mod load_script;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

const NAME: &str = "fiftyone";
/// The field of the label that people see and change.
const LABEL: &str = "ground_truth";
/// Tags that say what a label cannot.
const UNSURE_TAG: &str = "unsure";
const EXCLUDE_TAG: &str = "exclude";
