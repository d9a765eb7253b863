//! What was wrong, and where.

use std::path::{Path, PathBuf};

use crate::slices::query_error::QueryError;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What keeps a review from going on. Messages are complete: file, place, value, and where there is one the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// An input of the computing crates is off.
    #[error(transparent)]
    Core(#[from] mislabel_core::Error),
    /// A file is off.
    #[cfg(feature = "files")]
    #[error(transparent)]
    File(#[from] mislabel_io::Error),
    /// A query cannot be understood.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A table of samples is not one.
    #[error("{}: {problem}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong, with row and value.
        problem: String,
    },
    /// Two columns of the samples have one name, or a column has a name that queries use.
    #[error("the samples have the column {name:?} twice: rename one of them")]
    ColumnTwice {
        /// The name.
        name: String,
    },
    /// Two samples have one id.
    #[error("the samples {first} and {second} have the same id {id:?}: an id stands for one sample")]
    IdTwice {
        /// The id.
        id: String,
        /// The sample that has it first.
        first: usize,
        /// The sample that repeats it.
        second: usize,
    },
    /// A line of a journal cannot be read.
    #[error("{}: line {line} {problem}", path.display())]
    JournalLine {
        /// The journal.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, worded to follow "line 3".
        problem: String,
    },
    /// A journal belongs to other labels.
    #[error(
        "{}: the journal was written for other labels (it says {journal}, the labels are {labels}): give the labels that \
         were reviewed, or a new journal; corrected labels are other labels",
        path.display()
    )]
    OtherLabels {
        /// The journal.
        path: PathBuf,
        /// The hash of the labels in the journal.
        journal: String,
        /// The hash of the labels at hand.
        labels: String,
    },
    /// Another process writes this journal.
    #[error("{}: another process has the journal open; this one only reads it", path.display())]
    ReadOnly {
        /// The journal.
        path: PathBuf,
    },
    /// A decision names something that does not exist.
    #[error("{what} {value} is not one of the {count} there are")]
    Unknown {
        /// "sample" or "class".
        what: &'static str,
        /// The number.
        value: u64,
        /// How many there are.
        count: usize,
    },
    /// A label is to be kept that is not there.
    #[error("sample {sample} has no label to keep: choose a label for it")]
    NothingToKeep {
        /// The sample.
        sample: u32,
    },
    /// A suggestion is to be taken that is not there.
    #[error("there is no suggestion for sample {sample}: choose a label for it")]
    NothingSuggested {
        /// The sample.
        sample: u32,
    },
    /// Text that people type is empty or too long.
    #[error("{what} has {found} characters: it must have 1 to {most}")]
    Text {
        /// What it is.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The most characters.
        most: usize,
    },
    /// There is nothing that the reviewer could take back.
    #[error("{reviewer:?} has no decision to undo")]
    NothingToUndo {
        /// Who asked.
        reviewer: String,
    },
    /// A file of labels is not the one that was reviewed.
    #[error(
        "{}: row {row} has {}, and the review saw {}: the corrections may be in the file already",
        path.display(), found.as_ref().map_or_else(no_label, |label| format!("the label {label:?}")),
        expected.as_ref().map_or_else(no_label, |label| format!("{label:?}"))
    )]
    LabelDiffers {
        /// The file.
        path: PathBuf,
        /// The row, from 0.
        row: usize,
        /// The label in the file, if the row has one.
        found: Option<String>,
        /// The label that was reviewed, if there was one.
        expected: Option<String>,
    },
}

fn no_label() -> String {
    "no label".into()
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> Self + Copy + '_ {
        move |cause| Self::Io { path: path.into(), cause }
    }

    #[cfg(feature = "files")]
    pub(crate) fn table(path: &Path, problem: impl Into<String>) -> Self {
        Self::Table { path: path.into(), problem: problem.into() }
    }
}
