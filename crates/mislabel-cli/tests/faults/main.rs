//! Every call into the file system may fail, and the process may end between any two of them: whatever happens, an output is the old
//! file or the new one, inputs stay, and the same command, run again, gives the same bytes.
//!
//! A library that is loaded before libc counts the calls and lets one fail; `interposer.rs` says how. A command runs once undisturbed,
//! which tells its calls, then once for each chosen call and kind of fault: 16 of them for every piece of work, or as many as
//! `MISLABEL_FAULTS` says:
//!
//! ```sh
//! MISLABEL_FAULTS=all cargo test --workspace --test faults -- --nocapture
//! ```
//!
//! The library needs Linux and glibc; elsewhere nothing is tested here.
#![cfg(all(target_os = "linux", target_env = "gnu", feature = "app", feature = "embed"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should fail")]

#[path = "../page/fixture.rs"]
#[expect(dead_code, reason = "some of it is for the tests of the page")]
mod fixture;
#[path = "../page/http.rs"]
#[expect(dead_code, reason = "some of it is for the tests of the page")]
mod http;
#[path = "../page/process.rs"]
#[expect(dead_code, reason = "some of it is for the tests of the page")]
mod process;

mod commands;
mod faults;
mod files;
mod saving;
mod work;
