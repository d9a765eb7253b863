//! The shape of the distribution of ratios above and below 1.

use crate::ratios::Ratios;

/// Mean and central moments of a set of ratios; population moments, divided by the count.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Moments {
    /// How many ratios, at least 1.
    pub count: usize,
    /// Their mean μ.
    pub mean: f64,
    /// m₂ = mean (χ − μ)².
    pub variance: f64,
    /// m₃ / m₂^(3/2); `None` without variance.
    pub skewness: Option<f64>,
    /// m₄ / m₂² − 3 (0 for a normal distribution); `None` without variance.
    pub excess_kurtosis: Option<f64>,
}

/// A variance below this share of μ² is rounding of equal values.
const NO_VARIANCE: f64 = 1e-24;

impl Moments {
    /// The moments of finite `values`; `None` of no values.
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let central = |power: i32| values.iter().map(|value| (value - mean).powi(power)).sum::<f64>() / n;
        let variance = central(2);
        let varies = variance > NO_VARIANCE * mean * mean;
        Some(Self {
            count: values.len(),
            mean,
            variance,
            skewness: varies.then(|| central(3) / variance.powf(1.5)),
            excess_kurtosis: varies.then(|| central(4) / (variance * variance) - 3.0),
        })
    }
}

/// Moments of the ratios on either side of 1: χ > 1 is where another class reconstructs better.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RatioMoments {
    /// Of the ratios above 1; `None` when there are none.
    pub above_one: Option<Moments>,
    /// Of the ratios of at most 1; `None` when there are none.
    pub below_one: Option<Moments>,
}

impl RatioMoments {
    /// The moments of n ratios.
    pub fn new(ratios: &Ratios) -> Self {
        let (above, below): (Vec<f64>, Vec<f64>) = ratios.as_slice().iter().partition(|ratio| **ratio > 1.0);
        Self { above_one: Moments::of(&above), below_one: Moments::of(&below) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::{ErrorSummary, Labels};
    use ndarray::array;

    /// Rounding of powers of a double and their quotients.
    const ROUNDING: f64 = 1e-12;

    #[test]
    fn moments_match_values_worked_by_hand() {
        let moments = Moments::of(&[1.0, 1.0, 1.0, 5.0]).unwrap();
        assert_eq!((moments.count, moments.mean, moments.variance), (4, 2.0, 3.0));
        assert!((moments.skewness.unwrap() - 6.0 / 3.0_f64.powf(1.5)).abs() < ROUNDING);
        assert!((moments.excess_kurtosis.unwrap() - (21.0 / 9.0 - 3.0)).abs() < ROUNDING);
    }

    #[test]
    fn equal_values_have_no_skewness_and_no_values_no_moments() {
        let moments = Moments::of(&[0.1; 7]).unwrap();
        assert_eq!((moments.skewness, moments.excess_kurtosis), (None, None));
        assert_eq!(Moments::of(&[]), None);
    }

    #[test]
    fn a_ratio_of_exactly_one_belongs_below() {
        let given = Labels::new(vec![0, 0, 0], 2).unwrap();
        let errors = ErrorSummary::from_dense(array![[1.0, 1.0], [3.0, 1.0], [1.0, 2.0]].view(), &given).unwrap();
        let moments = RatioMoments::new(&Ratios::new(&errors, &given).unwrap());
        assert_eq!(moments.above_one.map(|m| (m.count, m.mean)), Some((1, 3.0)));
        assert_eq!(moments.below_one.map(|m| (m.count, m.mean)), Some((2, 0.75)));
    }
}
