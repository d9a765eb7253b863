//! How a law was broken.

use std::fmt;

use crate::change::Change;

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
    /// What the law did to the input.
    pub change: Change,
    /// The input, as `Debug` prints it: for the cases of this crate, Rust that makes it. `None` where the caller chose it.
    pub input: Option<String>,
}

/// What broke a law.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Breach {
    /// A value that should be the same on the changed input is not.
    Differs {
        /// Which column of the answer: quality, score, flag or suggested label of issues.
        column: &'static str,
        /// The sample, by its number in the unchanged input.
        row: usize,
        /// The value on the unchanged input.
        expected: f64,
        /// The value on the changed input.
        found: f64,
    },
    /// Two samples that are the same, label included, are not judged alike.
    Unlike {
        /// Which column of the answer.
        column: &'static str,
        /// The two samples.
        rows: (usize, usize),
        /// Their values.
        values: (f64, f64),
    },
    /// The input was refused with another error than it was before.
    OtherError {
        /// The error before.
        expected: String,
        /// The error on the changed input, or when asked again.
        found: String,
    },
    /// The input was refused in one form and accepted in the other.
    RefusedOnce {
        /// The error.
        error: String,
        /// Whether the changed input was the one that was refused.
        is_changed: bool,
    },
    /// The answer does not belong to the input: wrong number of samples or classes.
    WrongShape {
        /// What is counted.
        what: &'static str,
        /// The right number.
        expected: usize,
        /// The number found.
        found: usize,
    },
    /// A wrong label did not lower the quality of its sample.
    NotLowered {
        /// The sample.
        row: usize,
        /// Its quality with the right label.
        right: f64,
        /// Its quality with the wrong label.
        wrong: f64,
    },
    /// A mislabeled sample is not less trusted than another one, whose label is right.
    NotSuspect {
        /// The mislabeled sample.
        row: usize,
        /// Its quality.
        quality: f64,
        /// The other sample.
        other: usize,
        /// The quality of that.
        other_quality: f64,
    },
    /// A quality that must not fall fell, or one that must not rise rose.
    Moved {
        /// What the quality is of.
        what: &'static str,
        /// The value before.
        before: f64,
        /// The value after.
        after: f64,
    },
    /// Good input was refused.
    Refused {
        /// The error.
        error: String,
    },
    /// The error is of what the judge itself made, not of the input, which is sound.
    OwnOutput {
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
    /// A value that is no number, or lies where it must not.
    BadValue {
        /// What has the value.
        what: &'static str,
        /// The sample or element.
        row: usize,
        /// The value.
        value: f64,
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
        if self.change != Change::Nothing {
            write!(f, "\nwhen asked {}", self.change)?;
        }
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
            Self::Unlike { column, rows: (a, b), values: (x, y) } => {
                write!(f, "{column} of sample {a} is {x} and of sample {b}, which is the same, {y}")
            }
            Self::OtherError { expected, found } => write!(f, "the error is {found:?} where it was {expected:?}"),
            Self::RefusedOnce { error, is_changed: true } => {
                write!(f, "the changed input was refused, the input itself was not: {error}")
            }
            Self::RefusedOnce { error, is_changed: false } => {
                write!(f, "the input was refused, the changed input was not: {error}")
            }
            Self::WrongShape { what, expected, found } => write!(f, "{found} {what} where there are {expected}"),
            Self::NotLowered { row, right, wrong } => {
                write!(f, "sample {row} has quality {wrong} with a wrong label and had {right} with the right one")
            }
            Self::NotSuspect { row, quality, other, other_quality } => {
                write!(f, "sample {row} has quality {quality} with a wrong label, ")?;
                write!(f, "and sample {other} has {other_quality} with its right one")
            }
            Self::Moved { what, before, after } => write!(f, "{what} went from {before} to {after}"),
            Self::Refused { error } => write!(f, "good input was refused: {error}"),
            Self::OwnOutput { error } => write!(f, "sound input led to an answer that cannot be: {error}"),
            Self::Accepted { input } => write!(f, "{input} was accepted"),
            Self::WrongError { expected, error } => write!(f, "the error is not {expected}: {error}"),
            Self::BadValue { what, row, value } => write!(f, "{what} at {row} is {value}"),
            Self::Panicked { message } => write!(f, "it panicked: {message}"),
            Self::Unchecked { reason } => write!(f, "it could not be checked: {reason}"),
        }
    }
}

impl std::error::Error for LawViolation {}
