//! The `mislabel` command as its users see it.
#![expect(clippy::unwrap_used, reason = "a failing helper is a failing test")]

mod bad_files;
mod cases;
#[cfg(feature = "embed")]
mod embedded;
#[cfg(feature = "embed")]
mod embedding;
mod end_to_end;
mod generated;
mod interchange;
mod interruptions;
mod kills;
mod library;
mod many_classes;
mod methods;
mod process;
mod refusals;
mod report;
mod review;
mod slices;
mod streams;
mod written;
