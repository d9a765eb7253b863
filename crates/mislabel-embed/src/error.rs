//! What stops a run.

use std::io;
use std::path::{Path, PathBuf};

use crate::samples::skipped::Skipped;

/// A result whose error is [`enum@Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What stops a run; a sample that cannot be embedded does not, it is a [`Skipped`] one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A table cannot be read as one of samples.
    #[error(transparent)]
    Table(#[from] mislabel_io::Error),
    /// The work was stopped, or rows cannot be used.
    #[error(transparent)]
    Core(#[from] mislabel_core::Error),
    /// A folder or a table names no sample.
    #[error("{}: {problem}", path.display())]
    NoSamples {
        /// The folder or the table.
        path: PathBuf,
        /// What is missing, and what to do.
        problem: String,
    },
    /// A tar file is damaged, or not one.
    #[error("{}: byte {place}: {problem}", path.display())]
    Shard {
        /// The tar file.
        path: PathBuf,
        /// Where, from 0.
        place: u64,
        /// What is wrong.
        problem: String,
    },
    /// More samples than ordinary bad luck explains cannot be embedded.
    #[error("{bad} of {samples} samples cannot be embedded, more than --max-bad {limit} allows; the first is {first}")]
    TooManyBad {
        /// Those that cannot.
        bad: usize,
        /// All.
        samples: usize,
        /// The share that is allowed.
        limit: f64,
        /// The first of them.
        first: Skipped,
    },
    /// An embedder gives a number that is none.
    #[error("{embedder} gives {value} at position {column} for {sample}")]
    NotFinite {
        /// The name of the embedder.
        embedder: String,
        /// The name of the sample.
        sample: String,
        /// The position in the row, from 0.
        column: usize,
        /// The value.
        value: f32,
    },
    /// A model, or a file beside it, cannot be used.
    #[error("{}: {problem}", path.display())]
    Model {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// An embedder cannot do its work.
    #[error("{embedder}: {problem}")]
    Embedder {
        /// Its name.
        embedder: String,
        /// What is wrong, and what to do.
        problem: String,
    },
}

impl Error {
    /// The error of the file at `path` that the system refused.
    pub(crate) fn io(path: &Path) -> impl Fn(io::Error) -> Self {
        move |cause| Self::Io { path: path.into(), cause }
    }
}
