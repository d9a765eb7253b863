//! A detector's opinion of every label, and the truth to compare it with.

use crate::checks::{same_class_count, same_length};
use crate::error::{Error, Result};
use crate::evidence::columns::{FLAGS, QUALITY, SCORE, SUGGESTED};
use crate::inputs::labels::Labels;

/// Label quality of n samples, each in [0, 1]: LOWER is more suspect, always.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Vec<f64>"))]
pub struct LabelQuality(Vec<f64>);

impl LabelQuality {
    /// Checks `values`, `(n,)`.
    ///
    /// # Errors
    /// [`Error::Empty`], or [`Error::OutOfRange`] at the first value outside [0, 1] (NaN too).
    pub fn new(values: Vec<f64>) -> Result<Self> {
        if values.is_empty() {
            return Err(Error::Empty { what: QUALITY });
        }
        if let Some(row) = values.iter().position(|q| !(0.0..=1.0).contains(q)) {
            let value = values[row];
            return Err(Error::OutOfRange { what: QUALITY, row, column: 0, value, low: 0.0, high: 1.0 });
        }
        Ok(Self(values))
    }

    /// The values, `(n,)`.
    pub fn as_slice(&self) -> &[f64] {
        &self.0
    }

    /// The samples from the most suspect (least quality) to the least; ties in order of index. O(n log n).
    pub fn ranking(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by(|&a, &b| self.0[a].total_cmp(&self.0[b]));
        order
    }
}

/// What a detector says of every sample's given label.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "crate::serialized::IssueColumns")
)]
pub struct LabelIssues {
    quality: LabelQuality,
    is_issue: Vec<bool>,
    suggested: Labels,
    score: Vec<f64>,
}

impl LabelIssues {
    /// Joins the columns, `(n,)` each: `quality` in [0, 1] (lower is more suspect), `is_issue` flags,
    /// `suggested` labels, and `score`, the method's own raw score in its own direction.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] naming the column, [`Error::NotFinite`] at a score that is not.
    pub fn new(quality: LabelQuality, is_issue: Vec<bool>, suggested: Labels, score: Vec<f64>) -> Result<Self> {
        let n = quality.0.len();
        same_length(FLAGS, n, is_issue.len())?;
        same_length(SUGGESTED, n, suggested.len())?;
        same_length(SCORE, n, score.len())?;
        if let Some(row) = score.iter().position(|s| !s.is_finite()) {
            return Err(Error::NotFinite { what: SCORE, row, column: 0, value: score[row] });
        }
        Ok(Self { quality, is_issue, suggested, score })
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "issues are never empty")]
    pub fn len(&self) -> usize {
        self.is_issue.len()
    }

    /// Label quality, `(n,)` in [0, 1], lower is more suspect.
    pub fn quality(&self) -> &LabelQuality {
        &self.quality
    }

    /// Whether the detector flags the given label as wrong, `(n,)`.
    pub fn is_issue(&self) -> &[bool] {
        &self.is_issue
    }

    /// The label the detector would give, `(n,)`; where it sees no issue it may equal the given one.
    pub fn suggested(&self) -> &Labels {
        &self.suggested
    }

    /// The method's own score, `(n,)`, in its own direction (for RER the ratio: higher is more suspect).
    pub fn score(&self) -> &[f64] {
        &self.score
    }

    /// How many samples are flagged.
    pub fn flagged(&self) -> usize {
        self.is_issue.iter().filter(|flag| **flag).count()
    }
}

/// Known truth: which given labels are label errors, `(n,)`.
///
/// ```
/// use mislabel_core::{ErrorMask, Labels};
///
/// let truth = Labels::new(vec![0, 1, 1], 2)?;
/// let given = Labels::new(vec![0, 0, 1], 2)?;
/// assert_eq!(ErrorMask::between(&given, &truth)?.error_count(), 1);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Vec<bool>"))]
pub struct ErrorMask(Vec<bool>);

impl ErrorMask {
    /// A mask of n flags, true where the given label is wrong.
    ///
    /// # Errors
    /// [`Error::Empty`] without samples.
    pub fn new(mask: Vec<bool>) -> Result<Self> {
        if mask.is_empty() {
            return Err(Error::Empty { what: "the error mask" });
        }
        Ok(Self(mask))
    }

    /// The mask of samples whose `given` label differs from the true one.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the two differ in length or in the number of classes.
    pub fn between(given: &Labels, truth: &Labels) -> Result<Self> {
        same_length("true labels", given.len(), truth.len())?;
        same_class_count("the true labels", given.class_count(), truth.class_count())?;
        Ok(Self(given.values().iter().zip(truth.values()).map(|(g, t)| g != t).collect()))
    }

    /// The flags, `(n,)`.
    pub fn as_slice(&self) -> &[bool] {
        &self.0
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a mask is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of label errors.
    pub fn error_count(&self) -> usize {
        self.0.iter().filter(|flag| **flag).count()
    }

    /// The noise rate: label errors per sample.
    pub fn rate(&self) -> f64 {
        self.error_count() as f64 / self.len() as f64
    }
}
