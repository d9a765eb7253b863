//! Probabilities that some known answers put right.

/// Standard deviations of what is believed of a and b beforehand: that probabilities may be far off, but rank well.
const SHIFT: f64 = 2.0;
const SLOPE: f64 = 0.5;

/// Log odds of 1 to 1,000: beyond these, odds are more than a few hundred answers can show, and grow by their logarithm.
const CERTAIN: f64 = 6.91;

/// Log odds of what is certain: those of the least probability that is not 0.
const MOST: f64 = 745.0;

/// The least standard error of a count: one sample that no probability foresees.
const ONE_SAMPLE: f64 = 1.0;

/// Newton steps; a problem of two numbers settles in a few.
const STEPS: usize = 50;

/// logit p' = a + b·logit p ([Platt 1999]), likeliest under known answers with a ~ N(0, 2²), b ~ N(1, ½²).
///
/// [Platt 1999]: https://www.researchgate.net/publication/2594015
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recalibration {
    shift: f64,
    slope: f64,
    /// What is not known of (a, b) afterwards: the covariance [aa, ab, bb] of the Laplace approximation.
    covariance: [f64; 3],
}

impl Recalibration {
    /// From log odds and whether what they speak of was so.
    pub(crate) fn new(known: &[(f64, bool)]) -> Self {
        let known: Vec<(f64, f64)> = known.iter().map(|(x, so)| (tempered(*x), f64::from(u8::from(*so)))).collect();
        let (mut shift, mut slope, mut covariance) = (0.0, 1.0, [SHIFT * SHIFT, 0.0, SLOPE * SLOPE]);
        for _ in 0..STEPS {
            let mut gradient = [-shift / (SHIFT * SHIFT), -(slope - 1.0) / (SLOPE * SLOPE)];
            let [mut aa, mut ab, mut bb] = [1.0 / (SHIFT * SHIFT), 0.0, 1.0 / (SLOPE * SLOPE)];
            for (x, so) in &known {
                let p = logistic(shift + slope * x);
                gradient[0] += so - p;
                gradient[1] += (so - p) * x;
                let variance = p * (1.0 - p);
                aa += variance;
                ab += variance * x;
                bb += variance * x * x;
            }
            let whole = aa * bb - ab * ab;
            covariance = [bb / whole, -ab / whole, aa / whole];
            shift += (covariance[0] * gradient[0] + covariance[1] * gradient[1]).clamp(-1.0, 1.0);
            slope += (covariance[1] * gradient[0] + covariance[2] * gradient[1]).clamp(-1.0, 1.0);
            // A ranking is not turned round by a few answers.
            slope = slope.max(0.05);
        }
        Self { shift, slope, covariance }
    }

    /// The log odds that `x` of before stand for.
    pub(crate) fn log_odds(&self, x: f64) -> f64 {
        self.shift + self.slope * tempered(x)
    }

    /// The standard error of the sum of what is so, among samples of these log odds of after.
    pub(crate) fn error_of_sum(&self, log_odds: impl Iterator<Item = f64>) -> f64 {
        let (mut by_shift, mut by_slope, mut luck) = (0.0, 0.0, 0.0);
        for z in log_odds {
            let p = logistic(z);
            let variance = p * (1.0 - p);
            by_shift += variance;
            by_slope += variance * (z - self.shift) / self.slope;
            luck += variance;
        }
        let [aa, ab, bb] = self.covariance;
        let of_fit = aa * by_shift * by_shift + 2.0 * ab * by_shift * by_slope + bb * by_slope * by_slope;
        (of_fit + luck).max(0.0).sqrt().max(ONE_SAMPLE)
    }
}

/// x between ±[`CERTAIN`]; beyond, the excess by its logarithm. Strictly rising.
fn tempered(x: f64) -> f64 {
    let beyond = x.abs().min(MOST) - CERTAIN;
    if beyond <= 0.0 { x } else { (CERTAIN + beyond.ln_1p()).copysign(x) }
}

/// The log odds of 1 − `quality`.
pub(crate) fn log_odds_of_error(quality: f64) -> f64 {
    ((1.0 - quality) / quality).ln().clamp(-MOST, MOST)
}

pub(crate) fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Gives `after` the order of `before`, `(n,)` each: no two values that were apart are equal, and none change places. Moves
/// values by as little as numbers allow, and only where rounding left them no room.
pub(crate) fn keep_order(before: &[f64], after: &mut [f64]) {
    let mut order: Vec<usize> = (0..before.len()).collect();
    order.sort_unstable_by(|a, b| before[*a].total_cmp(&before[*b]));
    for pair in (1..order.len()).rev() {
        let (low, high) = (order[pair - 1], order[pair]);
        let most = if before[low] < before[high] { after[high].next_down() } else { after[high] };
        after[low] = after[low].min(most);
    }
    for pair in 1..order.len() {
        let (low, high) = (order[pair - 1], order[pair]);
        let least = if before[low] < before[high] { after[low].max(0.0).next_up() } else { after[low].max(0.0) };
        after[low] = after[low].max(0.0);
        after[high] = after[high].max(least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The prior shrinks what 2,000 answers say by 0.0017, worked out apart.
    const SHRUNK: f64 = 0.02;

    #[test]
    fn many_answers_decide() {
        // What was said to be so with .1 is so every other time.
        let log_odds = |p: f64| log_odds_of_error(1.0 - p);
        let known: Vec<(f64, bool)> =
            (0..2000).map(|at| (log_odds(if at % 4 < 2 { 0.1 } else { 0.6 }), at % 2 == 0 || at % 4 == 3)).collect();
        let right = Recalibration::new(&known);
        assert!((logistic(right.log_odds(log_odds(0.1))) - 0.5).abs() < SHRUNK);
        assert!(logistic(right.log_odds(log_odds(0.6))) > 0.95);
    }

    #[test]
    fn more_answers_leave_less_error() {
        let qualities: Vec<f64> = (1..500).map(|at| f64::from(at) / 500.0).collect();
        let errors = [0, 5, 50, 500].map(|times| {
            let known: Vec<(f64, bool)> = (0..times).map(|at| (log_odds_of_error(0.6), at % 5 < 2)).collect();
            Recalibration::new(&known).error_of_sum(qualities.iter().map(|quality| log_odds_of_error(*quality)))
        });
        assert!(errors.is_sorted_by(|more, less| more > less), "{errors:?}");
    }

    #[test]
    fn what_is_certain_stays_finite_and_in_order() {
        let right = Recalibration::new(&[(log_odds_of_error(0.5), true); 9]);
        let qualities = [0.0, 5e-324, 1e-300, 1e-12, 0.5, 1.0 - 1e-12, 1.0];
        let z = qualities.map(|quality| right.log_odds(log_odds_of_error(quality)));
        assert!(z.iter().all(|z| z.is_finite()) && z.is_sorted_by(|a, b| a >= b), "{z:?}");
    }

    #[test]
    fn values_that_rounding_made_equal_are_told_apart_again() {
        let before = [0.3, 0.1, 0.9, 0.3, 0.0, 0.2];
        let mut after = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        keep_order(&before, &mut after);
        assert!(after[4] < after[1] && after[1] < after[5] && after[5] < after[0] && after[0] < after[2]);
        assert_eq!(after[0], after[3]);
        let mut after = [0.0; 6];
        keep_order(&before, &mut after);
        assert!(after[4] < after[1] && after[1] < after[5] && after[5] < after[0] && after[0] < after[2]);
    }
}
