//! Splitting difficulty into what more samples would cure and what they would not.

use mislabel_core::{Error, Result};

use crate::difficulty::sample_size::SampleSizePoint;

/// The curve χ̄(m) = χ_∞ + a / (m + b) through mean ratios at m samples per class (arXiv:2412.02596).
///
/// χ_∞ is the part of the difficulty that remains with unlimited samples: overlap of the classes. The rest at m
/// samples, a / (m + b), is the finite-sample part.
///
/// Robust and deterministic: for each b the other two are a linear least-squares problem, b is searched on a fixed
/// logarithmic grid and refined by golden section, and Huber's weights (1.345 · 1.4826 · median absolute residual,
/// least squares redone until 30 rounds have passed) keep one odd point from bending the curve.
///
/// ```
/// use mislabel_rer::{SampleSizeFit, SampleSizePoint};
///
/// let point = |m: f64| SampleSizePoint { samples_per_class: m, mean_ratio: 0.7 + 4.0 / (m + 10.0), deviation: 0.0 };
/// let fit = SampleSizeFit::new(&[8.0, 16.0, 32.0, 64.0, 128.0].map(point))?;
/// assert!((fit.limit - 0.7).abs() < 1e-6);
/// assert!((fit.amplitude - 4.0).abs() < 1e-3);
/// assert!((fit.at(256.0) - (0.7 + 4.0 / 266.0)).abs() < 1e-6);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SampleSizeFit {
    /// χ_∞.
    pub limit: f64,
    /// a; positive where more samples make the classes easier to tell apart.
    pub amplitude: f64,
    /// b, above −min m and at most 10 · max m.
    pub offset: f64,
    /// Root mean square of the residuals, all points weighted alike.
    pub residual: f64,
    /// Whether b ran into an end of its range: then the points do not determine χ_∞, only bound the curve.
    pub at_bound: bool,
}

const ROUNDS: usize = 30;
const GRID: usize = 400;
/// Huber's tuning constant for 95% efficiency under normal noise, times the factor from the MAD to a deviation.
const HUBER: f64 = 1.345 * 1.4826;
/// The least m + b in units of the least m, and the greatest b in units of the greatest m.
const RANGE: (f64, f64) = (1e-2, 10.0);

impl SampleSizeFit {
    /// Fits at least three points of distinct m, in any order.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the point whose m is not finite and positive, [`Error::NotFinite`] the one whose
    /// mean ratio is not finite, [`Error::Undefined`] with fewer than three distinct m.
    pub fn new(points: &[SampleSizePoint]) -> Result<Self> {
        check(points)?;
        let mut weights = vec![1.0; points.len()];
        let mut fit = Self::weighted(points, &weights);
        for _ in 0..ROUNDS {
            let spread = HUBER * median(points.iter().map(|point| fit.residual_at(point).abs()).collect());
            // Residuals of an exact fit are rounding; weighing them would only stir it.
            if spread <= f64::EPSILON * fit.limit.abs() {
                break;
            }
            for (weight, point) in weights.iter_mut().zip(points) {
                *weight = (spread / fit.residual_at(point).abs()).min(1.0);
            }
            fit = Self::weighted(points, &weights);
        }
        Ok(fit)
    }

    /// χ̄(`samples_per_class`) on the curve, finite for m above 0.
    pub fn at(&self, samples_per_class: f64) -> f64 {
        self.limit + self.amplitude / (samples_per_class + self.offset)
    }

    fn residual_at(&self, point: &SampleSizePoint) -> f64 {
        point.mean_ratio - self.at(point.samples_per_class)
    }

    /// Weighted least squares: a grid over b, then golden section between the best point's neighbors.
    fn weighted(points: &[SampleSizePoint], weights: &[f64]) -> Self {
        let (least, most) = sizes(points);
        let (low, high) = ((RANGE.0 * least).ln(), (RANGE.1 * most + least).ln());
        let at = |log: f64| Self::with_offset(points, weights, log.exp() - least);
        let log = |step: usize| low + (high - low) * step as f64 / GRID as f64;
        let cost = |step: &usize| at(log(*step)).1;
        let best =
            (0..=GRID).map(|step| (cost(&step), step)).fold((f64::INFINITY, 0), |a, b| if b.0 < a.0 { b } else { a }).1;
        let refined = golden(log(best.saturating_sub(1)), log((best + 1).min(GRID)), |log| at(log).1);
        let (mut fit, _) = at(refined);
        fit.at_bound = best == 0 || best == GRID;
        let squares: f64 = points.iter().map(|point| fit.residual_at(point).powi(2)).sum();
        fit.residual = (squares / points.len() as f64).sqrt();
        fit
    }

    /// χ_∞ and a for a given b, with the weighted sum of squares.
    fn with_offset(points: &[SampleSizePoint], weights: &[f64], offset: f64) -> (Self, f64) {
        let basis = |point: &SampleSizePoint| 1.0 / (point.samples_per_class + offset);
        let rows = || points.iter().zip(weights).map(|(point, weight)| (basis(point), point.mean_ratio, *weight));
        let total: f64 = weights.iter().sum();
        let mean_basis = rows().map(|(x, _, w)| w * x).sum::<f64>() / total;
        let mean_ratio = rows().map(|(_, y, w)| w * y).sum::<f64>() / total;
        let covariance: f64 = rows().map(|(x, y, w)| w * (x - mean_basis) * (y - mean_ratio)).sum();
        let variance: f64 = rows().map(|(x, _, w)| w * (x - mean_basis).powi(2)).sum();
        let amplitude = covariance / variance;
        let fit =
            Self { limit: mean_ratio - amplitude * mean_basis, amplitude, offset, residual: 0.0, at_bound: false };
        let squares = points.iter().zip(weights).map(|(point, weight)| weight * fit.residual_at(point).powi(2)).sum();
        (fit, squares)
    }
}

fn check(points: &[SampleSizePoint]) -> Result<()> {
    for (row, point) in points.iter().enumerate() {
        let (what, value) = ("samples per class", point.samples_per_class);
        if !(value.is_finite() && value > 0.0) {
            return Err(Error::OutOfRange { what, row, column: 0, value, low: 0.0, high: f64::MAX });
        }
        if !point.mean_ratio.is_finite() {
            return Err(Error::NotFinite { what: "the mean ratio", row, column: 0, value: point.mean_ratio });
        }
    }
    let mut sizes: Vec<f64> = points.iter().map(|point| point.samples_per_class).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    if sizes.len() < 3 {
        let reason = "a curve with three parameters needs at least three different numbers of samples";
        return Err(Error::Undefined { quantity: "the finite-sample part", reason });
    }
    Ok(())
}

fn sizes(points: &[SampleSizePoint]) -> (f64, f64) {
    points.iter().fold((f64::INFINITY, 0.0), |(least, most), point| {
        (point.samples_per_class.min(least), point.samples_per_class.max(most))
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// The minimum of a function with one valley in `[low, high]`.
fn golden(mut low: f64, mut high: f64, cost: impl Fn(f64) -> f64) -> f64 {
    let share = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..80 {
        let (left, right) = (high - share * (high - low), low + share * (high - low));
        if cost(left) <= cost(right) { high = right } else { low = left }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plain least squares would be off by 0.13, worked out apart; seven of eight points lie on the curve.
    const ROBUST: f64 = 0.01;

    /// Points on a curve give back its χ_∞ and a, but for rounding.
    const ON_THE_CURVE: f64 = 1e-6;

    /// The far end of the curve hardly depends on b, which is therefore less well known than χ_∞.
    const OFFSET: f64 = 1e-3;

    /// Rounding of means of eight equal doubles.
    const ROUNDING: f64 = 1e-9;

    fn curve(sizes: &[f64], limit: f64, amplitude: f64, offset: f64) -> Vec<SampleSizePoint> {
        let ratio = |m: f64| limit + amplitude / (m + offset);
        sizes.iter().map(|&m| SampleSizePoint { samples_per_class: m, mean_ratio: ratio(m), deviation: 0.0 }).collect()
    }

    const SIZES: [f64; 8] = [4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

    #[test]
    fn one_point_far_off_the_curve_hardly_moves_the_limit() {
        let mut points = curve(&SIZES, 0.8, 6.0, 5.0);
        points[5].mean_ratio += 0.5;
        let fit = SampleSizeFit::new(&points).unwrap();
        assert!((fit.limit - 0.8).abs() < ROBUST, "{fit:?}");
    }

    #[test]
    fn offsets_below_zero_and_falling_curves_are_found_too() {
        for (amplitude, offset) in [(6.0, -2.0), (-3.0, 20.0)] {
            let fit = SampleSizeFit::new(&curve(&SIZES, 0.8, amplitude, offset)).unwrap();
            assert!((fit.limit - 0.8).abs() < ON_THE_CURVE && (fit.offset - offset).abs() < OFFSET, "{fit:?}");
            assert!(!fit.at_bound);
        }
    }

    #[test]
    fn a_constant_difficulty_has_no_finite_sample_part() {
        let fit = SampleSizeFit::new(&curve(&SIZES, 0.9, 0.0, 1.0)).unwrap();
        assert!((fit.limit - 0.9).abs() < ROUNDING && fit.amplitude.abs() < ON_THE_CURVE, "{fit:?}");
    }

    #[test]
    fn a_straight_line_says_that_it_does_not_determine_the_limit() {
        let line = |m: &f64| SampleSizePoint { samples_per_class: *m, mean_ratio: 1.0 - 1e-4 * m, deviation: 0.0 };
        assert!(SampleSizeFit::new(&SIZES.iter().map(line).collect::<Vec<_>>()).unwrap().at_bound);
    }

    #[test]
    fn bad_points_are_errors_that_name_them() {
        assert!(matches!(SampleSizeFit::new(&curve(&[4.0, 8.0, 8.0], 1.0, 1.0, 0.0)), Err(Error::Undefined { .. })));
        let zero = curve(&[4.0, 0.0, 8.0], 1.0, 1.0, 1.0);
        assert!(matches!(SampleSizeFit::new(&zero), Err(Error::OutOfRange { row: 1, .. })));
        let mut infinite = curve(&[4.0, 8.0, 16.0], 1.0, 1.0, 1.0);
        infinite[2].mean_ratio = f64::NAN;
        assert!(matches!(SampleSizeFit::new(&infinite), Err(Error::NotFinite { row: 2, .. })));
    }
}
