//! Trees in files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use mislabel_checkpoint::write_atomically;
use mislabel_core::Result;

use crate::tree::content::{decoded, encoded};
use crate::tree::coreset_tree::CoresetTree;
use crate::tree::error::TreeError;

/// How every saved tree begins: a byte that is no text, a name, and line ends that a text transfer would change.
const MAGIC: [u8; 8] = *b"\x89MLCS\r\n\n";

/// The version of the format that is written and read.
const VERSION: u32 = 1;

/// Magic, version, CRC-32 of the content, length of the content.
const HEADER: usize = 8 + 4 + 4 + 8;

impl CoresetTree {
    /// Saves everything to `path`: a tree that is [loaded](Self::load) goes on as this one would.
    ///
    /// The file is written beside `path` and renamed when complete, so that a failure leaves what was there before. It
    /// holds a header of 24 bytes (magic, version of the format, CRC-32 and length of the content), then the content;
    /// little-endian, 4·d + 21 to 29 bytes a sample.
    ///
    /// # Errors
    /// [`TreeError::Io`], naming the file.
    pub fn save(&self, path: &Path) -> Result<()> {
        let content = encoded(self);
        let mut header = MAGIC.to_vec();
        header.extend(VERSION.to_le_bytes());
        header.extend(crc32fast::hash(&content).to_le_bytes());
        header.extend((content.len() as u64).to_le_bytes());
        let failure = |source| TreeError::Io { path: path.into(), source };
        Ok(write_atomically(path, failure, |file| {
            file.write_all(&header).and_then(|()| file.write_all(&content)).map_err(failure)
        })?)
    }

    /// The tree that was saved at `path`.
    ///
    /// # Errors
    /// [`TreeError`], naming the file: [`Io`](TreeError::Io), [`Foreign`](TreeError::Foreign),
    /// [`Version`](TreeError::Version), [`Length`](TreeError::Length), [`Damaged`](TreeError::Damaged), and
    /// [`Malformed`](TreeError::Malformed) when the checksum is right and the content still no tree.
    pub fn load(path: &Path) -> Result<Self> {
        let content = content(path)?;
        Ok(decoded(&content).map_err(|defect| TreeError::Malformed { path: path.into(), defect })?)
    }
}

/// The content of the file at `path`, as it was saved.
fn content(path: &Path) -> Result<Vec<u8>, TreeError> {
    let io = |source| TreeError::Io { path: path.into(), source };
    let file = File::open(path).map_err(io)?;
    let mut header = Vec::with_capacity(HEADER);
    (&file).take(HEADER as u64).read_to_end(&mut header).map_err(io)?;
    if !header.starts_with(&MAGIC) {
        return Err(TreeError::Foreign { path: path.into() });
    }
    let fields = header[MAGIC.len()..].first_chunk::<{ HEADER - MAGIC.len() }>();
    let Some([v0, v1, v2, v3, c0, c1, c2, c3, length @ ..]) = fields else {
        let (expected, found) = (HEADER as u64, header.len() as u64);
        return Err(TreeError::Length { path: path.into(), expected, found });
    };
    let (version, checksum) = (u32::from_le_bytes([*v0, *v1, *v2, *v3]), u32::from_le_bytes([*c0, *c1, *c2, *c3]));
    if version != VERSION {
        return Err(TreeError::Version { path: path.into(), found: version, supported: VERSION });
    }
    let expected = u64::from_le_bytes(*length).saturating_add(HEADER as u64);
    let found = file.metadata().map_err(io)?.len();
    if found != expected {
        return Err(TreeError::Length { path: path.into(), expected, found });
    }
    let mut content = Vec::new();
    (&file).read_to_end(&mut content).map_err(io)?;
    let computed = crc32fast::hash(&content);
    if computed != checksum {
        return Err(TreeError::Damaged { path: path.into(), expected: checksum, found: computed });
    }
    Ok(content)
}
