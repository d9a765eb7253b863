//! What can go wrong.

use std::io;
use std::path::PathBuf;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The data, or the work on them.
    #[error(transparent)]
    Core(#[from] mislabel_core::Error),
    /// A file cannot be written.
    #[error("{}: cannot be written: {cause}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// The values cannot be written as JSON.
    #[error("{}: cannot be written as JSON: {cause}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: serde_json::Error,
    },
}

impl Error {
    pub(crate) fn write(path: impl Into<PathBuf>) -> impl Fn(io::Error) -> Self {
        let path = path.into();
        move |cause| Self::Write { path: path.clone(), cause }
    }
}
