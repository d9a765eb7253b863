//! The laws of measures of a ranking: higher is better.

use mislabel_core::{ErrorMask, LabelQuality, Result as Measured};

use crate::change::Change;
use crate::laws::verdicts::{Law, after, broken, unpanicked};
use crate::violation::{Breach, LawViolation};

/// A measure of how well quality ranks known label errors; an error where it is undefined.
pub type RankingMetric<'a> = dyn Fn(&LabelQuality, &ErrorMask) -> Measured<f64> + Sync + 'a;

/// The value, `None` where it is undefined.
fn value(
    law: &'static str,
    metric: &RankingMetric<'_>,
    quality: &LabelQuality,
    errors: &ErrorMask,
) -> Result<Option<f64>, LawViolation> {
    let measured = unpanicked(law, || metric(quality, errors))?;
    match measured {
        Ok(value) if !value.is_finite() => broken(law, Breach::BadValue { what: "the measure", row: 0, value }),
        measured => Ok(measured.ok()),
    }
}

/// A measure is a finite number or an error, and the same when asked again. It never panics.
///
/// # Errors
/// The violation.
pub fn metrics_are_numbers(metric: &RankingMetric<'_>, quality: &LabelQuality, errors: &ErrorMask) -> Law {
    const LAW: &str = "metrics are numbers";
    let (first, again) = (value(LAW, metric, quality, errors)?, value(LAW, metric, quality, errors)?);
    after(|| Change::Again, alike(LAW, first, again, 0.0))
}

/// Samples in another order are measured alike, those of equal quality included: ties are not broken by place.
///
/// # Errors
/// The violation.
pub fn the_order_of_ranked_samples_does_not_matter(
    metric: &RankingMetric<'_>,
    quality: &LabelQuality,
    errors: &ErrorMask,
    order: &[usize],
    tolerance: f64,
) -> Law {
    const LAW: &str = "the order of ranked samples does not matter";
    let plain = value(LAW, metric, quality, errors)?;
    let flags = order.iter().map(|row| errors.as_slice()[*row]).collect();
    let reordered = remade(order.iter().map(|row| quality.as_slice()[*row]).collect());
    let flags = ErrorMask::new(flags).expect("a permutation of some flags is not empty");
    let other = value(LAW, metric, &reordered, &flags)?;
    after(|| Change::Order(order.to_vec()), alike(LAW, plain, other, tolerance))
}

/// A quality that orders the samples alike is measured alike: here quality/2.
///
/// # Errors
/// The violation.
pub fn only_the_order_of_quality_matters(
    metric: &RankingMetric<'_>,
    quality: &LabelQuality,
    errors: &ErrorMask,
    tolerance: f64,
) -> Law {
    const LAW: &str = "only the order of quality matters";
    let halved = remade(quality.as_slice().iter().map(|quality| quality / 2.0).collect());
    alike(LAW, value(LAW, metric, quality, errors)?, value(LAW, metric, &halved, errors)?, tolerance)
}

/// An error that moves to the top of the ranking does not lower the measure; the perfect ranking is not below any other.
///
/// # Errors
/// The violation.
pub fn a_better_ranking_is_not_worse(
    metric: &RankingMetric<'_>,
    quality: &LabelQuality,
    errors: &ErrorMask,
    tolerance: f64,
) -> Law {
    const LAW: &str = "a better ranking is not worse";
    let plain = value(LAW, metric, quality, errors)?;
    let is_error = |row: usize| errors.as_slice()[row];
    let values = || quality.as_slice().iter().enumerate();
    let moved = |row: usize| values().map(|(i, q)| if i == row { 0.0 } else { 0.5 + q / 2.0 }).collect();
    let perfect = values().map(|(i, _)| if is_error(i) { 0.0 } else { 1.0 }).collect();
    let first = (0..quality.as_slice().len()).find(|row| is_error(*row));
    let better = first.map(moved).into_iter().chain([perfect]);
    for better in better {
        let (Some(before), Some(after)) = (plain, value(LAW, metric, &remade(better), errors)?) else { continue };
        if after < before - tolerance {
            return broken(LAW, Breach::Moved { what: "the measure of a better ranking", before, after });
        }
    }
    Ok(())
}

fn remade(values: Vec<f64>) -> LabelQuality {
    LabelQuality::new(values).expect("numbers from [0, 1] stay there")
}

fn alike(law: &'static str, plain: Option<f64>, other: Option<f64>, tolerance: f64) -> Law {
    match (plain, other) {
        (Some(expected), Some(found)) if (expected - found).abs() > tolerance * expected.abs().max(1.0) => {
            broken(law, Breach::Differs { column: "the measure", row: 0, expected, found })
        }
        (Some(_), None) | (None, Some(_)) => {
            let error = String::from("the measure is undefined");
            broken(law, Breach::RefusedOnce { error, is_changed: plain.is_some() })
        }
        _ => Ok(()),
    }
}
