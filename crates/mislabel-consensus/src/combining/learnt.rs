//! Weights learnt from verified labels.

use ndarray::{Array1, ArrayView1};

/// How steeply the prior log-odds of a wrong label rise with the combined score. A score that is 1 higher is a rank that is
/// e times nearer the top; over that distance at the cut, precision falls from nearly all to few in rankings worth using.
const STEEPNESS: f64 = 4.0;

/// Variance of every weight around its prior, in units in which all weights together are [`STEEPNESS`].
const WEIGHT_VARIANCE: f64 = 1.0;

/// Variance of the intercept: the cut without verified labels may be off by a rank of e^±1 or so.
const INTERCEPT_VARIANCE: f64 = 9.0;

/// Sweeps over the coordinates; each lowers the objective.
const SWEEPS: usize = 200;

/// A logistic regression of "the label is wrong" on the members' log-ranks, its weights not negative.
pub(crate) struct LearntWeights {
    /// `(m,)`, sum 1.
    pub(crate) weights: Array1<f64>,
    slope: f64,
    intercept: f64,
}

impl LearntWeights {
    /// Fits to the `outcomes`, verified samples with whether their labels are wrong, from the prior of `weights`, `(m,)`
    /// that sum to 1, and log-odds 0 at the combined score `cut`.
    ///
    /// The maximum a posteriori under independent normal priors, by coordinate steps on the bound of the second derivative
    /// that p(1 − p) ≤ ¼ gives: the objective falls with every step, whatever the data.
    pub(crate) fn fit(
        log_ranks: &[Array1<f64>],
        weights: &[f64],
        cut: f64,
        outcomes: impl Iterator<Item = (usize, bool)>,
    ) -> Self {
        let rows: Vec<(Vec<f64>, f64)> = outcomes
            .map(|(sample, wrong)| {
                let mut row: Vec<f64> = log_ranks.iter().map(|ranks| ranks[sample]).collect();
                row.push(1.0);
                (row, f64::from(u8::from(wrong)))
            })
            .collect();
        let mut prior: Vec<f64> = weights.iter().map(|weight| STEEPNESS * weight).collect();
        prior.push(-STEEPNESS * cut);
        let coefficients = maximum_a_posteriori(&rows, &prior);
        let (slopes, intercept) = (ArrayView1::from(&coefficients[..weights.len()]), coefficients[weights.len()]);
        let slope = slopes.sum();
        if slope <= 0.0 {
            return Self { weights: Array1::from(weights.to_vec()), slope: 0.0, intercept };
        }
        Self { weights: slopes.mapv(|weight| weight / slope), slope, intercept }
    }

    /// The probability that a label is wrong, from the combined score.
    pub(crate) fn probability(&self, score: f64) -> f64 {
        sigmoid(self.slope * score + self.intercept)
    }
}

fn maximum_a_posteriori(rows: &[(Vec<f64>, f64)], prior: &[f64]) -> Vec<f64> {
    let last = prior.len() - 1;
    let precision = |place: usize| if place == last { 1.0 / INTERCEPT_VARIANCE } else { 1.0 / WEIGHT_VARIANCE };
    let mut coefficients = prior.to_vec();
    let mut logits: Vec<f64> = rows.iter().map(|(row, _)| dot(row, &coefficients)).collect();
    for _ in 0..SWEEPS {
        for place in 0..=last {
            let mut slope = precision(place) * (coefficients[place] - prior[place]);
            let mut curvature = precision(place);
            for ((row, wrong), logit) in rows.iter().zip(&logits) {
                slope += (sigmoid(*logit) - wrong) * row[place];
                curvature += 0.25 * row[place] * row[place];
            }
            let mut next = coefficients[place] - slope / curvature;
            if place != last {
                next = next.max(0.0);
            }
            let step = next - coefficients[place];
            coefficients[place] = next;
            rows.iter().zip(&mut logits).for_each(|((row, _), logit)| *logit += step * row[place]);
        }
    }
    coefficients
}

fn dot(row: &[f64], coefficients: &[f64]) -> f64 {
    row.iter().zip(coefficients).map(|(a, b)| a * b).sum()
}

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row moves the weight from 0.5 to 0.515, worked out apart; fifty, in the test above, to more than 0.8.
    const A_LITTLE: f64 = 0.2;

    /// Of 100 samples the first 20 are wrong; the first member ranks by that, the second against it.
    fn members() -> [Array1<f64>; 2] {
        let rank = |rank: usize| (100.0 / (rank as f64 + 1.0)).ln();
        [(0..100).map(rank).collect(), (0..100).rev().map(rank).collect()]
    }

    #[test]
    fn weights_move_to_the_member_that_is_right() {
        let outcomes = (0..100).step_by(2).map(|row| (row, row < 20));
        let learnt = LearntWeights::fit(&members(), &[0.5, 0.5], 1.0, outcomes);
        assert!(learnt.weights[0] > 0.8, "{}", learnt.weights);
        let score = |row: usize| members().iter().zip(&learnt.weights).map(|(ranks, weight)| weight * ranks[row]).sum();
        assert!(learnt.probability(score(5)) > 0.5 && learnt.probability(score(60)) < 0.5);
    }

    #[test]
    fn one_row_moves_weights_a_little() {
        let learnt = LearntWeights::fit(&members(), &[0.5, 0.5], 1.0, [(3, true)].into_iter());
        assert!((learnt.weights[0] - 0.5).abs() < A_LITTLE, "{}", learnt.weights);
    }

    #[test]
    fn members_that_are_all_wrong_leave_the_prior() {
        let outcomes = (0..100).map(|row| (row, row >= 20));
        let learnt = LearntWeights::fit(&members()[..1], &[1.0], 1.0, outcomes);
        assert_eq!(learnt.weights.to_vec(), [1.0]);
        assert!(learnt.probability(1.0).is_finite());
    }
}
