//! What the reconstruction error ratio needs to know of a sample, and no more.

use ndarray::ArrayView2;

use crate::checks::same_length;
use crate::error::{Error, Result};
use crate::evidence::estimate::Estimate;
use crate::inputs::labels::Labels;

/// The plain columns of an [`ErrorSummary`]; every vector is `(n,)`, errors Δ (not squared) in feature units.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ErrorColumns {
    /// Error of the sample under its given class, Δ_ỹ.
    pub own: Vec<f64>,
    /// Least error under any other class that has a reconstructor.
    pub least_other: Vec<f64>,
    /// The class of that least error.
    pub least_other_class: Vec<u32>,
    /// Second least error under the other classes; infinite when only two classes have reconstructors.
    pub second_least_other: Vec<f64>,
    /// Sum of the errors under all classes that have a reconstructor, the given class included; of the samples in `sampled`
    /// alone, `(m,)`, where that is there.
    pub sum: Vec<f64>,
    /// The samples whose errors under all classes are known; `None`: all n.
    pub sampled: Option<RowSample>,
    /// How many classes have a reconstructor (the terms of `sum`).
    pub reconstructors: usize,
    /// The number of classes k.
    pub classes: usize,
}

impl ErrorColumns {
    /// Fills `sum`, where it is empty, as [`ErrorSummary::estimated_sum`] estimates it: by the `ratio` that other samples gave under
    /// the same reconstructors ([`ErrorSummary::rest_ratio`]).
    pub fn estimate_sums(&mut self, ratio: f64) {
        if self.sum.is_empty() && self.sampled.is_none() {
            self.sum = (0..self.own.len()).map(|row| self.estimated(row, ratio)).collect();
        }
    }

    /// How many classes are neither the own one nor among the least two.
    fn rest(&self) -> f64 {
        self.reconstructors.saturating_sub(3) as f64
    }

    /// The errors under the own class and the least two others.
    fn known_part(&self, row: usize) -> f64 {
        let second = self.second_least_other[row];
        self.own[row] + self.least_other[row] + if second.is_finite() { second } else { 0.0 }
    }

    fn estimated(&self, row: usize, ratio: f64) -> f64 {
        match self.rest() == 0.0 {
            true => self.known_part(row),
            false => self.known_part(row) + self.rest() * ratio * self.second_least_other[row].min(f64::MAX),
        }
    }
}

/// The m samples whose errors under all classes are known, where for the others only the least two were sought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RowSample {
    /// The samples, ascending, `(m,)`, at least one.
    pub rows: Vec<u32>,
    /// Of how many of them the summary names another class as the best than a search of all classes does: 0 where the
    /// search was exact.
    pub disagreements: usize,
}

impl RowSample {
    /// The share of samples with another best class, and its standard error by √(p(1 − p)/m) with p = (x + 1)/(m + 2).
    pub fn disagreement(&self) -> Estimate {
        let m = self.rows.len().max(1) as f64;
        let smoothed = (self.disagreements as f64 + 1.0) / (m + 2.0);
        Estimate::finite(self.disagreements as f64 / m, (smoothed * (1.0 - smoothed) / m).sqrt())
    }
}

/// Reconstruction errors of n samples under k classes, summarized per sample: 36 bytes each, whatever k is.
///
/// Where classes are many, the sum over all of them may be known of a sample of the rows only, 8 bytes a row less.
///
/// All errors are finite and not negative, `least_other ≤ second_least_other`, and at least two classes
/// have reconstructors.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct ErrorSummary(ErrorColumns, #[cfg_attr(feature = "serde", serde(skip))] f64);

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
        same_length("sum", columns.sampled.as_ref().map_or(n, |sample| sample.rows.len()), columns.sum.len())?;
        columns.sampled.as_ref().map_or(Ok(()), |sample| check_sample(sample, n))?;
        let (found, classes) = (columns.reconstructors, columns.classes);
        if found < 2 {
            return Err(Error::TooFewClasses { found, classes, needed: 2 });
        }
        (0..n).try_for_each(|row| check_row(&columns, row))?;
        columns.sum.iter().enumerate().try_for_each(|(row, sum)| finite_and_not_negative("sum", row, *sum))?;
        let summary = Self(columns, 0.0);
        let ratio = if summary.0.sampled.is_some() { summary.rest_ratio() } else { 0.0 };
        Ok(Self(summary.0, ratio))
    }

    /// Summarizes a dense matrix of errors, `(n, k)`; a class without a reconstructor has an infinite column.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the shape is not `(n, k)`, [`Error::ClassNotFitted`] when a sample's own
    /// error is infinite, and as [`new`](Self::new).
    pub fn from_dense(errors: ArrayView2<'_, f64>, labels: &Labels) -> Result<Self> {
        same_length("errors", labels.len(), errors.nrows())?;
        same_length("a row of errors", labels.class_count(), errors.ncols())?;
        let fitted: Vec<bool> = errors.columns().into_iter().map(|c| c.iter().all(|e| *e != f64::INFINITY)).collect();
        let mut columns = ErrorColumns {
            reconstructors: fitted.iter().filter(|fitted| **fitted).count(),
            classes: labels.class_count(),
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
    pub fn class_count(&self) -> usize {
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

    /// (sample, sum of its errors under all classes that have a reconstructor), ascending by sample: all n, or those of
    /// [`sampled`](Self::sampled).
    pub fn sums(&self) -> impl Iterator<Item = (usize, f64)> {
        let rows = self.0.sampled.as_ref().map(|sample| sample.rows.as_slice());
        let row = move |place: usize| rows.map_or(place, |rows| rows[place] as usize);
        self.0.sum.iter().enumerate().map(move |(place, sum)| (row(place), *sum))
    }

    /// The sum of the errors of sample `row` under all classes, where it is known; elsewhere its own error, the least two of
    /// other classes, and for the rest the sample's second least error times the mean ratio of the two over the rows whose
    /// sums are known. O(log m). Panics when `row` ≥ n, as indexing does.
    pub fn estimated_sum(&self, row: usize) -> f64 {
        let Some(sample) = &self.0.sampled else { return self.0.sum[row] };
        match sample.rows.binary_search(&(row as u32)) {
            Ok(place) => self.0.sum[place],
            Err(_) => self.0.estimated(row, self.1),
        }
    }

    /// Mean error under the classes that are neither the own one nor among the least two, over mean second least error, both over
    /// the rows whose sums are known; at least 1, and 0 where there are no such classes.
    pub fn rest_ratio(&self) -> f64 {
        let rest = |(row, sum): (usize, f64)| (sum - self.0.known_part(row)).max(0.0);
        let rest: f64 = self.sums().map(rest).sum::<f64>() / self.0.rest();
        let second: f64 = self.sums().map(|(row, _)| self.0.second_least_other[row]).sum();
        let ratio = rest / second;
        if ratio.is_finite() { ratio.max(1.0) } else { 0.0 }
    }

    /// The samples whose errors under all classes are known; `None`: all n.
    pub fn sampled(&self) -> Option<&RowSample> {
        self.0.sampled.as_ref()
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
    finite_and_not_negative("own", row, own)?;
    finite_and_not_negative("least_other", row, least)?;
    if second.is_nan() || second < least {
        let (what, high) = ("second_least_other", f64::INFINITY);
        return Err(Error::OutOfRange { what, row, column: 0, value: second, low: least, high });
    }
    Ok(())
}

fn finite_and_not_negative(what: &'static str, row: usize, value: f64) -> Result<()> {
    if !value.is_finite() {
        return Err(Error::NotFinite { what, row, column: 0, value });
    }
    if value < 0.0 {
        return Err(Error::OutOfRange { what, row, column: 0, value, low: 0.0, high: f64::INFINITY });
    }
    Ok(())
}

fn check_sample(sample: &RowSample, n: usize) -> Result<()> {
    if sample.rows.is_empty() {
        return Err(Error::Empty { what: "the sample of rows" });
    }
    if sample.disagreements > sample.rows.len() {
        return Err(Error::LengthMismatch {
            what: "disagreements",
            expected: sample.rows.len(),
            found: sample.disagreements,
        });
    }
    let mut next = 0;
    for (place, &value) in sample.rows.iter().enumerate() {
        if (value as usize) < next || value as usize >= n {
            let (what, low, high) = ("the sample of rows", next as f64, n as f64 - 1.0);
            return Err(Error::OutOfRange { what, row: place, column: 0, value: f64::from(value), low, high });
        }
        next = value as usize + 1;
    }
    Ok(())
}
