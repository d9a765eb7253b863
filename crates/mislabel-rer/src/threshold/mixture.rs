//! Two normal components on log χ: clean samples below, suspect ones above.

use mislabel_core::{Error, Result, Run, Stage};
use rayon::prelude::*;

/// One normal component of log χ.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Component {
    /// Share of the samples, in [0, 1].
    pub weight: f64,
    /// Mean of log χ.
    pub mean: f64,
    /// Standard deviation of log χ, positive.
    pub deviation: f64,
}

/// A mixture of two normal distributions fitted to log χ by expectation–maximization (Dempster, Laird & Rubin 1977).
///
/// Deterministic: it starts from the split of the sorted values with the least within-part variance (Otsu 1979)
/// and stops after 500 rounds, or when a round raises the log-likelihood per sample by less than 1e-9.
/// No deviation falls below a hundredth of that of all values, so that no component collapses onto one sample.
///
/// ```
/// use mislabel_rer::LogRatioMixture;
/// use ndarray::Array1;
///
/// let ratios: Vec<f64> = (0..100).map(|i| if i % 10 == 0 { 2.0 + 0.01 * i as f64 } else { 0.5 + 0.002 * i as f64 }).collect();
/// let mixture = LogRatioMixture::fit(&ratios)?;
/// assert!((mixture.upper.weight - 0.1).abs() < 0.01);
/// let threshold = mixture.threshold(3.0);
/// assert!(0.7 < threshold && threshold < 2.0);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LogRatioMixture {
    /// The component of lower mean.
    pub lower: Component,
    /// The component of higher mean.
    pub upper: Component,
}

const MAX_ROUNDS: usize = 500;
const GAIN: f64 = 1e-9;
const LEAST_DEVIATION: f64 = 0.01;
const LEAST_SAMPLES: usize = 4;
/// Sums are taken per block and the blocks added in order, so that they do not depend on threads.
const BLOCK: usize = 8192;

impl LogRatioMixture {
    /// Fits the ratios `ratios`, `(n,)`, all positive. O(n log n), then O(n) per round.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming a ratio that is not finite and positive, [`Error::Undefined`] with fewer than
    /// four ratios or when all are equal.
    pub fn fit(ratios: &[f64]) -> Result<Self> {
        Self::fit_within(ratios, &Run::quiet())
    }

    /// [`fit`](Self::fit), which `run` may stop at every round.
    pub(crate) fn fit_within(ratios: &[f64], run: &Run<'_>) -> Result<Self> {
        if let Some(row) = ratios.iter().position(|ratio| !(ratio.is_finite() && *ratio > 0.0)) {
            let (what, value) = ("the ratio", ratios[row]);
            return Err(Error::OutOfRange { what, row, column: 0, value, low: 0.0, high: f64::MAX });
        }
        let mut logs: Vec<f64> = ratios.iter().map(|ratio| ratio.ln()).collect();
        logs.sort_by(f64::total_cmp);
        let total = Weighted::of(&logs);
        if logs.len() < LEAST_SAMPLES || logs[0] == logs[logs.len() - 1] {
            return Err(Error::Undefined {
                quantity: "the mixture on log χ",
                reason: "it needs at least four ratios that are not all equal",
            });
        }
        // Centered, so that the sums of squares of nearly equal ratios do not cancel.
        let center = total.sum / total.weight;
        logs.iter_mut().for_each(|log| *log -= center);
        let floor = LEAST_DEVIATION * Weighted::of(&logs).variance().sqrt();
        let stage = run.stage("fitting a mixture to the ratios", MAX_ROUNDS);
        Ok(Self::start(&logs, floor).improved(&logs, floor, &stage)?.moved(center))
    }

    /// The probability that a sample of ratio `ratio` belongs to the upper component.
    pub fn upper_probability(&self, ratio: f64) -> f64 {
        self.responsibility(ratio.ln()).0
    }

    /// The least ratio, not below the lower component's center and at most `largest`, from which on the upper
    /// component is the likelier one; `largest`, so that nothing is above it, where there is none.
    pub fn threshold(&self, largest: f64) -> f64 {
        const STEPS: usize = 4096;
        let (from, to) = (self.lower.mean, largest.ln());
        if to <= from {
            return largest;
        }
        let at = |step: usize| from + (to - from) * step as f64 / STEPS as f64;
        let Some(step) = (0..=STEPS).find(|step| self.responsibility(at(*step)).0 > 0.5) else {
            return largest;
        };
        self.crossing(at(step.saturating_sub(1)), at(step)).exp()
    }

    fn crossing(&self, mut below: f64, mut above: f64) -> f64 {
        for _ in 0..50 {
            let middle = 0.5 * (below + above);
            if self.responsibility(middle).0 > 0.5 { above = middle } else { below = middle }
        }
        above
    }

    /// Otsu's split of the sorted values.
    fn start(sorted: &[f64], floor: f64) -> Self {
        let total = Weighted::of(sorted);
        let (mut left, mut best) = (Weighted::default(), (f64::INFINITY, 1));
        for split in 1..sorted.len() {
            left.add(1.0, sorted[split - 1]);
            let within = left.spread() + total.less(left).spread();
            if within < best.0 {
                best = (within, split);
            }
        }
        let (below, above) = sorted.split_at(best.1);
        let n = sorted.len() as f64;
        Self { lower: Weighted::of(below).component(n, floor), upper: Weighted::of(above).component(n, floor) }
    }

    fn improved(mut self, logs: &[f64], floor: f64, stage: &Stage<'_>) -> Result<Self> {
        let n = logs.len() as f64;
        let mut likelihood = f64::NEG_INFINITY;
        for _ in 0..MAX_ROUNDS {
            stage.advance(1)?;
            let (upper, all, now) = self.expectation(logs);
            let lower = all.less(upper);
            if upper.weight <= 0.0 || lower.weight <= 0.0 {
                break;
            }
            self = Self { lower: lower.component(n, floor), upper: upper.component(n, floor) };
            if now / n - likelihood < GAIN {
                break;
            }
            likelihood = now / n;
        }
        Ok(self.in_order())
    }

    /// Sums weighted by the upper component's responsibility, plain sums, and the log-likelihood.
    fn expectation(&self, logs: &[f64]) -> (Weighted, Weighted, f64) {
        let block = |logs: &[f64]| {
            let mut sums = (Weighted::default(), Weighted::default(), 0.0);
            for &log in logs {
                let (responsibility, likelihood) = self.responsibility(log);
                sums.0.add(responsibility, log);
                sums.1.add(1.0, log);
                sums.2 += likelihood;
            }
            sums
        };
        let blocks: Vec<_> = logs.par_chunks(BLOCK).map(block).collect();
        let join =
            |a: (Weighted, Weighted, f64), b: (Weighted, Weighted, f64)| (a.0.plus(b.0), a.1.plus(b.1), a.2 + b.2);
        blocks.into_iter().fold((Weighted::default(), Weighted::default(), 0.0), join)
    }

    /// The upper component's responsibility for `log`, and the log-likelihood of `log`.
    fn responsibility(&self, log: f64) -> (f64, f64) {
        let (lower, upper) = (self.lower.log_density(log), self.upper.log_density(log));
        let top = lower.max(upper);
        let (lower, upper) = ((lower - top).exp(), (upper - top).exp());
        (upper / (lower + upper), top + (lower + upper).ln())
    }

    fn moved(mut self, by: f64) -> Self {
        self.lower.mean += by;
        self.upper.mean += by;
        self
    }

    fn in_order(self) -> Self {
        if self.lower.mean <= self.upper.mean { self } else { Self { lower: self.upper, upper: self.lower } }
    }
}

impl Component {
    fn log_density(&self, log: f64) -> f64 {
        let z = (log - self.mean) / self.deviation;
        (self.weight / self.deviation).ln() - 0.5 * (z * z + (2.0 * std::f64::consts::PI).ln())
    }
}

/// Weighted sums of centered values: Σw, Σwx, Σwx².
#[derive(Clone, Copy, Debug, Default)]
struct Weighted {
    weight: f64,
    sum: f64,
    squares: f64,
}

impl Weighted {
    fn of(values: &[f64]) -> Self {
        let mut sums = Self::default();
        values.iter().for_each(|value| sums.add(1.0, *value));
        sums
    }

    fn add(&mut self, weight: f64, value: f64) {
        self.weight += weight;
        self.sum += weight * value;
        self.squares += weight * value * value;
    }

    fn plus(self, other: Self) -> Self {
        Self { weight: self.weight + other.weight, sum: self.sum + other.sum, squares: self.squares + other.squares }
    }

    fn less(self, other: Self) -> Self {
        Self { weight: self.weight - other.weight, sum: self.sum - other.sum, squares: self.squares - other.squares }
    }

    /// Σw (x − mean)².
    fn spread(self) -> f64 {
        if self.weight <= 0.0 { 0.0 } else { (self.squares - self.sum * self.sum / self.weight).max(0.0) }
    }

    fn variance(self) -> f64 {
        self.spread() / self.weight
    }

    fn component(self, n: f64, floor: f64) -> Component {
        let deviation = self.variance().sqrt().max(floor);
        Component { weight: self.weight / n, mean: self.sum / self.weight, deviation }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_that_changed_places_are_put_in_order() {
        let at = |mean: f64| Component { weight: 0.5, mean, deviation: 1.0 };
        let swapped = LogRatioMixture { lower: at(2.0), upper: at(1.0) };
        assert_eq!(swapped.in_order(), LogRatioMixture { lower: at(1.0), upper: at(2.0) });
    }

    #[test]
    fn ratios_that_no_mixture_fits_are_errors_that_name_them() {
        let fit = |ratios: &[f64]| LogRatioMixture::fit(ratios);
        assert!(matches!(fit(&[1.0, 2.0, 0.5]), Err(Error::Undefined { .. })));
        assert!(matches!(fit(&[1.0; 9]), Err(Error::Undefined { .. })));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(fit(&[1.0, 2.0, bad, 0.5]), Err(Error::OutOfRange { row: 2, .. })));
        }
    }

    #[test]
    fn the_mixture_is_the_same_on_any_number_of_threads() {
        let ratios: Vec<f64> = (0..50_000).map(|i| 0.3 + ((i * 7919) % 50_021) as f64 / 20_000.0).collect();
        let fit = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| LogRatioMixture::fit(&ratios).unwrap())
        };
        assert_eq!(fit(1), fit(3));
    }
}
