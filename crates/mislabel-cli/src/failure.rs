//! What can go wrong, as one line for the user.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

/// A result whose error is a [`Failure`].
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a command stopped; the message is complete and fits on a line once [`one_line`] has been over it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Core(#[from] mislabel::core::Error),
    #[error(transparent)]
    File(#[from] mislabel::io::Error),
    #[error("{}: {cause}", path.display())]
    Content { path: PathBuf, cause: mislabel::core::Error },
    #[error("{}: {cause}", path.display())]
    Table { path: PathBuf, cause: mislabel::io::Error },
    #[error("{}: {reason}", path.display())]
    Output { path: PathBuf, reason: String },
    #[error("{} has {found} labels, {} has {expected} {what}{hint}", path.display(), other.display())]
    Lengths {
        path: PathBuf,
        found: usize,
        other: PathBuf,
        expected: usize,
        what: &'static str,
        /// What may be the matter, after a colon; empty where that is not known.
        hint: &'static str,
    },
    #[error(transparent)]
    Checkpoint(#[from] mislabel::checkpoint::CheckpointError),
    #[error(transparent)]
    Report(mislabel::report::Error),
    #[error(transparent)]
    Interchange(#[from] mislabel::interchange::Error),
    #[cfg(feature = "embed")]
    #[error(transparent)]
    Embed(mislabel::embed::Error),
    #[error("{0}")]
    Arguments(String),
    #[error("{0}")]
    Review(String),
    #[error("cannot start {threads} threads: {cause}")]
    Threads { threads: usize, cause: rayon::ThreadPoolBuildError },
    #[error("cannot write to standard output: {0}")]
    Stdout(#[from] io::Error),
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<mislabel::methods::Error> for Failure {
    /// In the words of the command line.
    fn from(error: mislabel::methods::Error) -> Self {
        use mislabel::methods::{Error, Missing};
        match error {
            Error::Core(error) => Self::Core(error),
            Error::Missing { what: Missing::Embeddings, .. } => Self::Arguments("the method needs --embeddings".into()),
            Error::Missing { method, what: Missing::ClassTexts } => {
                Self::Arguments(format!("the method {method} needs --class-texts"))
            }
            Error::Device { ordinal, reason } => {
                Self::Arguments(format!("--device cuda:{ordinal} cannot be used: {reason}"))
            }
            Error::RepeatedMember { member } => Self::Arguments(format!("--members has {member} twice")),
            other => Self::Arguments(other.to_string()),
        }
    }
}

impl From<mislabel::report::Error> for Failure {
    fn from(error: mislabel::report::Error) -> Self {
        match error {
            mislabel::report::Error::Core(error) => Self::Core(error),
            other => Self::Report(other),
        }
    }
}

impl From<mislabel::review::Error> for Failure {
    fn from(error: mislabel::review::Error) -> Self {
        match error {
            mislabel::review::Error::Core(error) => Self::Core(error),
            mislabel::review::Error::File(error) => Self::File(error),
            other => Self::Review(other.to_string()),
        }
    }
}

#[cfg(feature = "embed")]
impl From<mislabel::embed::Error> for Failure {
    fn from(error: mislabel::embed::Error) -> Self {
        match error {
            mislabel::embed::Error::Core(error) => Self::Core(error),
            mislabel::embed::Error::Table(error) => Self::File(error),
            other => Self::Embed(other),
        }
    }
}

impl Failure {
    /// Whether the user stopped the work.
    pub(crate) fn is_interruption(&self) -> bool {
        matches!(self, Self::Core(mislabel::core::Error::Cancelled { .. }))
    }

    /// Whether the reader of standard output has gone away, which is its right.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        match self {
            Self::Stdout(cause) => cause.kind() == io::ErrorKind::BrokenPipe,
            Self::Json(cause) => cause.io_error_kind() == Some(io::ErrorKind::BrokenPipe),
            _ => false,
        }
    }
}

/// `text` with every control character escaped: names in files may hold line breaks and terminal commands.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => write!(line, "{}", character.escape_default()).unwrap_or_default(),
            false => line.push(character),
        }
    }
    line
}

/// `line` without its middle if it is longer than a screen: a value in a file may have any length.
pub(crate) fn shortened(line: &str) -> String {
    const KEPT: usize = 300;
    let length = line.chars().count();
    if length <= 2 * KEPT {
        return line.to_owned();
    }
    let start: String = line.chars().take(KEPT).collect();
    let end: String = line.chars().skip(length - KEPT).collect();
    format!("{start} … {end}")
}

#[cfg(test)]
mod tests {
    use super::{one_line, shortened};

    #[test]
    fn long_lines_keep_their_start_and_their_end() {
        let line = format!("x.csv{}number", "é".repeat(10_000));
        let short = shortened(&line);
        assert!(short.starts_with("x.csv") && short.ends_with("number") && short.chars().count() == 603);
        assert_eq!(shortened("short"), "short");
    }

    #[test]
    fn control_characters_cannot_break_the_line() {
        assert_eq!(one_line("été\n\u{1b}[2J"), "été\\n\\u{1b}[2J");
    }
}
