//! Files that appear whole or not at all.

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// Lets `write` fill a temporary file beside `path`, then renames it to `path`.
///
/// A failure or an interruption leaves whatever was at `path` before.
pub(crate) fn write_atomically(path: &Path, write: impl FnOnce(&mut (dyn Write + Send)) -> Result<()>) -> Result<()> {
    if path.is_dir() {
        return Err(Error::NotAFile { path: path.into() });
    }
    mislabel_checkpoint::write_atomically(path, |cause| Error::io(path)(cause), write)
}
