//! How many labels to review to find how many errors.

use mislabel_core::LabelIssues;
use serde::Serialize;

/// Points of the curve.
const POINTS: usize = 100;
/// Shares of the errors for which the reviews are listed.
const SHARES: [f64; 4] = [0.5, 0.8, 0.9, 0.95];

/// What reviewing the most suspect labels is expected to find, by the probabilities of the method.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReviewEffort {
    /// Wrong labels expected in all: Σ of 1 − quality.
    pub errors: f64,
    /// Wrong labels expected among the flagged ones.
    pub among_flagged: f64,
    /// Reviews to find a share of the errors.
    pub steps: Vec<ReviewStep>,
    /// Reviewed labels of the curve, ascending.
    pub reviewed: Vec<usize>,
    /// Wrong labels expected among them.
    pub found: Vec<f64>,
}

/// So many reviews find such a share of the errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReviewStep {
    /// The share of the expected errors, in [0, 1].
    pub share: f64,
    /// Labels to review, the most suspect first.
    pub reviewed: usize,
}

impl ReviewEffort {
    /// For issues whose quality is the probability that the label is right, ranked from the most suspect on.
    pub(crate) fn new(issues: &LabelIssues, ranking: &[usize]) -> Self {
        let wrong = |row: usize| 1.0 - issues.quality().as_slice()[row];
        let mut found = Vec::with_capacity(ranking.len());
        let mut sum = 0.0;
        for &row in ranking {
            sum += wrong(row);
            found.push(sum);
        }
        let flags = issues.is_issue().iter().enumerate().filter(|(_, flag)| **flag);
        let step = |share: f64| ReviewStep { share, reviewed: reviews(&found, share * sum) };
        let steps: Vec<ReviewStep> = SHARES.into_iter().map(step).collect();
        let end = shown_end(issues.flagged(), steps.last().map_or(0, |step| step.reviewed), ranking.len());
        let reviewed = curve_places(end);
        Self {
            errors: sum,
            among_flagged: flags.map(|(row, _)| wrong(row)).sum(),
            steps,
            found: reviewed.iter().map(|&count| if count == 0 { 0.0 } else { found[count - 1] }).collect(),
            reviewed,
        }
    }
}

/// How many reviews reach `wanted` errors.
fn reviews(found: &[f64], wanted: f64) -> usize {
    (found.partition_point(|sum| *sum < wanted) + 1).min(found.len())
}

/// Where the curve ends: beyond the last step and beyond the flags.
fn shown_end(flagged: usize, last_step: usize, samples: usize) -> usize {
    (last_step.max(flagged) * 5 / 4).clamp(1, samples)
}

fn curve_places(end: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..=POINTS).map(|point| point * end / POINTS).collect();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use mislabel_core::{LabelQuality, Labels};

    use super::*;

    #[test]
    fn half_of_the_errors_are_found_by_the_first_review() {
        let quality = LabelQuality::new(vec![1.0, 0.0, 0.5, 0.5]).unwrap();
        let labels = Labels::new(vec![0, 0, 0, 0], 2).unwrap();
        let issues = LabelIssues::new(quality, vec![false, true, false, false], labels, vec![0.0; 4]).unwrap();
        let effort = ReviewEffort::new(&issues, &issues.quality().ranking());
        assert_eq!((effort.errors, effort.among_flagged), (2.0, 1.0));
        assert_eq!(effort.steps[0], ReviewStep { share: 0.5, reviewed: 1 });
        assert_eq!(effort.steps[3].reviewed, 3);
        assert_eq!((effort.reviewed[0], effort.found[0]), (0, 0.0));
        assert!(effort.found.windows(2).all(|pair| pair[0] <= pair[1]));
    }
}
