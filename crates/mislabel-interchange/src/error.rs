//! What was wrong with samples, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Where a value stands: the file, the row from 0 on, and the sample's id, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file; `None` for samples in memory.
    pub file: Option<PathBuf>,
    /// The row of a table, or the position in a list, from 0 on.
    pub row: Option<usize>,
    /// The sample's id.
    pub id: Option<String>,
}

impl Place {
    pub(crate) fn of(file: &Path) -> Self {
        Self { file: Some(file.into()), ..Self::default() }
    }

    pub(crate) fn sample(id: &str) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }

    pub(crate) fn row(&self, row: usize) -> Self {
        Self { row: Some(row), ..self.clone() }
    }

    pub(crate) fn id(&self, id: &str) -> Self {
        Self { id: Some(id.into()), ..self.clone() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}", file.display())?,
            None => write!(f, "the samples")?,
        }
        if let Some(row) = self.row {
            write!(f, ": row {row}")?;
        }
        match &self.id {
            Some(id) => write!(f, ": sample {id:?}"),
            None => Ok(()),
        }
    }
}

/// What was wrong with samples, and where.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file is larger than [`ReadOptions::most_bytes`](crate::ReadOptions::most_bytes).
    #[error("{}: {bytes} bytes are above the limit of {limit}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The file breaks the rules of its format.
    #[error("{}: {problem}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Which rule, and where.
        problem: String,
    },
    /// The path has no extension, or no content, that the format has.
    #[error("{}: {format} has {expected}", path.display())]
    Extension {
        /// The file or folder.
        path: PathBuf,
        /// The name of the format.
        format: &'static str,
        /// What would do, worded to follow "has".
        expected: &'static str,
    },
    /// A value is not what its place needs.
    #[error("{place}: {field} is {value}: it must {requirement}")]
    Value {
        /// Where.
        place: Place,
        /// Name of the field or column.
        field: String,
        /// The value.
        value: String,
        /// What it must be, worded to follow "it must".
        requirement: &'static str,
    },
    /// A field is absent.
    #[error("{place}: there is no {field}: {remedy}")]
    Missing {
        /// Where.
        place: Place,
        /// Name of the field.
        field: String,
        /// The way out.
        remedy: String,
    },
    /// A sample has several labels at once; only datasets with one label a sample are read.
    #[error("{place}: {field} has {} labels ({}): one label a sample is read", labels.len(), labels.join(", "))]
    SeveralLabels {
        /// Where.
        place: Place,
        /// Name of the field.
        field: String,
        /// The labels.
        labels: Vec<String>,
    },
    /// A label is not the name of a class.
    #[error("{place}: {field} is {class:?}, which is none of the {classes} classes")]
    UnknownClass {
        /// Where.
        place: Place,
        /// Name of the field.
        field: String,
        /// The label.
        class: String,
        /// How many classes there are.
        classes: usize,
    },
    /// Several fields hold labels, and none was named.
    #[error("{}: several fields hold labels ({}): name one", path.display(), fields.join(", "))]
    SeveralFields {
        /// The file.
        path: PathBuf,
        /// The fields.
        fields: Vec<String>,
    },
    /// Two samples have the same id or the same index.
    #[error("{place}: {field} {value} is that of row {first}, too")]
    Repeated {
        /// The second of the two.
        place: Place,
        /// `id` or `index`.
        field: &'static str,
        /// The value they share.
        value: String,
        /// The row of the first.
        first: usize,
    },
    /// A sample cannot be written in a format.
    #[error("{format} cannot take sample {id:?}: {problem}")]
    Unwritable {
        /// The name of the format.
        format: &'static str,
        /// The sample's id.
        id: String,
        /// Why, and the way out.
        problem: String,
    },
    /// The samples as a whole cannot be written in a format.
    #[error("{format} cannot take these samples: {problem}")]
    Unfit {
        /// The name of the format.
        format: &'static str,
        /// Why, and the way out.
        problem: String,
    },
    /// A path leads out of the folder that it is relative to.
    #[error("sample {id:?}: the path {path:?} leads out of its folder: give a path below it")]
    Escapes {
        /// The sample's id.
        id: String,
        /// The path.
        path: String,
    },
    /// A sample came back that was never sent.
    #[error("sample {id:?} came back, but was not sent: are these the samples that were exported?")]
    NotSent {
        /// The sample's id.
        id: String,
    },
    /// A sample came back under the index of another one, or with another given label.
    #[error("index {index} came back with the {field} {found:?}, but was sent with {sent:?}: is this another dataset?")]
    OtherSample {
        /// The sample's index.
        index: u64,
        /// `id` or `given label`.
        field: &'static str,
        /// What came back.
        found: String,
        /// What was sent.
        sent: String,
    },
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |cause| Self::Io { path: path.into(), cause }
    }

    pub(crate) fn malformed<E: fmt::Display>(path: &Path) -> impl Fn(E) -> Self {
        move |problem| Self::Malformed { path: path.into(), problem: problem.to_string() }
    }

    pub(crate) fn value(place: &Place, field: &str, value: impl fmt::Display, requirement: &'static str) -> Self {
        Self::Value { place: place.clone(), field: field.into(), value: value.to_string(), requirement }
    }

    pub(crate) fn missing(place: &Place, field: &str, remedy: impl Into<String>) -> Self {
        Self::Missing { place: place.clone(), field: field.into(), remedy: remedy.into() }
    }

    pub(crate) fn unwritable(format: &'static str, id: &str, problem: impl Into<String>) -> Self {
        Self::Unwritable { format, id: id.into(), problem: problem.into() }
    }

    pub(crate) fn unfit(format: &'static str, problem: impl Into<String>) -> Self {
        Self::Unfit { format, problem: problem.into() }
    }
}
