//! Label-quality scores.

use mislabel_core::{Error, Labels, ProbabilitySource, Result, Run};
use ndarray::Array1;

use crate::blocks::{of_rows, shared_classes};
use crate::joint::standing::Standing;
use crate::joint::thresholds::ConfidentThresholds;

/// Keeps divisors of the confidence-weighted entropy away from 0.
const LEAST_DIVISOR: f64 = 1e-6;

/// How good a given label looks, from 0 (bad) to 1: cleanlab's `rank_by`.
///
/// ```
/// use mislabel_confident::Score;
/// use mislabel_core::{Labels, ProbabilityMatrix, Run};
/// use ndarray::array;
///
/// let given = Labels::new(vec![0, 1], 3)?;
/// let probabilities = ProbabilityMatrix::new(array![[0.5, 0.25, 0.25], [0.75, 0.25, 0.0]])?;
/// assert_eq!(Score::SelfConfidence.of_labels(&probabilities, &given, false, &Run::quiet())?, array![0.5, 0.25]);
/// assert_eq!(Score::NormalizedMargin.of_labels(&probabilities, &given, false, &Run::quiet())?, array![0.625, 0.25]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Score {
    /// P_ỹ, the probability of the given label. The default.
    #[default]
    SelfConfidence,
    /// (P_ỹ − max_{c≠ỹ} P_c + 1) / 2.
    NormalizedMargin,
    /// ln(1 + e) / e of e = H(P) / (ln k · P_ỹ), the normalized entropy over the self-confidence.
    ///
    /// As in cleanlab, e and P_ỹ are at least 1e-6 where they divide. A prediction so sure that e is below 1e-6
    /// therefore scores e / 1e-6, down to 0 for a one-hot row *that agrees with its label*: prefer another score
    /// for saturated probabilities.
    ConfidenceWeightedEntropy,
}

impl Score {
    /// All scores.
    pub const ALL: [Self; 3] = [Self::SelfConfidence, Self::NormalizedMargin, Self::ConfidenceWeightedEntropy];

    /// cleanlab's name of the score.
    pub fn name(self) -> &'static str {
        match self {
            Self::SelfConfidence => "self_confidence",
            Self::NormalizedMargin => "normalized_margin",
            Self::ConfidenceWeightedEntropy => "confidence_weighted_entropy",
        }
    }

    /// The scores, `(n,)`, of the labels `given`, `(n,)`, under `probabilities`, `(n, k)`.
    ///
    /// With `adjust` the probabilities are first made comparable between classes: their confident thresholds are
    /// subtracted, the greatest threshold is added, and rows are scaled to sum to 1.
    ///
    /// # Errors
    /// As [`ConfidentThresholds::estimate`], and [`Error::Undefined`] for the confidence-weighted entropy with `adjust`.
    pub fn of_labels(
        self,
        probabilities: &dyn ProbabilitySource,
        given: &Labels,
        adjust: bool,
        run: &Run<'_>,
    ) -> Result<Array1<f64>> {
        let classes = shared_classes(probabilities, given)?;
        if self == Self::ConfidenceWeightedEntropy {
            return self.of_counted(&[], None, probabilities, given, adjust, run);
        }
        let standings = Standing::of_all(probabilities, given, run)?;
        let thresholds = adjust.then(|| ConfidentThresholds::of_standings(&standings, given, classes));
        self.of_counted(&standings, thresholds.as_ref(), probabilities, given, adjust, run)
    }

    /// The scores, where standings and, to adjust by, thresholds are known already.
    pub(crate) fn of_counted(
        self,
        standings: &[Standing],
        thresholds: Option<&ConfidentThresholds>,
        probabilities: &dyn ProbabilitySource,
        given: &Labels,
        adjust: bool,
        run: &Run<'_>,
    ) -> Result<Array1<f64>> {
        let stage = || run.stage("scoring labels", given.len());
        match (self, adjust, thresholds) {
            (Self::ConfidenceWeightedEntropy, true, _) => Err(Error::Undefined {
                quantity: "the adjusted confidence-weighted entropy",
                reason: "thresholds adjust probabilities that are compared, not an entropy",
            }),
            (Self::ConfidenceWeightedEntropy, false, _) => {
                let score = |row: usize, values: &[f64]| confidence_weighted_entropy(values, given.class(row));
                of_rows(probabilities, &stage(), score).map(Array1::from)
            }
            (_, true, Some(thresholds)) => {
                let adjustment = Adjustment::new(thresholds);
                let score =
                    |row: usize, values: &[f64]| self.of_standing(&adjustment.standing(values, given.class(row)));
                of_rows(probabilities, &stage(), score).map(Array1::from)
            }
            _ => Ok(standings.iter().map(|standing| self.of_standing(standing)).collect()),
        }
    }

    /// The score of one sample; for the scores that compare probabilities.
    pub(crate) fn of_standing(self, standing: &Standing) -> f64 {
        match self {
            Self::NormalizedMargin => (standing.own - standing.rival + 1.0) / 2.0,
            _ => standing.own,
        }
    }
}

/// Probabilities less their class's threshold, moved to be positive, scaled to sum to 1.
struct Adjustment {
    /// What is added to each probability: the greatest threshold less the class's own, `(k,)`.
    shifts: Vec<f64>,
    sum: f64,
}

impl Adjustment {
    fn new(thresholds: &ConfidentThresholds) -> Self {
        let greatest = thresholds.view().fold(0.0_f64, |greatest, &threshold| greatest.max(threshold));
        let shifts: Vec<f64> = thresholds.view().iter().map(|threshold| greatest - threshold).collect();
        Self { sum: shifts.iter().sum(), shifts }
    }

    /// The standing of class `given` in the adjusted `row`.
    fn standing(&self, row: &[f64], given: usize) -> Standing {
        let sum = self.sum + row.iter().sum::<f64>();
        let mut rival = (f64::NEG_INFINITY, 0);
        for (class, (p, shift)) in row.iter().zip(&self.shifts).enumerate() {
            if class != given && p + shift > rival.0 {
                rival = (p + shift, class);
            }
        }
        Standing { own: (row[given] + self.shifts[given]) / sum, rival: rival.0 / sum, rival_class: rival.1 as u32 }
    }
}

fn confidence_weighted_entropy(row: &[f64], given: usize) -> f64 {
    let plogp: f64 = row.iter().filter(|p| **p > 0.0).map(|p| p * p.ln()).sum();
    // Rounding, or probabilities a little above 1, may make the entropy negative.
    let entropy = (-plogp / (row.len() as f64).ln()).max(0.0);
    let weighted = entropy / row[given].max(LEAST_DIVISOR);
    (weighted + 1.0).ln() / weighted.max(LEAST_DIVISOR)
}
