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
    Core(#[from] mislabel_core::Error),
    #[error(transparent)]
    File(#[from] mislabel_io::Error),
    #[error("{}: {cause}", path.display())]
    Content { path: PathBuf, cause: mislabel_core::Error },
    #[error("{}: {cause}", path.display())]
    Table { path: PathBuf, cause: mislabel_io::Error },
    #[error("{}: {reason}", path.display())]
    Output { path: PathBuf, reason: String },
    #[error("{} has {found} labels, {} has {expected} {what}", path.display(), other.display())]
    Lengths { path: PathBuf, found: usize, other: PathBuf, expected: usize, what: &'static str },
    #[error("{0}")]
    Arguments(String),
    #[error("cannot start {threads} threads: {cause}")]
    Threads { threads: usize, cause: rayon::ThreadPoolBuildError },
    #[error("cannot write to standard output: {0}")]
    Stdout(#[from] io::Error),
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Failure {
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

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn control_characters_cannot_break_the_line() {
        assert_eq!(one_line("été\n\u{1b}[2J"), "été\\n\\u{1b}[2J");
    }
}
