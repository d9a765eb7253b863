//! Files as memory: the one place that needs unsafe code.

use std::fs::File;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

use crate::error::{Error, Result};

/// A file mapped into memory for reading; its pages are loaded when touched.
#[derive(Debug)]
pub(crate) struct Mapping(Mmap);

impl Mapping {
    /// Maps the regular, non-empty file at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        Self::of(&open_regular(path)?, path)
    }

    /// Maps `file`, which is called `path` in errors.
    pub(crate) fn of(file: &File, path: &Path) -> Result<Self> {
        #[expect(unsafe_code, reason = "mapping a file is how data larger than memory is read")]
        // SAFETY: the map is read-only and private to this type, and its bytes are plain data for which every bit
        // pattern is valid. What remains is that another process may change the file meanwhile, as with any
        // mapped file: that can change values or, if it cuts the file short, end this process with a signal, and the
        // crate documents it. Nothing derived from the content (lengths, offsets) is trusted without a check
        // against the length of the map, which is fixed.
        let map = unsafe { Mmap::map(file) };
        Ok(Self(map.map_err(Error::io(path))?))
    }
}

impl Deref for Mapping {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Mapping {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// Opens `path` if it is a regular file with at least one byte.
fn open_regular(path: &Path) -> Result<File> {
    // The type is asked for first: opening a pipe would wait for its other end.
    let metadata = std::fs::metadata(path).map_err(Error::io(path))?;
    if !metadata.is_file() {
        return Err(Error::NotAFile { path: path.into() });
    }
    if metadata.len() == 0 {
        return Err(Error::EmptyFile { path: path.into() });
    }
    File::open(path).map_err(Error::io(path))
}
