//! From a ratio to the probability that the given label is a mistake.

use mislabel_core::{Error, Result};

use crate::mistake::density::{Bandwidth, RatioDensity};
use crate::ratios::Ratios;

/// P(mistake | χ) = p(χ | mistake) η̂ / p(χ) (arXiv:2412.02596), within [0, 1].
///
/// Both densities are [`RatioDensity`]s with the default bandwidth. From its highest point on the probability does
/// not fall: a larger ratio is never less suspect there.
///
/// # Departures
/// - Densities are per unit of χ; the released code leaves out the Jacobian 1/(max − min) of its scaling.
/// - The highest point is sought at or above the median ratio, and below the median the probability does not rise
///   towards smaller ratios. Both densities vanish in the left tail, where their quotient is arbitrary.
/// - Between clusters of ratios, where both densities are 0, the value to the left continues.
///
/// ```
/// use mislabel_rer::MistakeProbability;
/// use ndarray::Array1;
///
/// // 180 clean samples around χ = 0.6 and 20 mistakes around 1.6.
/// let ratios: Vec<f64> = (0..200).map(|i| if i < 180 { 0.5 + i as f64 / 900.0 } else { 1.5 + (i - 180) as f64 / 100.0 }).collect();
/// let mistaken: Vec<f64> = (0..200).map(|i| 1.5 + i as f64 / 1000.0).collect();
/// let mistake = MistakeProbability::fit(&ratios, &mistaken, 0.1)?;
/// assert!(mistake.at(0.6) < 0.01);
/// assert!(mistake.at(1.6) > 0.8);
/// assert!(mistake.at(9.0) >= mistake.at(1.6));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MistakeProbability {
    start: f64,
    step: f64,
    /// Probabilities at `start + i · step`.
    grid: Vec<f64>,
}

impl MistakeProbability {
    /// The probability from the ratios of the dataset, `(n,)`, ratios of mistaken samples, `(any,)`, such as
    /// [`mistaken_ratios`](crate::mistaken_ratios) draws, and the noise rate, in [0, 1].
    ///
    /// # Errors
    /// [`Error::Parameter`] for a noise rate outside [0, 1], and as [`RatioDensity::fit`] for either set of ratios.
    pub fn fit(ratios: &[f64], mistaken: &[f64], noise_rate: f64) -> Result<Self> {
        if !(0.0..=1.0).contains(&noise_rate) {
            return Err(Error::parameter("noise_rate", noise_rate, "in [0, 1]"));
        }
        let all = RatioDensity::fit(ratios, Bandwidth::default())?;
        let mistakes = RatioDensity::fit(mistaken, Bandwidth::default())?;
        let points: Vec<f64> = all.points().collect();
        let mut grid = quotients(&points, &all, &mistakes, noise_rate);
        let median = median(ratios);
        in_order(&mut grid, points.partition_point(|point| *point < median).min(points.len() - 1));
        Ok(Self { start: points[0], step: all.step(), grid })
    }

    /// P(mistake | χ = `ratio`), in [0, 1]; beyond the fitted ratios the nearest value, and 0 at NaN.
    pub fn at(&self, ratio: f64) -> f64 {
        if ratio.is_nan() {
            return 0.0;
        }
        let position = ((ratio - self.start) / self.step).clamp(0.0, (self.grid.len() - 1) as f64);
        let cell = position as usize;
        let next = self.grid.get(cell + 1).copied().unwrap_or(self.grid[cell]);
        self.grid[cell] + (position - cell as f64) * (next - self.grid[cell])
    }

    /// P(mistake | χ) of every sample, `(n,)`.
    pub fn of(&self, ratios: &Ratios) -> Vec<f64> {
        ratios.as_slice().iter().map(|ratio| self.at(*ratio)).collect()
    }
}

/// min(1, η p(χ | mistake) / p(χ)) at every point; where both vanish, the value before.
fn quotients(points: &[f64], all: &RatioDensity, mistakes: &RatioDensity, noise_rate: f64) -> Vec<f64> {
    let mut last = 0.0;
    let quotient = |&point: &f64| {
        let (numerator, density) = (noise_rate * mistakes.at(point), all.at(point));
        if numerator > 0.0 || density > 0.0 {
            last = numerator / density.max(numerator);
        }
        last
    };
    points.iter().map(quotient).collect()
}

/// Makes the values non-decreasing up to `median` and constant from their highest point at or after it.
fn in_order(grid: &mut [f64], median: usize) {
    for i in (0..median).rev() {
        grid[i] = grid[i].min(grid[i + 1]);
    }
    let highest = (median..grid.len()).fold(median, |best, i| if grid[i] > grid[best] { i } else { best });
    let top = grid[highest];
    grid[highest..].fill(top);
}

fn median(ratios: &[f64]) -> f64 {
    let mut values = ratios.to_vec();
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kernels smooth over the ends of both ranges, at 1.0 and 1.2: their sums, worked out apart, give 0.080 for
    /// 0.1/1.1.
    const SMOOTHING: f64 = 0.02;

    fn spread(from: f64, to: f64, n: usize) -> impl Iterator<Item = f64> {
        (0..n).map(move |i| from + (to - from) * i as f64 / (n - 1) as f64)
    }

    fn fitted(noise_rate: f64) -> MistakeProbability {
        let ratios: Vec<f64> = spread(0.4, 1.2, 800).chain(spread(1.0, 3.0, 200)).collect();
        let mistaken: Vec<f64> = spread(1.0, 3.0, 1000).collect();
        MistakeProbability::fit(&ratios, &mistaken, noise_rate).unwrap()
    }

    #[test]
    fn the_probability_is_the_share_of_mistakes_where_both_kinds_overlap() {
        // At χ = 1.1 clean samples have density 0.8/0.8 = 1 and mistakes 0.2/2 = 0.1: P = 0.1/1.1.
        let at = fitted(0.2).at(1.1);
        assert!((at - 0.1 / 1.1).abs() < SMOOTHING, "{at}");
    }

    #[test]
    fn the_probability_never_falls_above_its_highest_point_and_stays_in_the_unit_interval() {
        let mistake = fitted(0.2);
        let values: Vec<f64> = spread(-1.0, 5.0, 2000).map(|ratio| mistake.at(ratio)).collect();
        assert!(values.iter().all(|p| (0.0..=1.0).contains(p)));
        let highest = values.iter().copied().fold(0.0, f64::max);
        let first = values.iter().position(|p| *p == highest).unwrap();
        assert!(values[first..].iter().all(|p| *p == highest));
        assert!(highest > 0.9);
        assert!(mistake.at(0.45) < 0.01);
    }

    #[test]
    fn stray_mistakes_among_the_smallest_ratios_do_not_make_the_cleanest_samples_suspect() {
        // One ratio far below all others, and a few draws of χ | mistake beside it: there p(χ) nearly vanishes.
        let ratios: Vec<f64> = spread(0.6, 1.2, 800).chain(spread(1.0, 3.0, 200)).chain([0.1]).collect();
        let mistaken: Vec<f64> = spread(1.0, 3.0, 950).chain(spread(0.05, 0.15, 50)).collect();
        let mistake = MistakeProbability::fit(&ratios, &mistaken, 0.2).unwrap();
        assert!(mistake.at(0.1) <= mistake.at(0.7) && mistake.at(0.7) < 0.01);
    }

    #[test]
    fn no_noise_means_no_mistakes_and_other_rates_than_a_share_are_errors() {
        assert_eq!(fitted(0.0).at(3.0), 0.0);
        let ratios: Vec<f64> = spread(0.4, 1.2, 8).collect();
        for bad in [-0.1, 1.1, f64::NAN] {
            let error = MistakeProbability::fit(&ratios, &ratios, bad).unwrap_err();
            assert!(matches!(error, Error::Parameter { name: "noise_rate", .. }));
        }
        assert_eq!(fitted(0.2).at(f64::NAN), 0.0);
        assert_eq!(fitted(0.2).at(f64::INFINITY), fitted(0.2).at(10.0));
    }
}
