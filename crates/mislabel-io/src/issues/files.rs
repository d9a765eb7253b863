//! Tables of label issues in files: CSV, TSV, JSON lines, Parquet.

use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};
use crate::formats::extension::Format;
#[cfg(feature = "parquet")]
use crate::issues::parquet;
#[cfg(feature = "tables")]
use crate::issues::reading;
use crate::issues::table::IssueTable;
use crate::issues::{json, text};
use crate::storage::atomic_file::write_atomically;

const FORMATS: [Format; 4] = [Format::Csv, Format::Tsv, Format::JsonLines, Format::Parquet];
const KNOWN: &str = "csv, tsv, jsonl, ndjson, parquet";

impl IssueTable {
    /// Writes the table to `path`, whole or not at all; its extension tells the format.
    ///
    /// Columns are `index`, `given_label`, `suggested_label`, `quality`, `score`, `is_issue`; floats are written so
    /// that they read back the same.
    ///
    /// # Errors
    /// [`Error::Extension`] for an unknown one, [`Error::Io`] when the system refuses.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let format = Format::of(path, &FORMATS, KNOWN)?;
        write_atomically(path, |out| match format {
            Format::JsonLines => json::write(self, out).map_err(Error::io(path)),
            Format::Tsv => text::write(self, b'\t', out).map_err(Error::parser(path)),
            #[cfg(feature = "parquet")]
            Format::Parquet => parquet::write(self, out).map_err(Error::parser(path)),
            _ => text::write(self, b',', out).map_err(Error::parser(path)),
        })
    }

    /// Writes the table as CSV to `out`, a pipe for example.
    ///
    /// # Errors
    /// What `out` answers.
    pub fn write_csv(&self, out: &mut dyn Write) -> std::io::Result<()> {
        text::write(self, b',', out).map_err(Into::into)
    }

    /// Reads a table that was written by [`write`](Self::write) or has the same columns, in any order, among others.
    ///
    /// Labels are integers if every one is a whole number.
    ///
    /// # Errors
    /// Whatever is wrong with the file, and as [`new`](Self::new).
    #[cfg(feature = "tables")]
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        reading::read(path.as_ref())
    }
}
