//! F1 beyond the plain counts: at the best threshold, and weighted by confidence.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, ErrorMask, LabelQuality, Result};

use crate::ranking::{Cut, Ranking};

/// The threshold of the greatest F1, which only the truth reveals: an upper bound for any way to set thresholds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BestF1 {
    /// F1 = 2·TP / (2·TP + FP + FN) there.
    pub f1: f64,
    /// The score of the last samples flagged, in the units of the ranking: flag every label whose quality is at
    /// most this, or whose suspicion is at least this.
    pub threshold: f64,
    /// How many samples that flags.
    pub flagged: usize,
}

/// The greatest F1 over all thresholds; of equal ones the threshold that flags least. O(n) after the ranking.
///
/// # Errors
/// [`Error::Undefined`] without label errors.
pub fn best_f1(ranking: &Ranking) -> Result<BestF1> {
    let errors = ranking.known_errors("best F1")?;
    let at = |cut: &Cut| BestF1 {
        f1: 2.0 * cut.found as f64 / (cut.flagged as f64 + errors),
        threshold: cut.score,
        flagged: cut.flagged,
    };
    let first = at(&ranking.cuts()[0]);
    let rest = ranking.cuts()[1..].iter().map(at);
    Ok(rest.fold(first, |best, next| if next.f1 > best.f1 { next } else { best }))
}

/// F1 in which every decision counts by the confidence the detector had in it.
///
/// With label quality q and flags f, both `(n,)`, the weight of sample i is w_i = 1 − q_i where it is flagged (the
/// confidence that the label is wrong) and w_i = q_i where it is not (the confidence that it is right). Then
///
/// F1_w = 2·TP_w / (2·TP_w + FP_w + FN_w), with TP_w, FP_w, FN_w the sums of w_i over the true positives, the false
/// positives and the false negatives.
///
/// A wrong decision made with a shrug costs less than one made with certainty; with qualities of only 0 (flagged)
/// and 1 (not flagged) it is plain F1. No paper fixes this measure; the equation is scikit-learn's `f1_score` with
/// w as `sample_weight`, and equals it.
///
/// ```
/// use mislabel_core::{ErrorMask, LabelQuality};
/// use mislabel_metrics::confidence_weighted_f1;
///
/// let quality = LabelQuality::new(vec![0.0, 0.25, 0.5, 1.0])?;
/// let errors = ErrorMask::new(vec![true, false, true, false])?;
/// let flags = vec![true, true, false, false];
/// // One error found with weight 1, a false alarm of weight 0.75, one missed with weight 0.5.
/// assert_eq!(confidence_weighted_f1(&quality, &flags, &errors)?, 2.0 / 3.25);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::LengthMismatch`] when the three differ in length; [`Error::Undefined`] without label errors, or when
/// every flagged sample and every missed error has weight 0.
pub fn confidence_weighted_f1(quality: &LabelQuality, flags: &[bool], errors: &ErrorMask) -> Result<f64> {
    const QUANTITY: &str = "confidence-weighted F1";
    same_length("the error mask", quality.as_slice().len(), errors.len())?;
    same_length("flags", errors.len(), flags.len())?;
    if errors.error_count() == 0 {
        return Err(Error::Undefined { quantity: QUANTITY, reason: "there are no label errors" });
    }
    let (mut agreed, mut disputed) = (0.0, 0.0);
    for ((&quality, &flag), &error) in quality.as_slice().iter().zip(flags).zip(errors.as_slice()) {
        match (flag, error) {
            (true, true) => agreed += 1.0 - quality,
            (true, false) => disputed += 1.0 - quality,
            (false, true) => disputed += quality,
            (false, false) => {}
        }
    }
    let denominator = 2.0 * agreed + disputed;
    if denominator == 0.0 {
        return Err(Error::Undefined { quantity: QUANTITY, reason: "no flag and no missed error has any weight" });
    }
    Ok(2.0 * agreed / denominator)
}
