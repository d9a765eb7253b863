//! The one error type of the computing crates.

use std::fmt::{self, Display, Formatter};

use crate::evidence::columns::COLUMNS;
use crate::run::size::Size;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What was wrong with an input, with the place where it was wrong.
///
/// Rows, columns, samples and classes count from 0, as in the arrays.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// An array has no elements along an axis that needs at least one.
    Empty {
        /// Which array or axis.
        what: &'static str,
    },
    /// Two inputs that belong together differ in length.
    LengthMismatch {
        /// Which input is off.
        what: &'static str,
        /// The length that would fit.
        expected: usize,
        /// The length that was given.
        found: usize,
    },
    /// Two inputs that belong together differ in the number of classes.
    ClassCountMismatch {
        /// Which input is off.
        what: &'static str,
        /// The number of classes that would fit.
        expected: usize,
        /// The number of classes that was given.
        found: usize,
    },
    /// A neighbor graph lists fewer neighbors per sample than a judge reads.
    GraphTooNarrow {
        /// Neighbors per sample that the judge reads.
        needed: usize,
        /// Neighbors per sample that the graph has.
        found: usize,
    },
    /// A value is NaN or infinite.
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
    LabelOutOfRange {
        /// Row (sample) of the label.
        row: usize,
        /// The label as given.
        label: i64,
        /// The number of classes k.
        classes: usize,
    },
    /// A label is not the name of a class.
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
    RepeatedClass {
        /// The name.
        name: String,
        /// The first place that has it.
        first: usize,
        /// The place that repeats it.
        place: usize,
    },
    /// Rows of one array differ in length.
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
    SampleOutOfRange {
        /// Row of the list.
        row: usize,
        /// The number found there.
        sample: usize,
        /// The number of samples n.
        samples: usize,
    },
    /// Two rows of verified labels speak of the same sample.
    VerifiedTwice {
        /// The sample.
        sample: usize,
        /// The row that spoke of it first.
        first: usize,
        /// The row that repeats it.
        row: usize,
    },
    /// A value lies outside the interval that it must lie in.
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
    OffSimplex {
        /// Which array.
        what: &'static str,
        /// The row.
        row: usize,
        /// Its sum.
        sum: f64,
    },
    /// A parameter has a value that makes no sense.
    Parameter {
        /// Name of the parameter as in the struct or signature.
        name: &'static str,
        /// The value given, as text.
        value: String,
        /// What it must be, worded to follow "it must be".
        requirement: &'static str,
    },
    /// Fewer classes have samples than the method needs.
    TooFewClasses {
        /// Classes that have samples.
        found: usize,
        /// Classes in all.
        classes: usize,
        /// Classes with samples that the method needs.
        needed: usize,
    },
    /// A sample's own class had no samples when its reconstructor was fitted.
    ClassNotFitted {
        /// The sample.
        row: usize,
        /// Its class.
        class: usize,
    },
    /// A sample or an annotator has no labels at all.
    Unlabeled {
        /// "sample" or "annotator".
        what: &'static str,
        /// Its number.
        index: usize,
    },
    /// A quantity is not defined on this input.
    Undefined {
        /// The quantity asked for.
        quantity: &'static str,
        /// Why it has no value.
        reason: &'static str,
    },
    /// A neighbor graph lists something that is no neighbor.
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
    Memory {
        /// What does not fit.
        what: &'static str,
        /// What it needs, in bytes.
        needed: u64,
        /// The budget, in bytes.
        budget: u64,
    },
    /// Training went wrong: a loss that is no number, or one that exploded.
    Diverged {
        /// The class whose model was being trained.
        class: usize,
        /// The step.
        step: usize,
        /// The loss of that step.
        loss: f64,
    },
    /// The progress observer asked to stop.
    Cancelled {
        /// What was going on.
        stage: &'static str,
    },
    /// A source of rows could not deliver them.
    Source(Box<dyn std::error::Error + Send + Sync>),
}

/// By hand: a derive would bring four crates to every user of this one.
impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { what } => write!(f, "{what} must not be empty"),
            Self::LengthMismatch { what, expected, found } => write!(f, "{what}: {found} entries, expected {expected}"),
            Self::ClassCountMismatch { what, expected, found } => {
                write!(f, "{what}: {found} classes, expected {expected}")
            }
            Self::GraphTooNarrow { needed, found } => {
                write!(f, "the neighbor graph has {found} neighbors per sample, the judge needs {needed}")
            }
            Self::NotFinite { what, row, column, value } => {
                write!(f, "{what}[{row}, {column}] is {value}, expected a finite number")
            }
            Self::LabelOutOfRange { row, label, classes } => {
                write!(f, "label {label} at row {row} is not one of the {classes} classes")
            }
            Self::UnknownClass { row, label, classes, names } => {
                write!(f, "label {label:?} at row {row} is not one of the {classes} classes {names}")
            }
            Self::RepeatedClass { name, first, place } => {
                write!(f, "class {name:?} is named twice, at place {first} and at place {place}")
            }
            Self::RowLength { what, row, expected, found } => {
                write!(f, "{what}: row {row} has {found} entries, expected {expected}")
            }
            Self::SampleOutOfRange { row, sample, samples } => {
                write!(f, "sample {sample} at row {row} is not one of the {samples} samples")
            }
            Self::VerifiedTwice { sample, first, row } => {
                write!(f, "sample {sample} is verified twice, at row {first} and at row {row}")
            }
            Self::OutOfRange { what, row, column, value, low, high } => {
                write!(f, "{what}[{row}, {column}] is {value}, expected a number in [{low}, {high}]")
            }
            Self::OffSimplex { what, row, sum } => write!(f, "{what}: row {row} sums to {sum}, expected 1"),
            Self::Parameter { name, value, requirement } => {
                write!(f, "parameter {name} is {value}: it must be {requirement}")
            }
            Self::TooFewClasses { found, classes, needed } => {
                write!(f, "{found} of {classes} classes have samples: at least {needed} must")
            }
            Self::ClassNotFitted { row, class } => {
                write!(f, "sample {row} is labeled class {class}, which had no samples to fit on")
            }
            Self::Unlabeled { what, index } => write!(f, "{what} {index} has no labels"),
            Self::Undefined { quantity, reason } => write!(f, "{quantity} is undefined: {reason}"),
            Self::InvalidNeighbor { row, column, neighbor, defect } => {
                write!(f, "neighbor {neighbor} of sample {row} at place {column} {defect}")
            }
            Self::Memory { what, needed, budget } => {
                write!(f, "{what} needs {} of memory: the budget is {}", Size(*needed), Size(*budget))
            }
            Self::Diverged { class, step, loss } => write!(
                f,
                "training of class {class} diverged at step {step}: its loss is {loss}; a smaller learning rate may help"
            ),
            Self::Cancelled { stage } => write!(f, "cancelled while {stage}"),
            Self::Source(source) => source.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Source(source) => source.source(),
            _ => None,
        }
    }
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
