//! What reviewing the most suspect samples finds.

use mislabel_core::Result;

use crate::ranking::{Ranking, Ties};

/// Label errors per reviewed sample when the `budget` most suspect samples are reviewed.
///
/// # Errors
/// [`Error::Parameter`](mislabel_core::Error::Parameter) when `budget` is 0 or above n.
pub fn precision_at(ranking: &Ranking, budget: usize, ties: Ties) -> Result<f64> {
    Ok(ranking.found_within(budget, ties)? / budget as f64)
}

/// Share of the label errors found when the `budget` most suspect samples are reviewed.
///
/// # Errors
/// As [`precision_at`], and [`Error::Undefined`](mislabel_core::Error::Undefined) without label errors.
pub fn recall_at(ranking: &Ranking, budget: usize, ties: Ties) -> Result<f64> {
    let errors = ranking.known_errors("recall at a budget")?;
    Ok(ranking.found_within(budget, ties)? / errors)
}

/// False negative rate: share of the label errors missed when the `budget` most suspect samples are reviewed.
///
/// # Errors
/// As [`recall_at`].
pub fn fnr_at(ranking: &Ranking, budget: usize, ties: Ties) -> Result<f64> {
    let errors = ranking.known_errors("the false negative rate at a budget")?;
    Ok((errors - ranking.found_within(budget, ties)?) / errors)
}

/// Lift: how many times more label errors the `budget` most suspect samples hold than as many random ones,
/// precision there over the noise rate; 1 at a budget of n.
///
/// # Errors
/// As [`recall_at`].
pub fn lift_at(ranking: &Ranking, budget: usize, ties: Ties) -> Result<f64> {
    let errors = ranking.known_errors("lift")?;
    Ok(ranking.found_within(budget, ties)? * ranking.len() as f64 / (budget as f64 * errors))
}

/// [`lift_at`] a budget of exactly the number of label errors.
///
/// # Errors
/// [`Error::Undefined`](mislabel_core::Error::Undefined) without label errors.
pub fn lift_at_errors(ranking: &Ranking, ties: Ties) -> Result<f64> {
    ranking.known_errors("lift at the number of errors")?;
    lift_at(ranking, ranking.error_count(), ties)
}
