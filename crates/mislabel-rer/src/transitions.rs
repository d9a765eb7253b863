//! Which classes the samples of each class are confused with.

use std::collections::BTreeMap;

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Error, Labels, Result};
use ndarray::ArrayView2;

use crate::ratios::Ratios;

/// Counts of samples that another class reconstructs better: given class i, least-other class j, χ > 1.
///
/// N_ij is the count, p_ij = N_ij / Σ_j N_ij the row's distribution; rows without such samples have none, and
/// what is defined by them is `None`. Stored sparsely: at most one entry per sample.
///
/// ```
/// use mislabel_core::{ErrorSummary, Labels};
/// use mislabel_rer::{ErrorTransitions, Ratios};
/// use ndarray::array;
///
/// let given = Labels::new(vec![0, 0, 1], 3)?;
/// let errors = array![[2.0, 1.0, 9.0], [2.0, 9.0, 1.0], [9.0, 1.0, 2.0]];
/// let ratios = Ratios::new(&ErrorSummary::from_dense(errors.view(), &given)?, &given)?;
/// let transitions = ErrorTransitions::new(&ratios, &given)?;
/// assert_eq!(transitions.count(0, 2), 1);
/// assert_eq!(transitions.concentration(0), Some(0.5));
/// assert_eq!(transitions.entropy(0), Some(1.0));
/// assert_eq!(transitions.entropy(1), None); // no sample of class 1 has χ > 1
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ErrorTransitions {
    rows: BTreeMap<u32, BTreeMap<u32, usize>>,
    classes: usize,
}

impl ErrorTransitions {
    /// Counts the samples with χ > 1 among those with the labels `given`, `(n,)`. O(n log k).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the two differ in samples or classes.
    pub fn new(ratios: &Ratios, given: &Labels) -> Result<Self> {
        same_length("given labels", ratios.len(), given.len())?;
        same_class_count("the given labels", ratios.suggested().class_count(), given.class_count())?;
        let mut rows: BTreeMap<u32, BTreeMap<u32, usize>> = BTreeMap::new();
        let pairs = given.values().iter().zip(ratios.suggested().values());
        for ((&given, &other), _) in pairs.zip(ratios.as_slice()).filter(|(_, ratio)| **ratio > 1.0) {
            *rows.entry(given).or_default().entry(other).or_default() += 1;
        }
        Ok(Self { rows, classes: given.class_count() })
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.classes
    }

    /// N_ij: samples given class `given` that class `other` reconstructs better; 0 for classes beyond k too.
    pub fn count(&self, given: usize, other: usize) -> usize {
        self.row(given).find(|(class, _)| *class as usize == other).map_or(0, |(_, count)| count)
    }

    /// The entries that are not 0, `(given, other, N_ij)`, in order of classes.
    pub fn entries(&self) -> impl Iterator<Item = (u32, u32, usize)> + '_ {
        self.rows.iter().flat_map(|(given, row)| row.iter().map(|(other, count)| (*given, *other, *count)))
    }

    /// Σ_j N_ij: samples of class `given` with χ > 1.
    pub fn total(&self, given: usize) -> usize {
        self.row(given).map(|(_, count)| count).sum()
    }

    /// Concentration index Σ_j p_ij² (Herfindahl–Hirschman) of row `given`: 1 when one class takes all.
    pub fn concentration(&self, given: usize) -> Option<f64> {
        self.shares(given).map(|shares| shares.map(|(_, share)| share * share).sum())
    }

    /// Entropy −Σ_j p_ij ln p_ij / ln(k − 1) of row `given`, in [0, 1]: 0 when one class takes all, 1 when all other
    /// classes take alike. With two classes it is 0.
    pub fn entropy(&self, given: usize) -> Option<f64> {
        let shares = self.shares(given)?;
        if self.classes <= 2 {
            return Some(0.0);
        }
        let nats: f64 = shares.map(|(_, share)| -share * share.ln()).sum();
        Some((nats / ((self.classes - 1) as f64).ln()).clamp(0.0, 1.0))
    }

    /// Weighted class distance Σ_j p_ij D_ij / mean_{j≠i} D_ij of row `given`, with `distances` D, `(k, k)`, for
    /// example between class means: below 1 when confusion goes to near classes.
    /// `None` where no sample has χ > 1, or the mean distance is 0.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when `distances` is not `(k, k)`, [`Error::OutOfRange`] at an entry of row `given`
    /// that is negative or not finite, [`Error::LabelOutOfRange`] when `given` is k or more.
    pub fn weighted_distance(&self, given: usize, distances: ArrayView2<'_, f64>) -> Result<Option<f64>> {
        same_length("class distances", self.classes, distances.nrows())?;
        same_length("a row of class distances", self.classes, distances.ncols())?;
        if given >= self.classes {
            return Err(Error::LabelOutOfRange { row: 0, label: given as i64, classes: self.classes });
        }
        let row = distances.row(given);
        if let Some(column) = row.iter().position(|distance| !(distance.is_finite() && *distance >= 0.0)) {
            let (what, value) = ("class distances", row[column]);
            return Err(Error::OutOfRange { what, row: given, column, value, low: 0.0, high: f64::MAX });
        }
        let others = row.iter().enumerate().filter(|(class, _)| *class != given);
        let mean = others.map(|(_, distance)| distance / (self.classes - 1) as f64).sum::<f64>();
        let weighted = self.shares(given).map(|shares| shares.map(|(j, share)| share * (row[j] / mean)).sum());
        Ok(weighted.filter(|_| mean > 0.0))
    }

    fn row(&self, given: usize) -> impl Iterator<Item = (u32, usize)> + '_ {
        let row = u32::try_from(given).ok().and_then(|given| self.rows.get(&given));
        row.into_iter().flatten().map(|(other, count)| (*other, *count))
    }

    /// (j, p_ij) where p_ij > 0; `None` for an empty row.
    fn shares(&self, given: usize) -> Option<impl Iterator<Item = (usize, f64)> + '_> {
        let total = self.total(given) as f64;
        (total > 0.0).then(|| self.row(given).map(move |(other, count)| (other as usize, count as f64 / total)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::ErrorSummary;
    use ndarray::{Array2, array};

    /// Rounding of a few logarithms, products and quotients of doubles.
    const ROUNDING: f64 = 1e-12;

    fn transitions() -> ErrorTransitions {
        let given = Labels::new(vec![0, 0, 0, 0, 1], 3).unwrap();
        let errors = array![[2.0, 1.0, 9.0], [2.0, 1.0, 9.0], [2.0, 1.0, 9.0], [2.0, 9.0, 1.0], [2.0, 2.0, 9.0]];
        let errors = ErrorSummary::from_dense(errors.view(), &given).unwrap();
        ErrorTransitions::new(&Ratios::new(&errors, &given).unwrap(), &given).unwrap()
    }

    #[test]
    fn rows_have_the_concentration_and_entropy_worked_by_hand() {
        let transitions = transitions();
        assert_eq!(transitions.entries().collect::<Vec<_>>(), [(0, 1, 3), (0, 2, 1)]);
        assert_eq!(transitions.concentration(0), Some(0.625));
        // −(¾ ln ¾ + ¼ ln ¼) / ln 2
        assert!((transitions.entropy(0).unwrap() - 0.811_278_124_459_132_8).abs() < ROUNDING);
        // A ratio of exactly 1 is no transition.
        assert_eq!((transitions.total(1), transitions.concentration(1)), (0, None));
    }

    #[test]
    fn the_weighted_distance_is_relative_to_the_mean_distance() {
        let distances = array![[0.0, 1.0, 4.0], [1.0, 0.0, 2.0], [4.0, 2.0, 0.0]];
        let weighted = |given| transitions().weighted_distance(given, distances.view()).unwrap();
        // (¾ · 1 + ¼ · 4) / 2.5
        assert!((weighted(0).unwrap() - 0.7).abs() < ROUNDING);
        assert_eq!(weighted(1), None);
        assert_eq!(transitions().weighted_distance(0, Array2::zeros((3, 3)).view()).unwrap(), None);
    }

    #[test]
    fn distances_that_cannot_be_are_errors_that_name_them() {
        let weighted = |distances: Array2<f64>, given| transitions().weighted_distance(given, distances.view());
        assert!(matches!(weighted(Array2::ones((2, 3)), 0), Err(Error::LengthMismatch { .. })));
        assert!(matches!(weighted(Array2::ones((3, 3)), 3), Err(Error::LabelOutOfRange { label: 3, .. })));
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            let distances = array![[0.0, 1.0, bad], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]];
            assert!(matches!(weighted(distances, 0), Err(Error::OutOfRange { row: 0, column: 2, .. })));
        }
    }
}
