//! How many labels are probably wrong, and how sure that is.

use mislabel_core::{Estimate, Labels, VerifiedLabels};
use mislabel_methods::{Dataset, Report};
use serde::Serialize;

use crate::findings::review_effort::ReviewEffort;

/// Standard errors on either side of an estimate that hold 95% of a normal distribution.
const NORMAL_95: f64 = 1.96;

/// The figures of a dataset as a whole; `None` where the method says nothing.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Samples n.
    pub samples: usize,
    /// Classes k, absent ones included.
    pub classes: usize,
    /// Features d of the embeddings.
    pub features: Option<usize>,
    /// Flagged labels.
    pub flagged: usize,
    /// The estimated share of wrong labels, in [0, 1].
    pub noise_rate: Option<f64>,
    /// The ends of its 95% interval.
    pub noise_bounds: Option<[f64; 2]>,
    /// The share of the flags that is right, and the ends of its 95% interval.
    pub precision: Option<Share>,
    /// The mean ratio χ̄, the difficulty of the dataset.
    pub difficulty: Option<f64>,
    /// The score from which on labels are flagged.
    pub threshold: Option<f64>,
    /// What a review finds, where the quality of the method is a probability.
    pub review: Option<ReviewEffort>,
    /// What people found who looked labels up.
    pub verified: Option<VerifiedShare>,
}

impl Summary {
    pub(crate) fn new(report: &Report, data: &Dataset<'_>, ranking: &[usize]) -> Self {
        let bounds = report.noise_interval.map(|interval| interval.bounds().into());
        let probability = is_probability(report);
        Self {
            samples: data.len(),
            classes: data.given().class_count(),
            features: data.embeddings().map(|source| source.shape().1),
            flagged: report.issues.flagged(),
            noise_rate: report.noise_rate,
            noise_bounds: bounds.or_else(|| sampled_bounds(report)),
            precision: report.precision.map(Share::new),
            difficulty: report.difficulty,
            threshold: report.threshold,
            review: probability.then(|| ReviewEffort::new(&report.issues, ranking)),
            verified: data.verified().and_then(|verified| VerifiedShare::new(verified, data.given(), report)),
        }
    }

    /// The expected number of wrong labels.
    pub fn expected_errors(&self) -> Option<f64> {
        self.noise_rate.map(|rate| rate * self.samples as f64)
    }
}

/// Whether the quality that the method gives is the probability that the label is right.
fn is_probability(report: &Report) -> bool {
    let combined = report.consensus.as_ref().map(|(combined, _)| combined.members.as_slice()).unwrap_or_default();
    report.method == "posterior" || combined.iter().any(|member| member == "posterior")
}

fn sampled_bounds(report: &Report) -> Option<[f64; 2]> {
    let (rate, error) = (report.noise_rate?, report.sampled?.noise_rate_standard_error?);
    Some([(rate - NORMAL_95 * error).max(0.0), (rate + NORMAL_95 * error).min(1.0)])
}

/// An estimated share.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Share {
    /// The share, in [0, 1].
    pub value: f64,
    /// The ends of its 95% interval, within [0, 1].
    pub bounds: [f64; 2],
}

impl Share {
    fn new(estimate: Estimate) -> Self {
        let (value, half) = (estimate.value(), NORMAL_95 * estimate.standard_error());
        Self { value, bounds: [(value - half).max(0.0), (value + half).min(1.0)] }
    }
}

/// What people found who looked labels up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct VerifiedShare {
    /// Labels that were looked up.
    pub verified: usize,
    /// Those among them that are wrong.
    pub wrong: usize,
    /// Those among them that are flagged.
    pub flagged: usize,
    /// Those that are flagged and wrong.
    pub flagged_wrong: usize,
    /// The ends of the 95% interval of `flagged_wrong` over `flagged` (Wilson 1927); `None` where none is flagged.
    pub bounds: Option<[f64; 2]>,
}

impl VerifiedShare {
    fn new(verified: &VerifiedLabels, given: &Labels, report: &Report) -> Option<Self> {
        let pairs: Vec<(usize, bool)> = verified.label_errors(given).collect();
        let flagged: Vec<bool> =
            pairs.iter().filter(|(row, _)| report.issues.is_issue()[*row]).map(|(_, wrong)| *wrong).collect();
        let flagged_wrong = flagged.iter().filter(|wrong| **wrong).count();
        (!pairs.is_empty()).then(|| Self {
            verified: pairs.len(),
            wrong: pairs.iter().filter(|(_, wrong)| *wrong).count(),
            flagged: flagged.len(),
            flagged_wrong,
            bounds: wilson(flagged_wrong, flagged.len()),
        })
    }
}

/// The 95% interval of a share of `found` in `of` (Wilson 1927).
fn wilson(found: usize, of: usize) -> Option<[f64; 2]> {
    if of == 0 {
        return None;
    }
    let (n, squared) = (of as f64, NORMAL_95 * NORMAL_95);
    let share = found as f64 / n;
    let center = (share + squared / (2.0 * n)) / (1.0 + squared / n);
    let variance = share * (1.0 - share) / n + squared / (4.0 * n * n);
    let half = NORMAL_95 * variance.sqrt() / (1.0 + squared / n);
    Some([(center - half).max(0.0), (center + half).min(1.0)])
}

#[cfg(test)]
mod tests {
    use super::wilson;

    /// R has the normal quantile 1.959964 where this has 1.96: the bounds are 3.1e-6 apart.
    const QUANTILE: f64 = 1e-5;

    #[test]
    fn the_interval_of_a_share_is_that_of_wilson() {
        // Of 10 in 20, by R's binom.confint(10, 20, methods = "wilson").
        let [low, high] = wilson(10, 20).unwrap();
        assert!((low - 0.299_298).abs() < QUANTILE && (high - 0.700_702).abs() < QUANTILE);
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(0, 5).unwrap()[0], 0.0);
    }
}
