//! Precision against recall over all thresholds.

use mislabel_core::Result;

use crate::ranking::{CurvePoints, Cut, Ranking};

/// Precision and recall at every threshold, from everything flagged to nothing.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PrecisionRecallCurve {
    /// Label errors per flag; one entry per threshold and a last one, 1 by convention, with nothing flagged.
    pub precision: Vec<f64>,
    /// Share of the label errors flagged, from 1 down; one entry per threshold and a last one, 0.
    pub recall: Vec<f64>,
    /// The score of the last samples flagged, from the least suspect to the most.
    pub thresholds: Vec<f64>,
}

/// Average precision: Σ (R_i − R_{i−1}) P_i over the distinct scores from the most suspect down, P_i and R_i being
/// precision and recall there. Equals scikit-learn's `average_precision_score`.
///
/// # Errors
/// [`Error::Undefined`](mislabel_core::Error::Undefined) without label errors.
pub fn average_precision(ranking: &Ranking) -> Result<f64> {
    let errors = ranking.known_errors("average precision")?;
    let gain = |(place, cut): (usize, &Cut)| {
        let (_, found) = ranking.before(place);
        (cut.found - found) as f64 * cut.found as f64 / cut.flagged as f64
    };
    let sum: f64 = ranking.cuts().iter().enumerate().map(gain).sum();
    Ok(sum / errors)
}

/// The precision–recall curve. Equals scikit-learn's `precision_recall_curve`, whose default is
/// [`CurvePoints::All`]; there thresholds ascend in suspicion, as here.
///
/// # Errors
/// As [`average_precision`].
pub fn precision_recall_curve(ranking: &Ranking, points: CurvePoints) -> Result<PrecisionRecallCurve> {
    let errors = ranking.known_errors("the precision-recall curve")?;
    let cuts = match points {
        CurvePoints::All => ranking.cuts().to_vec(),
        CurvePoints::Corners => ends_of_plateaus(ranking.cuts()),
    };
    let down = || cuts.iter().rev();
    Ok(PrecisionRecallCurve {
        precision: down().map(|cut| cut.found as f64 / cut.flagged as f64).chain([1.0]).collect(),
        recall: down().map(|cut| cut.found as f64 / errors).chain([0.0]).collect(),
        thresholds: down().map(|cut| cut.score).collect(),
    })
}

/// The ends, and the first and last point of every run of equal recall.
fn ends_of_plateaus(cuts: &[Cut]) -> Vec<Cut> {
    let inner = cuts.windows(3).filter(|w| w[0].found != w[1].found || w[1].found != w[2].found).map(|w| w[1]);
    let last = cuts[1..].last();
    std::iter::once(cuts[0]).chain(inner).chain(last.copied()).collect()
}
