//! Parsers that assert where they could refuse.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::error::{Error, Result};

/// Runs `read`; turns a panic of the parser into an error.
pub(crate) fn guarded<T>(path: &Path, read: impl FnOnce() -> Result<T>) -> Result<T> {
    // All that `read` could leave in disorder is dropped with it.
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(Error::Parser { path: path.into(), cause: "the file is damaged: its pages contradict each other".into() })
    })
}
