//! Predicted probabilities with given labels.

use std::fmt;

use mislabel_core::{Labels, PredictedProbabilities, Result};
use ndarray::{Array2, Axis, concatenate};
use proptest::prelude::*;

use crate::cases::case::{
    Case, CaseKind, all_differ, inverse, other_classes, relabeled, renamed_labels, selected_labels, with_empty_class,
    without_class,
};
use crate::cases::members::members_kept;
use crate::strategies::labels::few_or_many;
use crate::strategies::numbers::Numbers;
use crate::strategies::probabilities::{Rows, drawn, kinds};
use crate::strategies::rounding::array;
use crate::strategies::shrinking::Shrinking;

/// Predicted probabilities with given labels.
///
/// `Debug` writes the call of [`from_rows`](Self::from_rows) that makes it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct LabeledProbabilities {
    /// The probabilities, `(n, k)`; rows sum to 1.
    pub probabilities: Array2<f64>,
    /// The given labels, `(n,)`.
    pub given: Labels,
}

impl LabeledProbabilities {
    /// Joins `probabilities`, `(n, k)`, and the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// As [`PredictedProbabilities::new`].
    pub fn new(probabilities: Array2<f64>, given: Labels) -> Result<Self> {
        PredictedProbabilities::new(probabilities.view())?;
        Ok(Self { probabilities, given })
    }

    /// Probabilities of n samples over K classes, one array per sample, with the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`Labels::new`].
    pub fn from_rows<const K: usize>(probabilities: &[[f64; K]], given: &[u32]) -> Result<Self> {
        Self::new(Array2::from(probabilities.to_vec()), Labels::new(given.to_vec(), K)?)
    }
}

impl fmt::Debug for LabeledProbabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = array(self.probabilities.outer_iter().map(|row| row.to_vec()), "f64::INFINITY");
        write!(f, "LabeledProbabilities::from_rows(&{rows}, &{:?})?", self.given.values())
    }
}

impl Case for LabeledProbabilities {
    fn given(&self) -> &Labels {
        &self.given
    }

    fn selected(&self, rows: &[usize]) -> Self {
        let probabilities = self.probabilities.select(Axis(0), rows);
        Self { probabilities, given: selected_labels(&self.given, rows) }
    }

    fn renamed(&self, names: &[u32]) -> Self {
        let probabilities = self.probabilities.select(Axis(1), &inverse(names));
        Self { probabilities, given: renamed_labels(&self.given, names) }
    }

    fn relabeled(&self, row: usize, class: u32) -> Self {
        Self { given: relabeled(&self.given, row, class), ..self.clone() }
    }

    fn with_labels_of(&self, given: Labels) -> Self {
        Self { given, ..self.clone() }
    }

    fn with_empty_class(&self) -> Self {
        let probabilities = concatenate![Axis(1), self.probabilities, Array2::zeros((self.given.len(), 1))];
        Self { probabilities, given: with_empty_class(&self.given) }
    }

    fn without_class(&self, class: usize) -> Option<Self> {
        let given = without_class(&self.given, class)?;
        let mut probabilities = self.probabilities.select(Axis(1), &other_classes(&self.given, class));
        for mut row in probabilities.outer_iter_mut() {
            let sum = row.sum();
            row /= sum;
        }
        Self::new(probabilities, given).ok()
    }

    /// Rounds all but the greatest of every row to so many decimals; the greatest takes the rest.
    fn rounded(&self, digits: usize) -> Option<Self> {
        let unit = 10_f64.powi(digits as i32);
        let mut probabilities = self.probabilities.mapv(|p| (p * unit).round() / unit);
        for (mut row, old) in probabilities.outer_iter_mut().zip(self.probabilities.outer_iter()) {
            let greatest = (0..row.len()).max_by(|&a, &b| old[a].total_cmp(&old[b]))?;
            let units: f64 =
                row.iter().enumerate().filter(|(i, _)| *i != greatest).map(|(_, p)| (p * unit).round()).sum();
            row[greatest] = (unit - units) / unit;
        }
        let is_simpler = probabilities != self.probabilities;
        if is_simpler { Self::new(probabilities, self.given.clone()).ok() } else { None }
    }

    fn is_plain(&self) -> bool {
        let rows = self.given.values().iter().zip(self.probabilities.outer_iter());
        members_kept(&self.given, 3) && rows.into_iter().all(|(class, row)| row[*class as usize] >= 0.7)
    }

    fn is_untied(&self) -> bool {
        all_differ(&self.probabilities)
    }

    fn cases(kind: CaseKind) -> BoxedStrategy<Self> {
        match kind {
            CaseKind::Plain => confident_probabilities().boxed(),
            CaseKind::Tied => tied_probabilities().boxed(),
            CaseKind::Awkward => awkward_probabilities().boxed(),
        }
    }
}

/// Probabilities above ½ for the given label, which is right: 2 to 5 classes of 3 to 12 samples.
pub fn confident_probabilities() -> impl Strategy<Value = LabeledProbabilities> {
    let cases = (2..=5_usize, 3..=12_usize, any::<u64>()).prop_map(|(classes, size, seed)| {
        let mut numbers = Numbers::new(seed);
        let mut probabilities = drawn((classes * size, classes), Rows::Uniform, seed);
        for (row, mut shares) in probabilities.outer_iter_mut().enumerate() {
            let own = 0.7 + 0.2 * numbers.uniform();
            shares *= 1.0 - own;
            shares[row % classes] += own;
        }
        let values = (0..classes * size).map(|row| (row % classes) as u32).collect();
        let given = Labels::new(values, classes).expect("labels are below the number of classes");
        LabeledProbabilities { probabilities, given }
    });
    Shrinking::new(cases, LabeledProbabilities::is_plain)
}

/// Probabilities that tie: few distinct values, duplicates, rows that are undecided, a class of one sample, an absent class.
pub fn tied_probabilities() -> impl Strategy<Value = LabeledProbabilities> {
    let drawn = (2..=4_usize, 4..=8_usize, any::<u64>()).prop_map(|(classes, size, seed)| tied(classes, size, seed));
    Shrinking::new(drawn, LabeledProbabilities::is_roomy)
}

fn tied(classes: usize, size: usize, seed: u64) -> LabeledProbabilities {
    let mut numbers = Numbers::new(seed);
    let (n, k) = (classes * size, classes + 1);
    let mut probabilities = Array2::zeros((n, k));
    for (row, mut shares) in probabilities.outer_iter_mut().enumerate() {
        let own = [0.75, 1.0, 0.5][numbers.below(3)];
        shares[row % classes] = own;
        shares[(row + 1) % classes] = 1.0 - own;
    }
    probabilities.row_mut(0).fill(1.0 / k as f64);
    let mut values: Vec<u32> = (0..n).map(|row| (row % classes) as u32).collect();
    if numbers.below(2) == 0 {
        values[n - 1] = classes as u32;
    }
    let given = Labels::new(values, k).expect("labels are below the number of classes");
    let mut rows: Vec<usize> = (0..n).collect();
    // Copies of samples, anywhere.
    (0..numbers.below(4)).for_each(|_| rows.insert(numbers.below(rows.len()), numbers.below(n)));
    LabeledProbabilities { probabilities, given }.selected(&rows)
}

/// Any [`probabilities`](crate::probabilities) with any labels: classes absent, tiny, never predicted, or never given.
pub fn awkward_probabilities() -> impl Strategy<Value = LabeledProbabilities> {
    let labels = few_or_many(1..=5);
    let cases = (labels, kinds(), any::<u64>()).prop_map(|(given, kind, seed)| {
        let probabilities = drawn((given.len(), given.class_count()), kind, seed);
        LabeledProbabilities { probabilities, given }
    });
    Shrinking::new(cases, |_| true)
}
