//! The one error type of the computing crates.

use std::fmt::Display;

use crate::evidence::columns::COLUMNS;
use crate::run::size::Size;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What was wrong with an input, with the place where it was wrong.
///
/// Rows, columns, samples and classes count from 0, as in the arrays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An array has no elements along an axis that needs at least one.
    #[error("{what} must not be empty")]
    Empty {
        /// Which array or axis.
        what: &'static str,
    },
    /// Two inputs that belong together differ in length.
    #[error("{what}: {found} entries, expected {expected}")]
    LengthMismatch {
        /// Which input is off.
        what: &'static str,
        /// The length that would fit.
        expected: usize,
        /// The length that was given.
        found: usize,
    },
    /// Two inputs that belong together differ in the number of classes.
    #[error("{what}: {found} classes, expected {expected}")]
    ClassCountMismatch {
        /// Which input is off.
        what: &'static str,
        /// The number of classes that would fit.
        expected: usize,
        /// The number of classes that was given.
        found: usize,
    },
    /// A neighbor graph lists fewer neighbors per sample than a judge reads.
    #[error("the neighbor graph has {found} neighbors per sample, the judge needs {needed}")]
    GraphTooNarrow {
        /// Neighbors per sample that the judge reads.
        needed: usize,
        /// Neighbors per sample that the graph has.
        found: usize,
    },
    /// A value is NaN or infinite.
    #[error("{what}[{row}, {column}] is {value}, expected a finite number")]
    NotFinite {
        /// Which array.
        what: &'static str,
        /// Row (sample) of the value.
        row: usize,
        /// Column (feature, class) of the value; 0 for a vector.
        column: usize,
        /// The value.
        value: f64,
    },
    /// A label is not one of the classes.
    #[error("label {label} at row {row} is not one of the {classes} classes")]
    LabelOutOfRange {
        /// Row (sample) of the label.
        row: usize,
        /// The label as given.
        label: i64,
        /// The number of classes k.
        classes: usize,
    },
    /// A label is not the name of a class.
    #[error("label {label:?} at row {row} is not one of the {classes} classes {names}")]
    UnknownClass {
        /// Row (sample) of the label.
        row: usize,
        /// The label as given.
        label: String,
        /// The number of classes k.
        classes: usize,
        /// The first of their names.
        names: String,
    },
    /// Two classes have the same name.
    #[error("class {name:?} is named twice, at place {first} and at place {place}")]
    RepeatedClass {
        /// The name.
        name: String,
        /// The first place that has it.
        first: usize,
        /// The place that repeats it.
        place: usize,
    },
    /// Rows of one array differ in length.
    #[error("{what}: row {row} has {found} entries, expected {expected}")]
    RowLength {
        /// Which array.
        what: &'static str,
        /// The first row of another length.
        row: usize,
        /// The length of row 0.
        expected: usize,
        /// The length of this row.
        found: usize,
    },
    /// A list of samples holds a number that is no sample's.
    #[error("sample {sample} at row {row} is not one of the {samples} samples")]
    SampleOutOfRange {
        /// Row of the list.
        row: usize,
        /// The number found there.
        sample: usize,
        /// The number of samples n.
        samples: usize,
    },
    /// Two rows of verified labels speak of the same sample.
    #[error("sample {sample} is verified twice, at row {first} and at row {row}")]
    VerifiedTwice {
        /// The sample.
        sample: usize,
        /// The row that spoke of it first.
        first: usize,
        /// The row that repeats it.
        row: usize,
    },
    /// A value lies outside the interval that it must lie in.
    #[error("{what}[{row}, {column}] is {value}, expected a number in [{low}, {high}]")]
    OutOfRange {
        /// Which array.
        what: &'static str,
        /// Row of the value.
        row: usize,
        /// Column of the value; 0 for a vector.
        column: usize,
        /// The value.
        value: f64,
        /// Least allowed value.
        low: f64,
        /// Greatest allowed value.
        high: f64,
    },
    /// A row that must be a probability distribution does not sum to one.
    #[error("{what}: row {row} sums to {sum}, expected 1")]
    OffSimplex {
        /// Which array.
        what: &'static str,
        /// The row.
        row: usize,
        /// Its sum.
        sum: f64,
    },
    /// A parameter has a value that makes no sense.
    #[error("parameter {name} is {value}: it must be {requirement}")]
    Parameter {
        /// Name of the parameter as in the struct or signature.
        name: &'static str,
        /// The value given, as text.
        value: String,
        /// What it must be, worded to follow "it must be".
        requirement: &'static str,
    },
    /// Fewer classes have samples than the method needs.
    #[error("{found} of {classes} classes have samples: at least {needed} must")]
    TooFewClasses {
        /// Classes that have samples.
        found: usize,
        /// Classes in all.
        classes: usize,
        /// Classes with samples that the method needs.
        needed: usize,
    },
    /// A sample's own class had no samples when its reconstructor was fitted.
    #[error("sample {row} is labeled class {class}, which had no samples to fit on")]
    ClassNotFitted {
        /// The sample.
        row: usize,
        /// Its class.
        class: usize,
    },
    /// A sample or an annotator has no labels at all.
    #[error("{what} {index} has no labels")]
    Unlabeled {
        /// "sample" or "annotator".
        what: &'static str,
        /// Its number.
        index: usize,
    },
    /// A quantity is not defined on this input.
    #[error("{quantity} is undefined: {reason}")]
    Undefined {
        /// The quantity asked for.
        quantity: &'static str,
        /// Why it has no value.
        reason: &'static str,
    },
    /// A neighbor graph lists something that is no neighbor.
    #[error("neighbor {neighbor} of sample {row} at place {column} {defect}")]
    InvalidNeighbor {
        /// The sample.
        row: usize,
        /// The place in its row, nearest first.
        column: usize,
        /// The index found there.
        neighbor: u32,
        /// What is wrong with it, worded to follow the index.
        defect: &'static str,
    },
    /// The memory budget cannot hold what must be in memory at once.
    #[error("{what} needs {} of memory: the budget is {}", Size(*needed), Size(*budget))]
    Memory {
        /// What does not fit.
        what: &'static str,
        /// What it needs, in bytes.
        needed: u64,
        /// The budget, in bytes.
        budget: u64,
    },
    /// Training went wrong: a loss that is no number, or one that exploded.
    #[error("training of class {class} diverged at step {step}: its loss is {loss}; a smaller learning rate may help")]
    Diverged {
        /// The class whose model was being trained.
        class: usize,
        /// The step.
        step: usize,
        /// The loss of that step.
        loss: f64,
    },
    /// The progress observer asked to stop.
    #[error("cancelled while {stage}")]
    Cancelled {
        /// What was going on.
        stage: &'static str,
    },
    /// A source of rows could not deliver them.
    #[error(transparent)]
    Source(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The error of the parameter `name` that is `value` and must be `requirement`, worded to follow "it must be".
    pub fn parameter(name: &'static str, value: impl Display, requirement: &'static str) -> Self {
        Self::Parameter { name, value: value.to_string(), requirement }
    }

    /// Whether the error is of the columns of [`LabelIssues`](crate::LabelIssues): of what a method made, not of its input.
    ///
    /// ```
    /// use mislabel_core::{Error, LabelQuality, Labels};
    ///
    /// assert!(LabelQuality::new(vec![f64::NAN]).unwrap_err().is_about_issues());
    /// assert!(!Labels::new(vec![7], 2).unwrap_err().is_about_issues());
    /// ```
    pub fn is_about_issues(&self) -> bool {
        let what = match self {
            Self::Empty { what }
            | Self::LengthMismatch { what, .. }
            | Self::NotFinite { what, .. }
            | Self::OutOfRange { what, .. } => what,
            _ => return false,
        };
        COLUMNS.contains(what)
    }

    /// Wraps the error of a foreign source of rows, such as a file reader.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Source(error.into())
    }
}
