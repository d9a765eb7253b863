//! Datasets for tests on real data.
//!
//! The data are not part of the repository: `docs/reproduce.md` says what they are and where they lie. The build script sets
//! the configuration `mislabel_data` where `../shared/data` exists beside the workspace. A test that reads it begins with
//!
//! ```text
//! #[test]
//! #[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
//! ```
//!
//! so that `cargo test` counts it as ignored where the data are absent. Each file in `tests/` holds the tests of one crate.

mod dataset;
#[cfg(doctest)]
mod readmes;

pub use dataset::Dataset;
