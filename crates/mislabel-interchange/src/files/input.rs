//! Files in memory.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::options::ReadOptions;

/// The bytes of a regular file within the limit, without a byte order mark.
pub(crate) fn bytes(path: &Path, options: &ReadOptions) -> Result<Vec<u8>> {
    let limit = options.most_bytes;
    let metadata = path.metadata().map_err(Error::io(path))?;
    if !metadata.is_file() {
        return Err(Error::malformed(path)("this is no regular file"));
    }
    let refuse = |bytes| Err(Error::TooLarge { path: path.into(), bytes, limit });
    if metadata.len() > limit {
        return refuse(metadata.len());
    }
    let mut bytes = Vec::new();
    // The file may grow while it is read.
    let file = File::open(path).map_err(Error::io(path))?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(Error::io(path))?;
    if bytes.len() as u64 > limit {
        return refuse(bytes.len() as u64);
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    Ok(bytes)
}

/// The extension in lower case.
pub(crate) fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// The entries of a folder, sorted by their bytes.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(Error::io(folder))?;
    let paths = entries.map(|entry| Ok(entry.map_err(Error::io(folder))?.path()));
    let mut paths = paths.collect::<Result<Vec<PathBuf>>>()?;
    paths.sort();
    Ok(paths)
}

/// Whether there is a regular file at `path`.
pub(crate) fn is_file(path: &Path) -> Result<bool> {
    mislabel_checkpoint::is_regular_file(path).map_err(Error::io(path))
}

/// Whether there is a folder at `path`.
pub(crate) fn is_folder(path: &Path) -> Result<bool> {
    mislabel_checkpoint::is_folder(path).map_err(Error::io(path))
}
