//! Files that appear whole or not at all, checkpoints made of them, and what lies at a path.
//!
//! ```
//! use mislabel_checkpoint::write_atomically;
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("model.bin");
//! write_atomically(&path, std::convert::identity, |file| file.write_all(b"whole"))?;
//! let failed = write_atomically(&path, std::convert::identity, |file| {
//!     file.write_all(b"half")?;
//!     Err(std::io::Error::other("the disk is full"))
//! });
//! assert!(failed.is_err());
//! assert_eq!(std::fs::read(&path)?, b"whole");
//! assert_eq!(std::fs::read_dir(folder.path())?.count(), 1);
//! # Ok::<(), std::io::Error>(())
//! ```

mod atomic_write;
mod checkpoint_error;
mod checkpoint_folder;
mod fingerprint;
mod kind;
mod part;

pub use atomic_write::{write_atomically, write_checked};
pub use checkpoint_error::CheckpointError;
pub use checkpoint_folder::CheckpointFolder;
pub use fingerprint::Fingerprint;
pub use kind::{is_folder, is_regular_file};
