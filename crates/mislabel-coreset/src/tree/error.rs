//! What can be wrong with the samples' ids or with a saved tree.

use std::path::PathBuf;

use mislabel_core::Error;

/// What was wrong with ids or with a file; arrives as [`Error::Source`], from which it can be downcast.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// An id appears twice: in the list itself, or in the list and among the samples that the tree holds.
    #[error("id {id} at place {place} is not the only one: every sample needs an id of its own")]
    DuplicateId {
        /// The place in the list of ids.
        place: usize,
        /// The id.
        id: u64,
    },
    /// The file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file does not begin as a saved tree does.
    #[error("{}: not a saved coreset tree", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file is a saved tree of another version of the format.
    #[error("{}: version {found} of the format, where {supported} can be read", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The version that can be read.
        supported: u32,
    },
    /// The file is shorter or longer than its header says.
    #[error("{}: {found} bytes, where the header says {expected}", path.display())]
    Length {
        /// The file.
        path: PathBuf,
        /// Bytes that the header promises.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// The content does not match its checksum.
    #[error("{}: damaged: the checksum is {found:08x}, where {expected:08x} was saved", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The CRC-32 in the file.
        expected: u32,
        /// The CRC-32 of its content.
        found: u32,
    },
    /// The checksum is right, but the content cannot be a tree: no version of this crate wrote it.
    #[error("{}: the content is no tree: {defect}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What cannot be.
        defect: String,
    },
}

impl From<TreeError> for Error {
    fn from(error: TreeError) -> Self {
        Self::other(error)
    }
}
