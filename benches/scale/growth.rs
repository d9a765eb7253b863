//! How fast a quantity grows.

/// The exponent e and the factor c of c·xᵉ that fit the points best, by least squares of the logarithms; `None` for fewer
/// than two different x, or values that have no logarithm.
pub(crate) fn power_law(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let mean = |value: &dyn Fn(&(f64, f64)) -> f64| logs.iter().map(value).sum::<f64>() / count;
    let (x, y) = (mean(&|point| point.0), mean(&|point| point.1));
    let spread: f64 = logs.iter().map(|point| (point.0 - x).powi(2)).sum();
    let exponent = logs.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>() / spread;
    let factor = (y - exponent * x).exp();
    (spread > 0.0 && exponent.is_finite() && factor.is_finite()).then_some((exponent, factor))
}

#[cfg(test)]
mod tests {
    use super::power_law;

    #[test]
    fn a_power_law_is_found_from_its_own_points() {
        let points: Vec<(f64, f64)> = (1..6).map(|x| (f64::from(x), 3.0 * f64::from(x).powf(1.5))).collect();
        let (exponent, factor) = power_law(&points).expect("five points");
        assert!((exponent - 1.5).abs() < 1e-12 && (factor - 3.0).abs() < 1e-12);
    }

    #[test]
    fn one_point_has_no_growth() {
        assert_eq!(power_law(&[(2.0, 3.0), (2.0, 4.0)]), None);
        assert_eq!(power_law(&[]), None);
        assert_eq!(power_law(&[(1.0, 0.0), (2.0, 1.0)]), None);
    }
}
