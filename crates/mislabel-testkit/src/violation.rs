//! How a law was broken.

use std::fmt;

/// A broken law, with the smallest input found that breaks it.
///
/// An [`std::error::Error`], so that `?` turns it into a failed test case inside `proptest!`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LawViolation {
    /// The law, worded as a sentence.
    pub law: &'static str,
    /// What broke it.
    pub breach: Breach,
    /// The input, as `Debug` prints it; `None` where the caller chose it.
    pub input: Option<String>,
}

/// What broke a law.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Breach {
    /// A value that should be the same on the changed input is not.
    Differs {
        /// Which column of the issues: quality, score, flag or suggested label.
        column: &'static str,
        /// The sample, by its number in the unchanged input.
        row: usize,
        /// The value on the unchanged input.
        expected: f64,
        /// The value on the changed input.
        found: f64,
    },
    /// The input was refused with another error than it was before.
    OtherError {
        /// The error before.
        expected: String,
        /// The error on the changed input, or when asked again.
        found: String,
    },
    /// The issues do not belong to the input: wrong number of samples or classes.
    WrongShape {
        /// What is counted.
        what: &'static str,
        /// The right number.
        expected: usize,
        /// The number found.
        found: usize,
    },
    /// A mislabeled sample is not less trusted than `other`.
    NotSuspect {
        /// The mislabeled sample.
        row: usize,
        /// Its quality.
        quality: f64,
        /// The sample (or the same one before it was mislabeled) that it is compared with.
        other: usize,
        /// The quality of that.
        other_quality: f64,
    },
    /// Good input was refused.
    Refused {
        /// The error.
        error: String,
    },
    /// Bad input was accepted.
    Accepted {
        /// What was wrong with it.
        input: &'static str,
    },
    /// An error of the wrong kind.
    WrongError {
        /// What the error should be.
        expected: &'static str,
        /// The error.
        error: String,
    },
    /// The detector panicked.
    Panicked {
        /// The panic's message.
        message: String,
    },
    /// The law could not be checked on this machine.
    Unchecked {
        /// Why not.
        reason: String,
    },
}

impl fmt::Display for LawViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "law broken: {}: {}", self.law, self.breach)?;
        match &self.input {
            Some(input) => write!(f, "\non the input {input}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs { column, row, expected, found } => {
                write!(f, "{column} of sample {row} is {found} where it was {expected}")
            }
            Self::OtherError { expected, found } => write!(f, "the error is {found:?} where it was {expected:?}"),
            Self::WrongShape { what, expected, found } => write!(f, "{found} {what} where there are {expected}"),
            Self::NotSuspect { row, quality, other, other_quality } => {
                write!(f, "mislabeled sample {row} has quality {quality}, sample {other} had {other_quality}")
            }
            Self::Refused { error } => write!(f, "good input was refused: {error}"),
            Self::Accepted { input } => write!(f, "{input} was accepted"),
            Self::WrongError { expected, error } => write!(f, "the error is not {expected}: {error}"),
            Self::Panicked { message } => write!(f, "it panicked: {message}"),
            Self::Unchecked { reason } => write!(f, "it could not be checked: {reason}"),
        }
    }
}

impl std::error::Error for LawViolation {}
