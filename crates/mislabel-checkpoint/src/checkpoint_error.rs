//! What keeps a checkpoint from being taken up.

use std::io;
use std::path::PathBuf;

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It was made by a run with other inputs, parameters or another version.
    #[error("checkpoint {} belongs to other work: {item} differs", path.display())]
    OtherWork {
        /// The folder.
        path: PathBuf,
        /// The first item of the [`Fingerprint`](crate::Fingerprint) that differs.
        item: String,
    },
    /// There is something else at that place.
    #[error("{} is not a checkpoint, and it is not empty", path.display())]
    NotACheckpoint {
        /// The folder.
        path: PathBuf,
    },
    /// Another run has it open.
    #[error("checkpoint {}: another run is at this work", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// A part is not what was written.
    #[error("the part {part} of a checkpoint is damaged: delete {}", path.display())]
    Damaged {
        /// The file of the part.
        path: PathBuf,
        /// The name of the part.
        part: String,
    },
    /// It cannot be read or written.
    #[error("checkpoint {}: {cause}", path.display())]
    Io {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}
