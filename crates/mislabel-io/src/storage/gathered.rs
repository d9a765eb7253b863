//! Data that cannot be mapped as they lie: gathered in memory, and in a temporary file once they are many.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::storage::mapping::Mapping;
use crate::storage::stored_array::Storage;

/// Bytes written to the temporary file at a time.
const BUFFER: usize = 1 << 20;

/// The bytes of an array on their way out of a file that was compressed, or is text.
pub(crate) struct Gathered<'a> {
    path: &'a Path,
    choice: &'a ReadOptions,
    memory: Vec<u8>,
    file: Option<BufWriter<File>>,
    length: u64,
}

impl<'a> Gathered<'a> {
    /// None yet, of the file at `path`.
    pub(crate) fn new(path: &'a Path, choice: &'a ReadOptions) -> Self {
        Self { path, choice, memory: Vec::new(), file: None, length: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.length as usize
    }

    /// Appends `bytes`, where the choice leaves room for them.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<()> {
        let needed = self.length + bytes.len() as u64;
        self.length = needed;
        if let Some(file) = &mut self.file {
            room(self.path, needed, self.choice.temp_file_limit)?;
            return file.write_all(bytes).map_err(Self::on_disk);
        }
        if needed > self.choice.memory_limit {
            room(self.path, needed, self.choice.memory_limit.max(self.choice.temp_file_limit))?;
            return self.spill(bytes);
        }
        self.memory.extend_from_slice(bytes);
        Ok(())
    }

    /// Where all bytes are.
    pub(crate) fn storage(self) -> Result<Storage> {
        let Some(file) = self.file else { return Ok(Storage::Owned(self.memory)) };
        let file = file.into_inner().map_err(|error| Self::on_disk(error.into_error()))?;
        Mapping::of(&file, self.path).map(Storage::Temporary)
    }

    /// Moves what there is, and `bytes` after it, to a temporary file that goes when this process ends, however it
    /// ends.
    fn spill(&mut self, bytes: &[u8]) -> Result<()> {
        let mut file = BufWriter::with_capacity(BUFFER, tempfile::tempfile().map_err(Self::on_disk)?);
        file.write_all(&std::mem::take(&mut self.memory)).map_err(Self::on_disk)?;
        file.write_all(bytes).map_err(Self::on_disk)?;
        self.file = Some(file);
        Ok(())
    }

    fn on_disk(cause: std::io::Error) -> Error {
        Error::Io { path: std::env::temp_dir(), cause }
    }
}

fn room(path: &Path, needed: u64, limit: u64) -> Result<()> {
    if needed <= limit { Ok(()) } else { Err(Error::TooLarge { path: path.into(), needed, limit }) }
}
