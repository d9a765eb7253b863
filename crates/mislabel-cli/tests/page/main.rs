//! The page of `mislabel app`, as a browser and as an attacker see it, served by the real command.
//!
//! Tests in a browser need chromium and chromedriver; without them they pass and say that they were skipped, unless
//! `MISLABEL_BROWSER_REQUIRED` is set. `MISLABEL_AXE` is the path of `axe.min.js`.
#![cfg(feature = "app")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should fail")]

mod applying;
#[cfg(target_os = "linux")]
mod attacks;
mod browser;
mod deciding;
#[cfg(feature = "embed")]
mod embedded;
mod fixture;
mod http;
mod large;
mod looks;
mod losing_nothing;
mod pictures;
mod process;
mod reporting;
mod security;
mod slicing;
mod unlabelled;
