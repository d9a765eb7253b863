//! Probabilities that some known answers put right.

use ndarray::Array1;

/// Standard deviations of what is believed of a and b beforehand: that probabilities may be far off, but rank well.
const SHIFT: f64 = 2.0;
const SLOPE: f64 = 0.5;

/// Probabilities this near to 0 or 1 count as this near.
const CERTAIN: f64 = 1e-4;

/// Newton steps; a problem of two numbers settles in a few.
const STEPS: usize = 50;

/// logit p' = a + b·logit p ([Platt 1999]), likeliest under known answers with a ~ N(0, 2²), b ~ N(1, ½²).
///
/// [Platt 1999]: https://www.researchgate.net/publication/2594015
pub(crate) struct Recalibration {
    shift: f64,
    slope: f64,
    /// What is not known of (a, b) afterwards: the covariance [aa, ab, bb] of the Laplace approximation.
    covariance: [f64; 3],
}

impl Recalibration {
    /// From probabilities and whether what they speak of was so.
    pub(crate) fn new(known: &[(f64, bool)]) -> Self {
        let known: Vec<(f64, f64)> = known.iter().map(|(p, so)| (logit(*p), f64::from(u8::from(*so)))).collect();
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

    /// p' of p.
    pub(crate) fn of(&self, probability: f64) -> f64 {
        logistic(self.shift + self.slope * logit(probability))
    }

    /// The standard error of the mean of p' over `probabilities`, not all of which need be counted among `samples`.
    pub(crate) fn error_of_mean(&self, probabilities: &Array1<f64>, samples: usize) -> f64 {
        let (mut by_shift, mut by_slope, mut luck) = (0.0, 0.0, 0.0);
        for &probability in probabilities {
            let p = self.of(probability);
            let variance = p * (1.0 - p);
            by_shift += variance;
            by_slope += variance * logit(probability);
            luck += variance;
        }
        let [aa, ab, bb] = self.covariance;
        let of_fit = aa * by_shift * by_shift + 2.0 * ab * by_shift * by_slope + bb * by_slope * by_slope;
        (of_fit + luck).max(0.0).sqrt() / samples as f64
    }
}

fn logit(p: f64) -> f64 {
    let p = p.clamp(CERTAIN, 1.0 - CERTAIN);
    (p / (1.0 - p)).ln()
}

fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_answers_nothing_changes() {
        let nothing = Recalibration::new(&[]);
        for p in [0.01, 0.3, 0.5, 0.99] {
            assert!((nothing.of(p) - p).abs() < 1e-12);
        }
    }

    #[test]
    fn many_answers_decide() {
        // What was said to be so with .1 is so every other time.
        let known: Vec<(f64, bool)> =
            (0..2000).map(|at| (if at % 4 < 2 { 0.1 } else { 0.6 }, at % 2 == 0 || at % 4 == 3)).collect();
        let right = Recalibration::new(&known);
        assert!((right.of(0.1) - 0.5).abs() < 0.02, "{}", right.of(0.1));
        assert!(right.of(0.6) > 0.95);
    }

    #[test]
    fn more_answers_leave_less_error() {
        let probabilities = Array1::linspace(0.01, 0.99, 500);
        let known = |times: usize| -> Vec<(f64, bool)> { (0..times).map(|at| (0.4, at % 5 < 2)).collect() };
        let errors = [5, 50, 500]
            .map(|times| Recalibration::new(&known(times)).error_of_mean(&probabilities, probabilities.len()));
        assert!(errors[0] > errors[1] && errors[1] > errors[2], "{errors:?}");
    }
}
