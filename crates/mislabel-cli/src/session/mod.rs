//! What surrounds the work of a command: progress, signals, threads, finished parts.

pub(crate) mod interruption;
pub(crate) mod progress_bar;
pub(crate) mod resume;
pub(crate) mod reviewer;
#[cfg(feature = "app")]
pub(crate) mod serving;
pub(crate) mod threads;
