//! Flags counted against the truth.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, ErrorMask, Result};

/// How often a flag and a label error came together, over n samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FlagCounts {
    /// Label errors that are flagged.
    pub true_positives: usize,
    /// Right labels that are flagged.
    pub false_positives: usize,
    /// Label errors that are not flagged.
    pub false_negatives: usize,
    /// Right labels that are not flagged.
    pub true_negatives: usize,
}

impl FlagCounts {
    /// Counts `flags`, `(n,)`, against the n known `errors`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the two differ in length.
    pub fn new(flags: &[bool], errors: &ErrorMask) -> Result<Self> {
        same_length("the error mask", flags.len(), errors.len())?;
        let mut counts = Self::default();
        for (&flag, &error) in flags.iter().zip(errors.as_slice()) {
            *counts.of(flag, error) += 1;
        }
        Ok(counts)
    }

    fn of(&mut self, flag: bool, error: bool) -> &mut usize {
        match (flag, error) {
            (true, true) => &mut self.true_positives,
            (true, false) => &mut self.false_positives,
            (false, true) => &mut self.false_negatives,
            (false, false) => &mut self.true_negatives,
        }
    }

    /// How many samples are flagged.
    pub fn flagged(&self) -> usize {
        self.true_positives + self.false_positives
    }

    /// How many label errors there are.
    pub fn error_count(&self) -> usize {
        self.true_positives + self.false_negatives
    }

    /// Label errors per flag.
    ///
    /// # Errors
    /// [`Error::Undefined`] when nothing is flagged.
    pub fn precision(&self) -> Result<f64> {
        match self.flagged() {
            0 => Err(Error::Undefined { quantity: "precision", reason: "nothing is flagged" }),
            flagged => Ok(self.true_positives as f64 / flagged as f64),
        }
    }

    /// Share of the label errors that are flagged.
    ///
    /// # Errors
    /// [`Error::Undefined`] without label errors.
    pub fn recall(&self) -> Result<f64> {
        self.per_error("recall", self.true_positives)
    }

    /// False negative rate: share of the label errors that are missed, 1 − recall.
    ///
    /// # Errors
    /// [`Error::Undefined`] without label errors.
    pub fn fnr(&self) -> Result<f64> {
        self.per_error("the false negative rate", self.false_negatives)
    }

    /// F1 = 2·TP / (2·TP + FP + FN), the harmonic mean of precision and recall; 0 when nothing is flagged.
    ///
    /// # Errors
    /// [`Error::Undefined`] without label errors (scikit-learn returns 0 there, whatever is flagged).
    pub fn f1(&self) -> Result<f64> {
        let denominator = self.flagged() + self.error_count();
        self.per_error("F1", self.error_count())?;
        Ok(2.0 * self.true_positives as f64 / denominator as f64)
    }

    fn per_error(&self, quantity: &'static str, count: usize) -> Result<f64> {
        match self.error_count() {
            0 => Err(Error::Undefined { quantity, reason: "there are no label errors" }),
            errors => Ok(count as f64 / errors as f64),
        }
    }
}
