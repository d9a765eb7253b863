//! Reconstruction errors with given labels.

use std::fmt;

use mislabel_core::{ErrorSummary, Labels, Result};
use ndarray::{Array2, Axis, concatenate};
use proptest::prelude::*;

use crate::cases::case::{
    Case, CaseKind, all_differ, inverse, other_classes, relabeled, renamed_labels, selected_labels, with_empty_class,
    without_class,
};
use crate::cases::members::members_kept;
use crate::strategies::labels::few_or_many;
use crate::strategies::numbers::Numbers;
use crate::strategies::rounding::{array, rounded};
use crate::strategies::shrinking::Shrinking;

/// Reconstruction errors with given labels, dense and summarized.
///
/// `Debug` writes the call of [`from_rows`](Self::from_rows) that makes it.
#[derive(Clone)]
#[non_exhaustive]
pub struct LabeledErrors {
    /// The errors Δ, `(n, k)`; infinite in the column of a class without a reconstructor.
    pub errors: Array2<f64>,
    /// Their summary under the given labels.
    pub summary: ErrorSummary,
    /// The given labels, `(n,)`.
    pub given: Labels,
}

impl LabeledErrors {
    /// Summarizes `errors`, `(n, k)`, under the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// As [`ErrorSummary::from_dense`].
    pub fn new(errors: Array2<f64>, given: Labels) -> Result<Self> {
        Ok(Self { summary: ErrorSummary::from_dense(errors.view(), &given)?, errors, given })
    }

    /// Errors of n samples under K classes, one array per sample, with the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`Labels::new`].
    pub fn from_rows<const K: usize>(errors: &[[f64; K]], given: &[u32]) -> Result<Self> {
        Self::new(Array2::from(errors.to_vec()), Labels::new(given.to_vec(), K)?)
    }

    fn valid(errors: Array2<f64>, given: Labels) -> Self {
        Self::new(errors, given).expect("errors are finite for at least two classes and every given one")
    }
}

impl fmt::Debug for LabeledErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = array(self.errors.outer_iter().map(|row| row.to_vec()), "f64::INFINITY");
        write!(f, "LabeledErrors::from_rows(&{errors}, &{:?})?", self.given.values())
    }
}

impl Case for LabeledErrors {
    fn given(&self) -> &Labels {
        &self.given
    }

    fn selected(&self, rows: &[usize]) -> Self {
        Self::valid(self.errors.select(Axis(0), rows), selected_labels(&self.given, rows))
    }

    fn renamed(&self, names: &[u32]) -> Self {
        Self::valid(self.errors.select(Axis(1), &inverse(names)), renamed_labels(&self.given, names))
    }

    fn relabeled(&self, row: usize, class: u32) -> Self {
        Self::valid(self.errors.clone(), relabeled(&self.given, row, class))
    }

    fn with_labels_of(&self, given: Labels) -> Self {
        Self { given, ..self.clone() }
    }

    fn with_empty_class(&self) -> Self {
        let column = Array2::from_elem((self.given.len(), 1), f64::INFINITY);
        let errors = concatenate![Axis(1), self.errors, column];
        Self::valid(errors, with_empty_class(&self.given))
    }

    fn without_class(&self, class: usize) -> Option<Self> {
        let given = without_class(&self.given, class)?;
        Self::new(self.errors.select(Axis(1), &other_classes(&self.given, class)), given).ok()
    }

    fn rounded(&self, digits: usize) -> Option<Self> {
        let errors = self.errors.mapv(|error| rounded(error, digits));
        if errors == self.errors { None } else { Self::new(errors, self.given.clone()).ok() }
    }

    fn is_plain(&self) -> bool {
        let rows = self.given.values().iter().zip(self.errors.outer_iter());
        let is_right = |(class, row): (&u32, ndarray::ArrayView1<'_, f64>)| {
            let (own, others) = (row[*class as usize], row.iter().enumerate().filter(|(c, _)| *c != *class as usize));
            own <= 1.2 && others.into_iter().all(|(_, error)| *error >= 4.0)
        };
        members_kept(&self.given, 3) && rows.into_iter().all(is_right)
    }

    fn is_untied(&self) -> bool {
        all_differ(&self.errors)
    }

    fn cases(kind: CaseKind) -> BoxedStrategy<Self> {
        match kind {
            CaseKind::Plain => separable_errors().boxed(),
            CaseKind::Tied => tied_errors().boxed(),
            CaseKind::Awkward => awkward_errors().boxed(),
        }
    }
}

/// Errors of clean samples: about 1 under the given class, 4 to 12 under the others; 2 to 5 classes, 3 to 12 each.
pub fn separable_errors() -> impl Strategy<Value = LabeledErrors> {
    let drawn = (2..=5_usize, 3..=12_usize, any::<u64>()).prop_map(|(classes, size, seed)| {
        let mut numbers = Numbers::new(seed);
        let errors = Array2::from_shape_fn((classes * size, classes), |(row, class)| {
            let (low, high) = if row % classes == class { (0.8, 1.2) } else { (4.0, 12.0) };
            low + (high - low) * numbers.uniform()
        });
        let values = (0..classes * size).map(|row| (row % classes) as u32).collect();
        LabeledErrors::valid(errors, Labels::new(values, classes).expect("labels are below the number of classes"))
    });
    Shrinking::new(drawn, LabeledErrors::is_plain)
}

/// Errors that tie: separable ones of few distinct values, with duplicates, samples that two classes explain alike, a class
/// of one sample, and an absent class with and without a reconstructor.
pub fn tied_errors() -> impl Strategy<Value = LabeledErrors> {
    let drawn = (2..=4_usize, 4..=8_usize, any::<u64>()).prop_map(|(classes, size, seed)| tied(classes, size, seed));
    Shrinking::new(drawn, LabeledErrors::is_roomy)
}

fn tied(classes: usize, size: usize, seed: u64) -> LabeledErrors {
    let mut numbers = Numbers::new(seed);
    let (n, k) = (classes * size, classes + 1);
    let mut errors = Array2::from_shape_fn((n, k), |(row, class)| match row % classes == class {
        true => [0.5, 1.0][numbers.below(2)],
        false => [4.0, 8.0][numbers.below(2)],
    });
    // One sample that two classes explain alike, and one that nearly all do.
    (errors[[0, 0]], errors[[0, 1]]) = (2.0, 2.0);
    errors.row_mut(1).fill(1.0);
    let mut values: Vec<u32> = (0..n).map(|row| (row % classes) as u32).collect();
    match numbers.below(3) {
        0 => errors.column_mut(classes).fill(f64::INFINITY),
        1 => (values[n - 1], errors[[n - 1, classes]]) = (classes as u32, 1.0),
        _ => {}
    }
    let case = LabeledErrors::valid(errors, Labels::new(values, k).expect("labels are below the number of classes"));
    let mut rows: Vec<usize> = (0..n).collect();
    // Copies of samples, anywhere.
    (0..numbers.below(4)).for_each(|_| rows.insert(numbers.below(rows.len()), numbers.below(n)));
    case.selected(&rows)
}

/// Errors that break careless division: zeros, ties, 1e-300 beside 1e300, classes without a reconstructor.
pub fn awkward_errors() -> impl Strategy<Value = LabeledErrors> {
    let palettes = vec![vec![0.0], vec![1.0], vec![0.0, 1.0], vec![0.0, 1e-12, 1.0], vec![1e-300, 1.0, 1e300]];
    let labels = few_or_many(2..=5);
    let drawn = (labels, prop::sample::select(palettes), any::<u64>()).prop_map(|(given, palette, seed)| {
        let mut numbers = Numbers::new(seed);
        let shape = (given.len(), given.class_count());
        let mut errors = Array2::from_shape_simple_fn(shape, || palette[numbers.below(palette.len())]);
        let present = given.counts();
        // Absent classes lose their reconstructor as long as two are left.
        let absent = (2..given.class_count()).filter(|class| present[*class] == 0);
        absent.for_each(|class| errors.column_mut(class).fill(f64::INFINITY));
        LabeledErrors::valid(errors, given)
    });
    Shrinking::new(drawn, |_| true)
}
