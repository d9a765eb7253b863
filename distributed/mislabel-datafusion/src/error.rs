//! What can go wrong.

use std::fmt;

use datafusion::error::DataFusionError;

/// Why a step over a table failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A parameter, a column or a table is not what is needed; the sentence says how to go on.
    Input(String),
    /// The engine failed; with what it was asked for.
    Engine {
        /// What was being done.
        doing: String,
        /// What the engine says.
        source: Box<DataFusionError>,
    },
    /// The store of results failed.
    Store {
        /// The location.
        location: String,
        /// What the store says.
        source: object_store::Error,
    },
    /// Something stored is not what was written there.
    Damaged(String),
    /// A method refused what it was given.
    Method(mislabel_core::Error),
    /// A job took longer than it was given, or nobody is left who could do it.
    Lost(String),
    /// A connection to a cluster broke or could not be made, and not for the first time.
    Disconnected(String),
}

/// Results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(sentence) | Self::Damaged(sentence) | Self::Lost(sentence) | Self::Disconnected(sentence) => {
                f.write_str(sentence)
            }
            Self::Engine { doing, source } => write!(f, "{doing}: {}", one_line(source)),
            Self::Store { location, source } => write!(f, "{location}: {source}"),
            Self::Method(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Engine { source, .. } => Some(source),
            Self::Store { source, .. } => Some(source),
            Self::Method(error) => Some(error),
            Self::Input(_) | Self::Damaged(_) | Self::Lost(_) | Self::Disconnected(_) => None,
        }
    }
}

impl Error {
    /// What the engine failed at.
    pub fn engine(doing: impl Into<String>) -> impl FnOnce(DataFusionError) -> Self {
        let doing = doing.into();
        move |source| Self::Engine { doing, source: Box::new(source) }
    }
}

impl From<mislabel_core::Error> for Error {
    fn from(error: mislabel_core::Error) -> Self {
        Self::Method(error)
    }
}

impl From<Error> for DataFusionError {
    fn from(error: Error) -> Self {
        Self::External(Box::new(error))
    }
}

/// The cause of an engine's error without its wrappings, on one line.
pub fn one_line(error: &DataFusionError) -> String {
    let sentence = error.find_root().strip_backtrace();
    let sentence =
        sentence.strip_prefix("Execution error: ").or(sentence.strip_prefix("External error: ")).unwrap_or(&sentence);
    sentence.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
