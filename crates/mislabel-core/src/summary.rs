//! What the reconstruction error ratio needs to know of a sample, and no more.

use ndarray::ArrayView2;

use crate::{Error, Labels, Result, same_length};

/// The plain columns of an [`ErrorSummary`]; every vector is `(n,)`, errors Δ (not squared) in feature units.
#[derive(Clone, Debug, Default)]
pub struct ErrorColumns {
    /// Error of the sample under its given class, Δ_ỹ.
    pub own: Vec<f64>,
    /// Least error under any other class that has a reconstructor.
    pub least_other: Vec<f64>,
    /// The class of that least error.
    pub least_other_class: Vec<u32>,
    /// Second least error under the other classes; infinite when only two classes have reconstructors.
    pub second_least_other: Vec<f64>,
    /// Sum of the errors under all classes that have a reconstructor, the given class included.
    pub sum: Vec<f64>,
    /// How many classes have a reconstructor (the terms of `sum`).
    pub reconstructors: usize,
    /// The number of classes k.
    pub classes: usize,
}

/// Reconstruction errors of n samples under k classes, summarised per sample: 36 bytes each, whatever k is.
///
/// All errors are finite and not negative, `least_other ≤ second_least_other`, and at least two classes
/// have reconstructors.
#[derive(Clone, Debug)]
pub struct ErrorSummary(ErrorColumns);

impl ErrorSummary {
    /// Checks the columns.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`], [`Error::TooFewClasses`] with fewer than two reconstructors,
    /// [`Error::NotFinite`], [`Error::OutOfRange`] for a negative error or an order that cannot be,
    /// [`Error::LabelOutOfRange`] for a class of k or more.
    pub fn new(columns: ErrorColumns) -> Result<Self> {
        let n = columns.own.len();
        if n == 0 {
            return Err(Error::Empty { what: "the error summary" });
        }
        same_length("least_other", n, columns.least_other.len())?;
        same_length("least_other_class", n, columns.least_other_class.len())?;
        same_length("second_least_other", n, columns.second_least_other.len())?;
        same_length("sum", n, columns.sum.len())?;
        let (found, classes) = (columns.reconstructors, columns.classes);
        if found < 2 {
            return Err(Error::TooFewClasses { found, classes, needed: 2 });
        }
        (0..n).try_for_each(|row| check_row(&columns, row))?;
        Ok(Self(columns))
    }

    /// Summarises a dense matrix of errors, `(n, k)`; a class without a reconstructor has an infinite column.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the shape is not `(n, k)`, [`Error::ClassNotFitted`] when a sample's own
    /// error is infinite, and as [`new`](Self::new).
    pub fn from_dense(errors: ArrayView2<'_, f64>, labels: &Labels) -> Result<Self> {
        same_length("errors", labels.len(), errors.nrows())?;
        same_length("a row of errors", labels.classes(), errors.ncols())?;
        let fitted: Vec<bool> = errors.columns().into_iter().map(|c| c.iter().all(|e| *e != f64::INFINITY)).collect();
        let mut columns = ErrorColumns {
            reconstructors: fitted.iter().filter(|fitted| **fitted).count(),
            classes: labels.classes(),
            ..ErrorColumns::default()
        };
        for (row, errors) in errors.outer_iter().enumerate() {
            let class = labels.class(row);
            if !fitted[class] {
                return Err(Error::ClassNotFitted { row, class });
            }
            let mut least = LeastTwo::default();
            for (other, &error) in errors.iter().enumerate().filter(|(c, _)| *c != class && fitted[*c]) {
                least.offer(other as u32, error);
            }
            columns.own.push(errors[class]);
            columns.least_other.push(least.first);
            columns.least_other_class.push(least.class);
            columns.second_least_other.push(least.second);
            columns.sum.push(errors.iter().zip(&fitted).filter(|(_, fitted)| **fitted).map(|(e, _)| e).sum());
        }
        Self::new(columns)
    }

    /// The number of samples n.
    #[expect(clippy::len_without_is_empty, reason = "a summary is never empty")]
    pub fn len(&self) -> usize {
        self.0.own.len()
    }

    /// The number of classes k.
    pub fn classes(&self) -> usize {
        self.0.classes
    }

    /// How many classes have a reconstructor.
    pub fn reconstructors(&self) -> usize {
        self.0.reconstructors
    }

    /// Error of every sample under its given class, Δ_ỹ, `(n,)`.
    pub fn own(&self) -> &[f64] {
        &self.0.own
    }

    /// Least error of every sample under another class, `(n,)`.
    pub fn least_other(&self) -> &[f64] {
        &self.0.least_other
    }

    /// The class of [`least_other`](Self::least_other), `(n,)`; never the given class.
    pub fn least_other_class(&self) -> &[u32] {
        &self.0.least_other_class
    }

    /// Second least error under the other classes, `(n,)`; infinite when there is only one other class.
    pub fn second_least_other(&self) -> &[f64] {
        &self.0.second_least_other
    }

    /// Sum of the errors under all classes that have a reconstructor, `(n,)`.
    pub fn sum(&self) -> &[f64] {
        &self.0.sum
    }

    /// The plain columns.
    pub fn into_columns(self) -> ErrorColumns {
        self.0
    }
}

/// The least two of a stream of errors, and the class of the least; the earlier class wins a tie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeastTwo {
    /// The least error so far; infinite before the first.
    pub first: f64,
    /// Its class.
    pub class: u32,
    /// The second least error so far; infinite before the second.
    pub second: f64,
}

impl Default for LeastTwo {
    fn default() -> Self {
        Self { first: f64::INFINITY, class: 0, second: f64::INFINITY }
    }
}

impl LeastTwo {
    /// Takes one more error into account.
    pub fn offer(&mut self, class: u32, error: f64) {
        if error < self.first {
            *self = Self { first: error, class, second: self.first };
        } else if error < self.second {
            self.second = error;
        }
    }
}

fn check_row(columns: &ErrorColumns, row: usize) -> Result<()> {
    let class = columns.least_other_class[row];
    if class as usize >= columns.classes {
        return Err(Error::LabelOutOfRange { row, label: i64::from(class), classes: columns.classes });
    }
    let (own, least, second) = (columns.own[row], columns.least_other[row], columns.second_least_other[row]);
    for (what, value) in [("own", own), ("least_other", least), ("sum", columns.sum[row])] {
        if !value.is_finite() {
            return Err(Error::NotFinite { what, row, column: 0, value });
        }
        if value < 0.0 {
            return Err(Error::OutOfRange { what, row, column: 0, value, low: 0.0, high: f64::INFINITY });
        }
    }
    if second.is_nan() || second < least {
        let (what, high) = ("second_least_other", f64::INFINITY);
        return Err(Error::OutOfRange { what, row, column: 0, value: second, low: least, high });
    }
    Ok(())
}
