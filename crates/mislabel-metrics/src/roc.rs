//! The receiver operating characteristic.

use mislabel_core::Result;

use crate::ranking::{CurvePoints, Cut, Ranking};

/// True and false positive rates at every threshold, from nothing flagged to everything; vectors of one length.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RocCurve {
    /// Share of the right labels that are flagged, from 0 to 1.
    pub false_positive_rate: Vec<f64>,
    /// Share of the label errors that are flagged, from 0 to 1.
    pub true_positive_rate: Vec<f64>,
    /// The score of the last samples flagged; `None` at the first point, where nothing is
    /// (scikit-learn writes infinity).
    pub thresholds: Vec<Option<f64>>,
}

/// Area under the ROC curve: the probability that a label error is more suspect than a right label, ties counting
/// one half (Mann & Whitney 1947). Equals scikit-learn's `roc_auc_score`.
///
/// # Errors
/// [`Error::Undefined`](mislabel_core::Error::Undefined) without label errors or without right labels.
pub fn auroc(ranking: &Ranking) -> Result<f64> {
    let (errors, correct) = both_kinds(ranking, "AUROC")?;
    let pairs = |(place, cut): (usize, &Cut)| {
        let (flagged, found) = ranking.before(place);
        let tied_correct = (cut.flagged - cut.found) - (flagged - found);
        let correct_below = correct - (cut.flagged - cut.found) as f64;
        (cut.found - found) as f64 * (correct_below + 0.5 * tied_correct as f64)
    };
    let in_order: f64 = ranking.cuts().iter().enumerate().map(pairs).sum();
    Ok(in_order / (errors * correct))
}

/// The ROC curve. Equals scikit-learn's `roc_curve`, whose default is [`CurvePoints::Corners`].
///
/// # Errors
/// As [`auroc`].
pub fn roc_curve(ranking: &Ranking, points: CurvePoints) -> Result<RocCurve> {
    let (errors, correct) = both_kinds(ranking, "the ROC curve")?;
    let cuts = match points {
        CurvePoints::All => ranking.cuts().to_vec(),
        CurvePoints::Corners => corners(ranking.cuts()),
    };
    let start = Cut { score: 0.0, flagged: 0, found: 0 };
    let all = || std::iter::once(&start).chain(&cuts);
    Ok(RocCurve {
        false_positive_rate: all().map(|cut| (cut.flagged - cut.found) as f64 / correct).collect(),
        true_positive_rate: all().map(|cut| cut.found as f64 / errors).collect(),
        thresholds: std::iter::once(None).chain(cuts.iter().map(|cut| Some(cut.score))).collect(),
    })
}

fn both_kinds(ranking: &Ranking, quantity: &'static str) -> Result<(f64, f64)> {
    Ok((ranking.known_errors(quantity)?, ranking.known_correct(quantity)?))
}

/// The ends, and the points at which the steps before and after differ.
fn corners(cuts: &[Cut]) -> Vec<Cut> {
    let step = |from: &Cut, to: &Cut| (to.flagged - from.flagged, to.found - from.found);
    let inner = cuts.windows(3).filter(|w| step(&w[0], &w[1]) != step(&w[1], &w[2])).map(|w| w[1]);
    let last = cuts[1..].last();
    std::iter::once(cuts[0]).chain(inner).chain(last.copied()).collect()
}
