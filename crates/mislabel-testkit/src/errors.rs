//! Reconstruction errors with given labels.

use mislabel_core::{ErrorSummary, Labels};
use ndarray::{Array2, Axis};
use proptest::prelude::*;

use crate::case::{Case, inverse, relabeled, renamed_labels, reordered_labels};
use crate::gaussian::Numbers;

/// Reconstruction errors with given labels, dense and summarized.
#[derive(Clone, Debug)]
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
    pub fn new(errors: Array2<f64>, given: Labels) -> mislabel_core::Result<Self> {
        Ok(Self { summary: ErrorSummary::from_dense(errors.view(), &given)?, errors, given })
    }

    fn valid(errors: Array2<f64>, given: Labels) -> Self {
        Self::new(errors, given).expect("errors are finite for at least two classes and every given one")
    }
}

impl Case for LabeledErrors {
    fn given(&self) -> &Labels {
        &self.given
    }

    fn reordered(&self, order: &[usize]) -> Self {
        Self::valid(self.errors.select(Axis(0), order), reordered_labels(&self.given, order))
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
}

/// Errors of clean samples: about 1 under the given class, 4 to 12 under the others; 2 to 5 classes, 6 to 12 each.
pub fn separable_errors() -> impl Strategy<Value = LabeledErrors> {
    (2..=5_usize, 6..=12_usize, any::<u64>()).prop_map(|(classes, size, seed)| {
        let mut numbers = Numbers::new(seed);
        let errors = Array2::from_shape_fn((classes * size, classes), |(row, class)| {
            let (low, high) = if row % classes == class { (0.8, 1.2) } else { (4.0, 12.0) };
            low + (high - low) * numbers.uniform()
        });
        let values = (0..classes * size).map(|row| (row % classes) as u32).collect();
        LabeledErrors::valid(errors, Labels::new(values, classes).expect("labels are below the number of classes"))
    })
}

/// Errors that break careless division: zeros, ties, 1e-300 beside 1e300, classes without a reconstructor.
pub fn awkward_errors() -> impl Strategy<Value = LabeledErrors> {
    let palettes = vec![vec![0.0], vec![1.0], vec![0.0, 1.0], vec![0.0, 1e-12, 1.0], vec![1e-300, 1.0, 1e300]];
    (crate::labels::labels(1..=24, 2..=5), prop::sample::select(palettes), any::<u64>()).prop_map(
        |(given, palette, seed)| {
            let mut numbers = Numbers::new(seed);
            let shape = (given.len(), given.class_count());
            let mut errors = Array2::from_shape_simple_fn(shape, || palette[numbers.below(palette.len())]);
            let present = given.counts();
            // Absent classes lose their reconstructor as long as two are left.
            let absent = (2..given.class_count()).filter(|class| present[*class] == 0);
            absent.for_each(|class| errors.column_mut(class).fill(f64::INFINITY));
            LabeledErrors::valid(errors, given)
        },
    )
}
