//! FiftyOne: the folder of a `FiftyOneDataset`, and its CSV exports.
//!
//! Written from the documentation of the formats and from what the client accepts; `docs/interchange.md` names the version.

mod document;
mod image_labels;
mod load_script;
mod names;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;
