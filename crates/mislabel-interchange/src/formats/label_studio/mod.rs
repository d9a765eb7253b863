//! Label Studio: a labeling configuration, tasks with predictions, and the exports JSON, JSON_MIN and CSV.

mod config;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

const NAME: &str = "label-studio";
/// The control of the label in the configuration.
const CONTROL: &str = "label";
/// Results of the choices that are no class.
const UNSURE: &str = "mislabel:unsure";
const EXCLUDE: &str = "mislabel:exclude";
