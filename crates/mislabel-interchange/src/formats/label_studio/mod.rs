//! Label Studio: a labeling configuration, tasks with predictions, and the exports JSON, JSON_MIN and CSV.

mod config;
mod names;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;
