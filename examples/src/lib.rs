//! The workspace's examples, and the tests that need the workspace as a whole.

/// The README's example, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
