//! Files that an export writes.

use std::io::Write;
use std::path::{Path, PathBuf};

use mislabel_checkpoint::write_atomically;

use crate::error::{Error, Result};
use crate::notes::Notes;
use crate::options::Written;

/// What an export has written so far.
#[derive(Default)]
pub(crate) struct Output {
    files: Vec<PathBuf>,
    pub(crate) notes: Notes,
}

impl Output {
    /// Writes one file, whole or not at all.
    pub(crate) fn file(
        &mut self,
        path: &Path,
        write: impl FnOnce(&mut (dyn Write + Send)) -> std::io::Result<()>,
    ) -> Result<()> {
        write_atomically(path, Error::io(path), |out| write(out).map_err(Error::io(path)))?;
        self.files.push(path.into());
        Ok(())
    }

    /// Takes a file that was written otherwise.
    pub(crate) fn add(&mut self, path: PathBuf) {
        self.files.push(path);
    }

    pub(crate) fn finish(self) -> Written {
        Written { files: self.files, notes: self.notes.finish() }
    }
}

/// Makes a folder where there is none; the folder above it must exist.
pub(crate) fn make(folder: &Path) -> Result<()> {
    match std::fs::create_dir(folder) {
        Err(_) if folder.is_dir() => Ok(()),
        made => made.map_err(Error::io(folder)),
    }
}
