//! What can go wrong beside the work itself.

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a method gave no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The data, the parameters or the work.
    #[error(transparent)]
    Core(#[from] mislabel_core::Error),
    /// There is no method of that name.
    #[error("there is no method called {name:?}: the methods are {known}")]
    NoSuchMethod {
        /// The name asked for.
        name: String,
        /// The names there are, comma-separated.
        known: String,
    },
    /// The dataset lacks what the method works on.
    #[error("the method {method} needs {what}")]
    Missing {
        /// The method.
        method: &'static str,
        /// What is missing.
        what: Missing,
    },
    /// The parameters cannot be read.
    #[error("parameters of the method {method}: {reason}")]
    Parameters {
        /// The method.
        method: &'static str,
        /// What is wrong with them.
        reason: String,
    },
    /// What should be a report lacks a field.
    #[error("this is no report: it has no field {field:?}")]
    NotAReport {
        /// The field.
        field: &'static str,
    },
    /// The device cannot be used.
    #[error("the device cuda:{ordinal} cannot be used: {reason}")]
    Device {
        /// The number of the device.
        ordinal: usize,
        /// Why.
        reason: String,
    },
    /// A member of a consensus is named twice.
    #[error("the consensus has the member {member} twice")]
    RepeatedMember {
        /// The member.
        member: &'static str,
    },
}

/// Input that a dataset may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// Embeddings of the samples.
    Embeddings,
    /// Text embeddings of the class names.
    ClassTexts,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Embeddings => "embeddings",
            Self::ClassTexts => "text embeddings of the class names",
        })
    }
}
