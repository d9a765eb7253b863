//! What a journal holds.

use std::path::Path;

use mislabel_core::PartialLabels;

use crate::decisions::board::Board;
use crate::error::{Error, Result};
use crate::journal::header::{Header, VERSION, fingerprint};
use crate::journal::line::Line;

/// What was read of a journal.
pub(crate) struct Contents {
    /// Bytes up to the end of the last whole line.
    pub(crate) whole: usize,
    /// Bytes after that: a line that a crash cut off.
    pub(crate) torn: usize,
}

/// Takes the events of the journal `bytes` at `path` in.
///
/// # Errors
/// As [`Journal::open`](crate::Journal::open).
pub(crate) fn read_into(board: &mut Board, path: &Path, bytes: &[u8], given: &PartialLabels) -> Result<Contents> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
    let lines = bytes[..whole].split_inclusive(|byte| *byte == b'\n').map(|line| line.trim_ascii_end());
    for (number, line) in lines.enumerate() {
        let refuse = |problem: String| Error::JournalLine { path: path.into(), line: number + 1, problem };
        match number {
            0 => check_header(path, line, given)?,
            _ => {
                let line: Line = serde_json::from_slice(line).map_err(|error| refuse(unreadable(&error)))?;
                let event = line.event(given).map_err(refuse)?;
                board.apply(event).map_err(|error| refuse(format!("cannot follow the lines before: {error}")))?;
            }
        }
    }
    Ok(Contents { whole, torn: bytes.len() - whole })
}

fn check_header(path: &Path, line: &[u8], given: &PartialLabels) -> Result<()> {
    let refuse = |problem: String| Error::JournalLine { path: path.into(), line: 1, problem };
    let header: Header = serde_json::from_slice(line)
        .map_err(|error| refuse(format!("is not the header of a journal ({error}): give another file")))?;
    if header.v != VERSION || header.kind != "header" {
        return Err(refuse(format!("has the version {}: this program reads version {VERSION}", header.v)));
    }
    let labels = fingerprint(given);
    match header.data == labels {
        true => Ok(()),
        false => Err(Error::OtherLabels { path: path.into(), journal: header.data, labels }),
    }
}

fn unreadable(error: &serde_json::Error) -> String {
    format!("cannot be read ({error}): restore the file from a copy, or remove the line if you know what it was")
}
