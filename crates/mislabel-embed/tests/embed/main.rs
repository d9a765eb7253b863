//! Samples of every kind, good and bad, to rows.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing helper is a failing test")]

mod bad_files;
mod fixture;
mod folders;
mod kept_rows;
mod kinds;
mod looks;
mod shards;
mod tables;
