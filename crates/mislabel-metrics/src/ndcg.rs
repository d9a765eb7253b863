//! Normalized discounted cumulative gain.

use mislabel_core::Result;

use crate::ranking::{Cut, Ranking, Ties};

/// NDCG over the first `budget` places, with gain 1 for a label error: DCG = Σ_{i < budget} y_i / log2(i + 2),
/// i counting places from 0, divided by the DCG of the best ranking (Järvelin & Kekäläinen 2002).
///
/// Equals scikit-learn's `ndcg_score(k=budget)`: with [`Ties::Averaged`] its default, where tied samples share
/// their places evenly (McSherry & Najork 2008); with [`Ties::ByIndex`] its `ignore_ties=True` save that its order
/// of tied samples is the reverse. O(`budget`) after the ranking.
///
/// # Errors
/// [`Error::Parameter`](mislabel_core::Error::Parameter) when `budget` is 0 or above n (scikit-learn reads a `k`
/// above n as n), [`Error::Undefined`](mislabel_core::Error::Undefined) without label errors.
pub fn ndcg_at(ranking: &Ranking, budget: usize, ties: Ties) -> Result<f64> {
    ranking.checked_budget(budget)?;
    ranking.known_errors("NDCG")?;
    let gain = match ties {
        Ties::ByIndex => by_index(ranking, budget),
        Ties::Averaged => averaged(ranking, budget),
    };
    Ok(gain / discounts(0, budget.min(ranking.error_count())))
}

fn by_index(ranking: &Ranking, budget: usize) -> f64 {
    let places = ranking.is_error()[..budget].iter().enumerate();
    places.filter(|(_, error)| **error).map(|(place, _)| discount(place)).sum()
}

fn averaged(ranking: &Ranking, budget: usize) -> f64 {
    let shared = |(place, cut): (usize, &Cut)| {
        let (start, found) = ranking.before(place);
        let share = (cut.found - found) as f64 / (cut.flagged - start) as f64;
        share * discounts(start, cut.flagged.min(budget))
    };
    let within = ranking.cuts().partition_point(|cut| cut.flagged < budget);
    ranking.cuts()[..=within].iter().enumerate().map(shared).sum()
}

fn discounts(start: usize, end: usize) -> f64 {
    (start..end).map(discount).sum()
}

fn discount(place: usize) -> f64 {
    1.0 / (place as f64 + 2.0).log2()
}
