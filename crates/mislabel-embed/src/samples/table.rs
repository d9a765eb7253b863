//! A table of samples: texts, paths of pictures, or pictures themselves.

use std::path::{Path, PathBuf};

use mislabel_io::{ReadOptions, SampleContent, SampleKind, SampleRow, SampleSheet, Understanding};

use crate::error::{Error, Result};
use crate::samples::entry::{Content, Entry, Source};
use crate::samples::skipped::{Skip, SkipReason};

/// Beginnings of addresses that are no paths.
const ADDRESSES: [&str; 5] = ["http://", "https://", "s3://", "gs://", "ftp://"];

/// A table whose rows are samples: CSV in all its variants, JSON lines, Arrow, Parquet; a file, a folder of these, or a pattern.
///
/// Pictures are paths relative to the table, or bytes beside a path, as Hugging Face stores them.
///
/// ```
/// use mislabel_embed::{Content, SampleTable, Source as _};
/// use mislabel_io::{ReadOptions, SampleKind};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("questions.csv");
/// std::fs::write(&path, "text,label\nMy card is lost,card\nWhat is my balance?,account\n")?;
/// let table = SampleTable::open(&path, SampleKind::Text, None, None, &ReadOptions::default())?;
/// let mut found = Vec::new();
/// table.entries(&mut |entry| Ok(found.push((entry.label.unwrap(), entry.content))))?;
/// assert_eq!(found[1], ("account".into(), Content::Text("What is my balance?".into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SampleTable {
    sheet: SampleSheet,
    /// What paths are relative to.
    folder: PathBuf,
    split: Option<String>,
}

impl SampleTable {
    /// Opens the table at `path`. `column` names the texts or pictures and `label` the labels, where names and content leave a choice.
    ///
    /// # Errors
    /// [`Error::Table`] where it cannot be read, or where no column can be what is wanted.
    pub fn open(
        path: &Path,
        kind: SampleKind,
        column: Option<&str>,
        label: Option<&str>,
        choice: &ReadOptions,
    ) -> Result<Self> {
        let sheet = SampleSheet::open(path, kind, column, label, choice)?;
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
        Ok(Self { sheet, folder: folder.into(), split: None })
    }

    /// Only the samples of this split.
    ///
    /// # Errors
    /// [`Error::NoSamples`] where no column says which split a sample belongs to.
    pub fn of_split(self, split: &str) -> Result<Self> {
        if !self.sheet.has_splits() {
            let path = self.sheet.path().into();
            let problem = "no column says which split a sample belongs to: --columns split=NAME names it".into();
            return Err(Error::NoSamples { path, problem });
        }
        Ok(Self { split: Some(split.into()), ..self })
    }

    /// Whether the samples have labels.
    pub fn is_labelled(&self) -> bool {
        self.sheet.is_labelled()
    }

    /// What was read as what.
    pub fn understanding(&self) -> &Understanding {
        self.sheet.understanding()
    }

    fn entry(&self, row: SampleRow) -> Entry {
        let SampleRow { row, content, label, split } = row;
        let place = || format!("row {row}");
        let (name, content) = match content {
            SampleContent::Missing => (place(), Content::Absent(Skip::new(SkipReason::Missing, "the cell is empty"))),
            SampleContent::Text(text) => (place(), Content::Text(text)),
            SampleContent::Bytes { bytes, path } => (path.unwrap_or_else(place), Content::Bytes(bytes)),
            SampleContent::Path(path) => {
                let is_address = ADDRESSES.iter().any(|beginning| path.starts_with(beginning));
                let content = match is_address {
                    true => Content::Absent(Skip::new(
                        SkipReason::Missing,
                        "an address, not a path: nothing is fetched from the network",
                    )),
                    false => Content::File(self.folder.join(&path)),
                };
                (path, content)
            }
        };
        Entry { name, label, split, content }
    }
}

impl Source for SampleTable {
    fn entries(&self, each: &mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
        let mut stopped = None;
        let done = self.sheet.each(&mut |row| {
            if self.split.is_some() && self.split != row.split {
                return true;
            }
            match each(self.entry(row)) {
                Ok(()) => true,
                Err(error) => {
                    stopped = Some(error);
                    false
                }
            }
        });
        stopped.map_or_else(|| done.map_err(Into::into), Err)
    }

    fn content(&self, sample: usize) -> Option<Content> {
        let row = match (&self.split, self.sheet.splits()) {
            (Some(split), Some(splits)) => {
                let mut rows = splits.iter().enumerate().filter(|(_, of)| of.as_ref() == Some(split));
                rows.nth(sample)?.0
            }
            _ => sample,
        };
        let unread = |cause: mislabel_io::Error| Content::Absent(Skip::new(SkipReason::Unreadable, cause.to_string()));
        match self.sheet.content(row).transpose()? {
            Ok(content) => Some(self.entry(SampleRow { row, content, label: None, split: None }).content),
            Err(cause) => Some(unread(cause)),
        }
    }

    fn count(&self) -> Option<usize> {
        self.split.is_none().then(|| self.sheet.rows())
    }

    fn notes(&self) -> Vec<String> {
        self.sheet.understanding().notes.clone()
    }
}
