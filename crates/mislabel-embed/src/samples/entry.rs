//! Samples before they are read.

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::samples::skipped::{Skip, SkipReason};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 30;

/// A sample as a source names it; its content is read when it is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is called: its path below the folder, or its place in the table.
    pub name: String,
    /// Its given label.
    pub label: Option<String>,
    /// The split that it belongs to.
    pub split: Option<String>,
    /// Where its content is.
    pub content: Content,
}

/// Where the content of a sample is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// In a file.
    File(PathBuf),
    /// In a part of a file: `length` bytes from the byte `offset`.
    Part {
        /// The file.
        path: PathBuf,
        /// The first byte, from 0.
        offset: u64,
        /// How many.
        length: u64,
    },
    /// Here: the bytes of a file.
    Bytes(Vec<u8>),
    /// Here: a text.
    Text(String),
    /// Nowhere.
    Absent(Skip),
}

impl Content {
    /// Bytes of memory that reading the content takes, at least.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::File(path) => fs::metadata(path).map_or(0, |metadata| metadata.len()),
            Self::Part { length, .. } => *length,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Text(text) => text.len() as u64,
            Self::Absent(_) => 0,
        }
    }

    /// The content itself.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(self) -> Result<Vec<u8>, Skip> {
        match self {
            Self::File(path) => regular(&path),
            Self::Part { path, offset, length } => part(&path, offset, length),
            Self::Bytes(bytes) => Ok(bytes),
            Self::Text(text) => Ok(text.into_bytes()),
            Self::Absent(skip) => Err(skip),
        }
    }
}

/// The bytes of a regular file: a device has no end, and opening a pipe waits for its other end.
fn regular(path: &Path) -> Result<Vec<u8>, Skip> {
    let metadata = fs::metadata(path).map_err(|cause| unread(&cause))?;
    if !metadata.is_file() {
        return Err(Skip::new(SkipReason::Unreadable, "the path leads to no regular file"));
    }
    if metadata.len() > LARGEST {
        let message = format!("the file has {} bytes, more than {LARGEST}", metadata.len());
        return Err(Skip::new(SkipReason::TooLarge, message));
    }
    let file = File::open(path).map_err(|cause| unread(&cause))?;
    bounded(file, metadata.len(), LARGEST)
}

/// All bytes of `file`, about `expected`, at most `most`: a file may grow after its length was looked at.
fn bounded(file: impl Read, expected: u64, most: u64) -> Result<Vec<u8>, Skip> {
    let mut bytes = Vec::new();
    let reserved = bytes.try_reserve_exact(usize::try_from(expected).unwrap_or(usize::MAX));
    reserved.map_err(|_| unread(&io::ErrorKind::OutOfMemory.into()))?;
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|cause| unread(&cause))?;
    match bytes.len() as u64 > most {
        true => Err(Skip::new(SkipReason::TooLarge, format!("the file grew to more than {most} bytes as it was read"))),
        false => Ok(bytes),
    }
}

/// `length` bytes of the file at `path` from `offset`.
fn part(path: &Path, offset: u64, length: u64) -> Result<Vec<u8>, Skip> {
    if length > LARGEST {
        let message = format!("the part has {length} bytes, more than {LARGEST}");
        return Err(Skip::new(SkipReason::TooLarge, message));
    }
    let mut file = File::open(path).map_err(|cause| unread(&cause))?;
    file.seek(SeekFrom::Start(offset)).map_err(|cause| unread(&cause))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).map_err(|cause| unread(&cause))?;
    match bytes.len() as u64 == length {
        true => Ok(bytes),
        false => Err(Skip::new(SkipReason::Truncated, "the file ends before the part")),
    }
}

fn unread(cause: &io::Error) -> Skip {
    let reason = match cause.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => SkipReason::Missing,
        _ => SkipReason::Unreadable,
    };
    Skip::new(reason, cause.to_string())
}

/// Samples, one after the other, in an order that is always the same.
pub trait Source: Send + Sync {
    /// Hands every sample to `each`; stops at the first error, which it returns.
    ///
    /// # Errors
    /// Those of `each`, and whatever keeps the samples from being listed.
    fn entries(&self, each: &mut dyn FnMut(Entry) -> Result<()>) -> Result<()>;

    /// What should be known of how the samples were found, a sentence each.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// The content of one sample by its number, from 0, where it is found without listing the others.
    fn content(&self, sample: usize) -> Option<Content> {
        let _ = sample;
        None
    }

    /// How many samples there are, where that is known before they are read.
    fn count(&self) -> Option<usize> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_grows_while_it_is_read_takes_no_more_memory_than_the_largest() {
        // Without an end, as a file that grows faster than it is read.
        let skip = bounded(io::repeat(7), 3, 10).unwrap_err();
        assert_eq!(
            (skip.reason, skip.message.as_str()),
            (SkipReason::TooLarge, "the file grew to more than 10 bytes as it was read")
        );
        assert_eq!(bounded(&[7; 10][..], 3, 10).unwrap(), [7; 10], "as much as allowed, though more than expected");
        assert_eq!(bounded(&[7; 2][..], 3, 10).unwrap(), [7; 2], "it may shrink");
    }
}
